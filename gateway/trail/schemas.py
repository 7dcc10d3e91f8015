"""What goes over the wire about who did and read what."""

from __future__ import annotations

from pydantic import Field

from services.kit.schemas import Day, Schema


class PurposeRead(Schema):
    """A purpose that unpublished data may be read for today."""

    code: str = Field(description="goes into the header `Steppe-Purpose`")
    zh: str
    en: str
    since: Day
    until: Day | None


class PurposeList(Schema):
    """All of today's purposes: a short list without pages."""

    items: list[PurposeRead]
