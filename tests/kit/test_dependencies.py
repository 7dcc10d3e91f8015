"""What endpoints depend on is asynchronous: FastAPI gives the rest to a thread, which costs more than most of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [path for part in ("services", "gateway") for path in (ROOT / part).rglob("*.py")]
NAMED = re.compile(r"\b(?:Depends|Security)\((\w+)")
CLASS = re.compile(r"Annotated\[(\w+), Depends\(\)\]")


def blocking(source: str) -> list[str]:
    """Dependencies of a module that would be called in a thread: plain functions of its own, and classes."""
    plain = [name for name in NAMED.findall(source) if re.search(rf"(?m)^def {name}\(", source)]
    return [*plain, *CLASS.findall(source)]


def test_a_plain_function_and_a_class_are_found() -> None:
    source = (
        "def a(): ...\nasync def b(): ...\nX = Depends(a)\nY = Security(b)\nZ = Annotated[C, Depends()]\n"
    )
    assert blocking(source) == ["a", "C"]


@pytest.mark.parametrize("part", ["services", "gateway"])
def test_no_dependency_is_called_in_a_thread(part: str) -> None:
    found = {
        str(path): names
        for path in SOURCES
        if part in path.parts and (names := blocking(path.read_text("utf-8")))
    }
    assert found == {}
