"""Candidates over the wire."""

import uuid
from datetime import date
from typing import Any, Literal

from pydantic import Field

from services.credit.records.schemas import RecordKind
from services.kit.schemas import LongText, Moment, Schema

CandidateState = Literal["open", "recorded", "dismissed"]


class DismissalCreate(Schema):
    """Why a candidate does not become a record."""

    reason: LongText


class CandidateRead(Schema):
    """A fact of another service, with where to look at its evidence."""

    id: uuid.UUID
    source: str = Field(description="the service whose feed it came from, such as /v1/permits")
    source_event_id: str
    event_type: str
    evidence: str = Field(description="path of the record behind it, at the gateway")
    uscc: str
    suggested_kind: RecordKind
    happened_on: date
    facts: dict[str, Any] = Field(description="payload of the event")
    received_at: Moment
    state: CandidateState
    decided_by: str | None
    decided_at: Moment | None
    reason: str | None
    contradicted_by: str | None = Field(
        description="path of the decision of its source that it is not so: no record is entered of it"
    )
    contradicted_at: Moment | None
    record: str | None = Field(description="path of the record made from it")
