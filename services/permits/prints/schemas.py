"""What a printable report is made of, beside what it says itself: as it is kept, in JSON."""

from __future__ import annotations

from datetime import date
from typing import Literal

from services.kit.schemas import Schema
from services.permits.permits.schemas import LimitContent, PlantLimitContent, SpecialLimitContent

PrintFormat = Literal["pdf", "xlsx"]


class PrintedHolder(Schema):
    """Who reports: as the permit version names it, else as the register did when this was gathered."""

    name: str
    uscc: str
    address: str
    legal_representative: str


class PrintedOutletLimit(LimitContent):
    """A limit of one outlet."""

    outlet_code: str


class PrintedFacility(Schema):
    """A facility of the permit."""

    code: str
    name: str
    treats: bool


class Basis(Schema):
    """What the permit said of the period when the report was submitted."""

    holder: PrintedHolder
    authority: str
    site_name: str
    site_address: str | None
    industry: str
    management_class: str
    permit_version: int
    valid_from: date
    valid_to: date
    outlets: dict[str, str]
    limits: list[PrintedOutletLimit]
    plant_limits: list[PlantLimitContent]
    special_limits: list[SpecialLimitContent]
    facilities: list[PrintedFacility]
    disclosures: list[str]
