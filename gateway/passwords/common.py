"""The passwords that guessers try first, as they ship."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("common.txt")


@cache
def common_passwords() -> frozenset[str]:
    """In lower case."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(line.casefold() for line in lines if line and not line.startswith("#"))
