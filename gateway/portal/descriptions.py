"""Descriptions of the OpenAPI document in the reader's language: the services write them once, mostly in English."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("content") / "descriptions.zh.toml"


@lru_cache(maxsize=1)
def chinese() -> Mapping[str, str]:
    """By the English text."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def described(text: str, language: str) -> str:
    """The text for `zh` or `en`; as it is where no translation is known."""
    return chinese().get(text, text) if language == "zh" else text
