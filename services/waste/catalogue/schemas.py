"""The catalogue over the wire."""

from datetime import date

from pydantic import Field

from services.kit.schemas import Schema
from services.waste.types import HazardTrait


class HazardsRead(Schema):
    """危险特性: those that are certain, and those that are possible (note 1 of the table)."""

    certain: list[HazardTrait]
    possible: list[HazardTrait] = Field(description="with none certain: at least one of these")


class EditionRead(Schema):
    """The edition that an answer rests on."""

    edition: str
    name: str
    order: str
    in_force_from: date
    provisional: bool = Field(description="true where the table of the edition in force is not at hand")
    missing_edition: str | None = Field(description="the edition in force whose table is not at hand")


class EntryRead(Schema):
    """One hazardous waste of the catalogue."""

    code: str
    category: str
    category_name: str
    industry: str
    description: str
    hazards: HazardsRead


class EntryInEdition(EntryRead):
    """One hazardous waste, as of a day."""

    catalogue: EditionRead


class EntryPage(Schema):
    """One page of codes in their order, with the edition they are taken from."""

    catalogue: EditionRead
    items: list[EntryRead]
    next_cursor: str | None
