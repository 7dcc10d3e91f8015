"""What is wrong with a document: collected first, refused once with everything named. Pure: rules use it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from services.kit.texts import Language, Text


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong in a document: where (RFC 6901 JSON Pointer), what, by which rule.

    `rests_on` are the other places that the rule looked at, `*` for every index: where one of them cannot be
    read, the finding proves nothing (`services.kit.salvage`).
    """

    pointer: str
    code: str
    text: Text
    article: str | None = None
    suggestion: str | None = None
    rests_on: tuple[str, ...] = ()

    def render(self, language: Language) -> dict[str, Any]:
        entry = {
            "pointer": self.pointer,
            "code": self.code,
            "detail": self.text.say(language),
            "detail_zh": self.text.zh,
            "detail_en": self.text.en,
            "article": self.article,
            "suggestion": self.suggestion,
        }
        return {name: value for name, value in entry.items() if value is not None}


def pointer(*parts: str | int) -> str:
    """The JSON Pointer (RFC 6901) of a place in a document."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


@dataclass
class Findings:
    """Collects findings; pass it from rule to rule."""

    errors: list[FieldError] = field(default_factory=list)

    def add(
        self,
        where: str,
        code: str,
        text: Text,
        *,
        article: str | None = None,
        suggestion: str | None = None,
        rests_on: tuple[str, ...] = (),
    ) -> None:
        self.errors.append(FieldError(where, code, text, article, suggestion, rests_on))

    def raise_if_any(self, problem: Callable[..., Exception]) -> None:
        """Raises `problem(errors=…)` where anything was found."""
        if self.errors:
            raise problem(errors=self.errors)
