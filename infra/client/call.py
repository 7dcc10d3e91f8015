"""One call of the API, described but not yet sent; and what came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import quote

T = TypeVar("T")
Kind = Literal["json", "form", "file", "none"]
Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """Made by the functions of `infra.client.api`; `T` is what the answer's body holds."""

    method: str
    template: str
    path: Mapping[str, Value] = field(default_factory=dict)
    query: Mapping[str, Value | list[str] | None] = field(default_factory=dict)
    headers: Mapping[str, str | None] = field(default_factory=dict)
    body: Any = None
    kind: Kind = "none"
    media_type: str | None = None
    """Of a file."""

    @property
    def target(self) -> str:
        """The path with its variables filled in, percent-encoded."""
        return self.template.format_map(
            {name: quote(str(value), safe="") for name, value in self.path.items()}
        )

    @property
    def keyed(self) -> bool:
        """It carries an `Idempotency-Key`: sent again with the same key it has one effect."""
        return "Idempotency-Key" in self.headers

    @property
    def repeatable(self) -> bool:
        """It may be sent again when nothing is known of its effect."""
        return self.keyed or self.method in ("GET", "HEAD", "PUT")

    def parameters(self) -> dict[str, Any]:
        """The query's fields that are given."""
        return {name: value for name, value in self.query.items() if value is not None}

    def given_headers(self) -> dict[str, str]:
        return {name: value for name, value in self.headers.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """A success: the body, and what its headers say."""

    status: int
    body: T
    headers: Mapping[str, str]

    @property
    def etag(self) -> str | None:
        """For `if_match` of the next change."""
        return self.headers.get("etag")

    @property
    def replayed(self) -> bool:
        """The stored answer to an earlier request with the same key."""
        return self.headers.get("idempotency-replayed") == "true"
