"""Requests to withhold over the wire."""

import uuid
from typing import Annotated, Literal

from pydantic import Field

from services.kit.schemas import ONE_LINE, VISIBLE, LongText, Moment, Schema, Whole

WithholdingState = Literal["requested", "granted", "refused", "lifted"]
PublicReason = Annotated[str, Field(min_length=1, max_length=100), VISIBLE, ONE_LINE]


class WithholdingCreate(Schema):
    """Which texts of a permit version the enterprise asks to keep from the public, and why."""

    version: Whole = Field(ge=1, lt=2**31, description="of the permit that was read")
    pointers: list[Annotated[str, Field(min_length=1, max_length=300)]] = Field(
        min_length=1, max_length=100, description="JSON Pointers into the permit: /outlets/0/name"
    )
    reason: LongText = Field(description="for the bureau alone; it is never published")


class DecisionCreate(Schema):
    """A grant says in public why; a refusal says to the enterprise why not."""

    decision: Literal["grant", "refuse"]
    public_reason: PublicReason | None = Field(
        default=None, description="商业秘密, 国家秘密…: stands in public in place of the text"
    )
    comment: LongText | None = None


class LiftingCreate(Schema):
    """The texts are public again."""

    comment: LongText


class PlaceRead(Schema):
    """One text; the anchor names the same one in every version."""

    pointer: str
    anchor: list[str]


class WithholdingRead(Schema):
    """A request and what became of it."""

    id: uuid.UUID
    permit_number: str
    uscc: str
    version: int
    places: list[PlaceRead]
    reason: str
    state: WithholdingState
    hidden: bool = Field(description="whether the texts are kept from the public now")
    requested_at: Moment
    public_reason: str | None
    comment: str | None
    decided_at: Moment | None


class WithheldRead(Schema):
    """Where a public answer does not show what the permit says, and why."""

    pointer: str = Field(description="JSON Pointer into this answer")
    reason: str
    article: str
