"""docker-compose.yml as an engine reads it: YAML, anchors and merge keys, then variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from tests.infra.support import ROOT

FILE = ROOT / "docker-compose.yml"
PROCESSES = ("gateway", "permits", "waste", "credit", "emergency")
_VARIABLE = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<operator>:-)?(?P<default>.*)", re.DOTALL)


def as_written() -> dict[str, Any]:
    """The file with its `${…}` as they stand."""
    parsed: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return parsed


def resolved(variables: Mapping[str, str]) -> dict[str, Any]:
    """The file as `docker compose` sees it in a shell with these variables."""
    answer: dict[str, Any] = _resolve(as_written(), variables)
    return answer


def _resolve(value: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return interpolate(value, variables)
    if isinstance(value, list):
        return [_resolve(one, variables) for one in value]
    if isinstance(value, dict):
        return {key: _resolve(one, variables) for key, one in value.items()}
    return value


def interpolate(text: str, variables: Mapping[str, str]) -> str:
    """`${NAME}` and `${NAME:-default}`, nested too, and `$$`; ValueError for what the file must not use."""
    answer = ""
    while "$" in text:
        before, _, text = text.partition("$")
        answer += before
        if text.startswith("$"):
            answer, text = answer + "$", text[1:]
            continue
        inside, text = _braced(text)
        match = _VARIABLE.fullmatch(inside)
        if match is None or (match["default"] and not match["operator"]):
            raise ValueError(f"${{{inside}}}")
        answer += variables.get(match["name"]) or interpolate(match["default"], variables)
    return answer + text


def names(text: str) -> set[str]:
    """Every variable that a text asks for."""
    return set(re.findall(r"\$\{([A-Za-z_][A-Za-z0-9_]*)", text))


def _braced(text: str) -> tuple[str, str]:
    """What stands between the first brace and the one that closes it, and the rest."""
    depth = 0
    for place, character in enumerate(text):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0:
            if place == 0:
                break
            return text[1:place], text[place + 1 :]
    raise ValueError(f"${text}")
