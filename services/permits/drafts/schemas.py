"""Draft reports over the wire."""

import uuid
from datetime import date
from typing import Literal

from pydantic import Field

from services.kit.schemas import Id, LongText, Moment, Schema, Whole
from services.permits.obligations.schemas import ReportKind
from services.permits.reports.schemas import (
    ExceedanceRead,
    ReportContent,
    ReportCreate,
    SpecialExceedanceRead,
    WarningRead,
)

DraftState = Literal["open", "signed", "discarded"]


class Correction(Schema):
    """What makes a draft the correction of a report."""

    version: Whole = Field(
        ge=1, lt=2**31, description="of the report that was read; 409 if there is a newer one"
    )
    reason: LongText = Field(description="更正原因")


class DraftCreate(ReportCreate):
    """A report as it would be submitted, or a corrected one, filed for signature."""

    corrects: Correction | None = Field(default=None, description="null: the first report of its period")


class DraftUpdate(ReportContent):
    """The whole content anew; what it corrects, and why, stays."""


class SignatureCreate(Schema):
    """The representative signs what was read, and nothing newer."""

    version: Whole = Field(ge=1, description="of the draft that was read; 409 if there is a newer one")


class ToSign(Schema):
    """A draft as it was read."""

    draft_id: Id
    version: Whole = Field(ge=1)


class SignaturesCreate(Schema):
    """Drafts that the representative signs, each in the version that was read."""

    drafts: list[ToSign] = Field(min_length=1, max_length=200)


class FindingRead(Schema):
    """One thing that a signature would be refused for."""

    pointer: str = Field(description="where, a JSON Pointer into the document")
    code: str
    detail_zh: str
    detail_en: str
    article: str | None


class DraftSummary(Schema):
    """A draft in a list."""

    id: uuid.UUID
    obligation_id: uuid.UUID
    permit_number: str
    uscc: str
    kind: ReportKind
    period_start: date
    period_end: date
    state: DraftState
    version: int = Field(description="counts every change")
    corrects_version: int | None = Field(description="of the report; null: the first of its period")
    reason: str | None = Field(description="of a correction")
    filed_by: str = Field(description="account of whoever changed the content last")
    filed_under: str | None = Field(description="the delegation it was filed under; null: in its own name")
    filed_at: Moment
    updated_at: Moment
    report_id: uuid.UUID | None = Field(description="the report that it became by signature")


class DraftRead(DraftSummary):
    """A draft with its content and everything that the rules say about it."""

    content: ReportContent
    findings: list[FindingRead] = Field(description="empty: it can be signed")
    warnings: list[WarningRead] = Field(default_factory=list, description="what the reviewer will see")
    exceedances: list[ExceedanceRead]
    special_exceedances: list[SpecialExceedanceRead] = Field(default_factory=list)
