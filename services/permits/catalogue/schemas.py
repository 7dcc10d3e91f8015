"""The management catalogue and the class finder over the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from services.kit.identifiers.types import IndustryCode
from services.kit.schemas import Day, Exact, Flag, Schema, ShortText
from services.permits.catalogue.conditions import Class
from services.permits.catalogue.rules import Open

FactName = Annotated[str, Field(min_length=1, max_length=60, examples=["boiler_output"])]


class EditionRead(Schema):
    """The edition that an answer rests on."""

    edition: str
    name: str
    order: str
    source: str
    in_force_from: date


class FactRead(Schema):
    """A fact that decides: state it for the `site` or with the `activity`; without units it is a statement."""

    name: str
    of: Literal["site", "activity"]
    zh: str
    en: str
    units: list[str]


class RowRead(Schema):
    """One row (类) in the catalogue's own words; `/` is printed where it has no such class."""

    row: int
    heading: str
    industry_codes: list[str] = Field(description="GB/T 4754-2017; empty for rows 108 to 112")
    industries: str
    key: str
    simplified: str
    registration: str
    decided_by: Literal["facts", "reviewer"] = Field(
        description="`reviewer`: some of its words only a person can apply"
    )


class RowInEdition(RowRead):
    """One row with the facts that decide it, as of a day."""

    facts: list[FactRead]
    catalogue: EditionRead


class RowPage(Schema):
    """One page of rows in their order."""

    catalogue: EditionRead
    items: list[RowRead]
    next_cursor: str | None


class Quantity(Schema):
    name: FactName
    value: Exact
    unit: ShortText = Field(examples=["t/h"])


class Statement(Schema):
    name: FactName
    holds: Flag


class Stated(Schema):
    """Facts as somebody states them. What is left out is not known: it is neither zero nor false."""

    quantities: list[Quantity] = Field(default=[], max_length=60)
    statements: list[Statement] = Field(default=[], max_length=60)


class ActivityStated(Stated):
    """One industry at the site."""

    industry_code: IndustryCode


class ClassificationQuery(Schema):
    """One site: its industries, and what is stated of it as a whole."""

    on: Day | None = Field(default=None, description="the edition of this day; default: today")
    activities: list[ActivityStated] = Field(min_length=1, max_length=30)
    site: Stated = Stated()


class EvidenceRead(Schema):
    """One comparison that was made."""

    fact: str
    given: str
    comparison: str
    bound: str
    unit: str | None
    met: bool
    article: str | None


class Decision(Schema):
    """`decided`, or left to a reviewer between `at_least` and `at_most`."""

    decision: Literal["decided", "for_review"]
    management_class: Class | None = Field(description="null: for review")
    at_least: Class = Field(description="the class in any case")
    at_most: Class
    article: str
    reason_zh: str
    reason_en: str


class RowDecision(Decision):
    """What a general procedure (rows 109 to 112), or the row of an industry, makes of the facts."""

    rows: list[RowRead] = Field(description="more than one where the code fits several")
    clause: str | None = Field(description="row and column that decide")
    because: list[EvidenceRead]
    missing: list[FactRead] = Field(description="facts that would decide, or narrow it down")
    open: list[Open]


class ActivityDecision(RowDecision):
    industry_code: str


class SiteDecision(Decision):
    """One answer for the site: several industries at one place have one permit."""

    needs: Literal["permit", "registration_form", "nothing"] | None


class Classification(Schema):
    on: date
    catalogue: EditionRead
    site: SiteDecision
    activities: list[ActivityDecision] = Field(description="in the order asked")
    procedures: list[RowDecision] = Field(description="通用工序, rows 109 to 112")
