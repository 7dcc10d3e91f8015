"""The status over the wire."""

from __future__ import annotations

from pydantic import Field

from gateway.status.rules import State
from gateway.status.watch import Report
from services.kit.schemas import Moment, Schema


class PartRead(Schema):
    """One thing that a service needs or does."""

    name: str
    state: State
    note_zh: str | None
    note_en: str | None


class ServiceRead(Schema):
    """One service and its parts; it is as its worst part."""

    name: str
    state: State
    since: Moment = Field(description="as far back as this gateway has seen")
    version: str | None
    started_at: Moment | None
    parts: list[PartRead]


class ChangeRead(Schema):
    """A service became something else than it was."""

    at: Moment
    service: str
    was: State
    now: State


class StatusRead(Schema):
    """Everything at once: up, weak (works, somebody should look) or down; the worst service decides."""

    at: Moment
    state: State
    services: list[ServiceRead]
    changes: list[ChangeRead] = Field(description="the newest first, since this gateway started")


def read_of(report: Report) -> StatusRead:
    return StatusRead(
        at=report.at,
        state=report.state,
        services=[
            ServiceRead(
                name=service.name,
                state=service.state,
                since=report.since[service.name],
                version=service.version,
                started_at=service.started_at,
                parts=[
                    PartRead(
                        name=part.name,
                        state=part.state,
                        note_zh=part.note.zh if part.note else None,
                        note_en=part.note.en if part.note else None,
                    )
                    for part in service.parts
                ],
            )
            for service in report.services
        ],
        changes=[ChangeRead.model_validate(change) for change in report.changes],
    )
