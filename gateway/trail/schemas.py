"""What goes over the wire about who did and read what."""

from __future__ import annotations

from pydantic import Field

from services.kit.schemas import Day, Schema
from services.kit.trail import AuditEntry, ReadEntry


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


class TrailOfAudit(AuditEntry):
    """An act or a denied attempt, and the process in whose trail it is."""

    service: str


class TrailOfReads(ReadEntry):
    """A read, and the process in whose log it is."""

    service: str


class _Whole(Schema):
    next_cursor: str | None = Field(default=None, description="Pass it as `cursor` to get the next page")
    missing: list[str] = Field(
        description="services that did not answer: their entries are not among the items"
    )


class AuditPage(_Whole):
    """One page of the audit trails of all processes, newest first."""

    items: list[TrailOfAudit]


class ReadPage(_Whole):
    """One page of the read logs of all processes, newest first."""

    items: list[TrailOfReads]
