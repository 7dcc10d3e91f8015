"""Bodies that are no JSON documents."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class File:
    """A body that is no JSON document."""

    content: bytes
    media_type: str
    query: str = ""
    """What is said of it beside, from the question mark on."""
