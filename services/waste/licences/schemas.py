"""Licences over the wire."""

import uuid
from typing import Annotated, Literal

from pydantic import Field

from services.kit.identifiers.types import Uscc
from services.kit.schemas import Day, Exact, Moment, Schema, ShortText
from services.waste.types import CategoryOrCode, LicenceNumber, Mass, Mode

LicenceKind = Literal["comprehensive", "collection"]


class GroupContent(Schema):
    """Categories and codes with one yearly scale."""

    name: ShortText = Field(examples=["废矿物油"])
    codes: list[CategoryOrCode] = Field(
        min_length=1, max_length=500, description="whole categories (HW08) and single codes (900-249-08)"
    )
    yearly_scale_kg: Mass = Field(description="年经营规模, kg")


class LicenceCreate(Schema):
    """A licence as the competent authority issued it (Order 408 art. 7, 10)."""

    licence_number: LicenceNumber
    holder_uscc: Uscc
    kind: LicenceKind = Field(description="综合 comprehensive, 收集 collection")
    modes: Annotated[list[Mode], Field(min_length=1, max_length=4, description="收集, 贮存, 利用, 处置")]
    issued_by: ShortText
    issued_on: Day
    valid_from: Day
    valid_to: Day
    groups: list[GroupContent] = Field(min_length=1, max_length=100)


class GroupRead(Schema):
    """One group as the licence has it."""

    name: str
    codes: list[str]
    yearly_scale_kg: Exact


class LicenceRead(Schema):
    """A licence."""

    id: uuid.UUID
    licence_number: str
    holder_uscc: str
    kind: LicenceKind
    modes: list[Mode]
    issued_by: str
    issued_on: Day
    valid_from: Day
    valid_to: Day
    groups: list[GroupRead]
    created_at: Moment


class GroupBalance(Schema):
    """How one group stands in one year, in kg: free = scale - reserved - received."""

    name: str
    codes: list[str]
    scale_kg: Exact
    reserved_kg: Exact = Field(description="on manifests that are not received yet")
    received_kg: Exact
    free_kg: Exact


class LicenceBalance(Schema):
    """How a licence stands in one calendar year. Shown to its holder and the bureau only."""

    licence_number: str
    holder_uscc: str
    valid_to: Day
    year: int
    groups: list[GroupBalance]
