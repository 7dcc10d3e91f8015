"""Texts that Steppe says to people, always in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh-CN", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages; `{name}` places are filled by `format`."""

    zh: str
    en: str

    def format(self, **values: object) -> Text:
        return Text(zh=self.zh.format(**values), en=self.en.format(**values))

    def say(self, language: Language) -> str:
        return self.en if language == "en" else self.zh


def language_of(accept_language: str | None) -> Language:
    """The language to answer in, by `Accept-Language`; zh-CN unless English is preferred (RFC 9110 12.5.4)."""
    best, best_weight = "zh-CN", 0.0
    for part in (accept_language or "")[:200].lower().split(","):
        tag, _, parameter = part.strip().partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
        except ValueError:
            continue
        tag = tag.strip()
        if tag.startswith(("en", "zh")) and weight > best_weight:
            best, best_weight = ("en" if tag.startswith("en") else "zh-CN"), weight
    return "en" if best == "en" else "zh-CN"
