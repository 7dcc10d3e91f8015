"""Facts about quotas and replacements."""

from __future__ import annotations

import uuid
from datetime import date

from services.kit.event_catalogue import EventType
from services.kit.schemas import Exact, Schema
from services.kit.texts import Text


class QuotaMoved(Schema):
    """Payload: what one entry of the ledger did to the account of one permit."""

    entry_id: uuid.UUID
    document_id: uuid.UUID
    permit_number: str
    uscc: str
    pollutant: str
    move: str
    change_t: Exact
    from_year: int
    decided_on: date
    basis: str


class OffsetFact(Schema):
    """Payload: a replacement statement, and how it stands."""

    offset_id: uuid.UUID
    permit_number: str
    uscc: str
    pollutant: str
    needed_t: Exact
    ratio: Exact
    from_year: int
    state: str
    document_sha256: str


QUOTA_MOVED = EventType(
    "permits.quota_moved.v1",
    QuotaMoved,
    Text(zh="总量指标已变动", en="The quota of a permit changed"),
)
OFFSET_STATED = EventType(
    "permits.offset_stated.v1",
    OffsetFact,
    Text(zh="削减替代说明已提交", en="A replacement was stated"),
)
OFFSET_DECIDED = EventType(
    "permits.offset_decided.v1",
    OffsetFact,
    Text(zh="削减替代说明已办结", en="A replacement statement was decided or withdrawn"),
)
