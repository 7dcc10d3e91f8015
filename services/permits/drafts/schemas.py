"""Draft reports over the wire."""

import uuid
from datetime import date
from typing import Literal

from pydantic import Field

from services.kit.schemas import Moment, Schema, Whole
from services.permits.obligations.schemas import ReportKind
from services.permits.reports.schemas import ExceedanceRead, ReportContent, ReportCreate

DraftState = Literal["open", "signed", "discarded"]


class DraftCreate(ReportCreate):
    """A report as it would be submitted, filed for signature."""


class DraftUpdate(ReportContent):
    """The whole content anew."""


class SignatureCreate(Schema):
    """The representative signs what was read, and nothing newer."""

    version: Whole = Field(ge=1, description="of the draft that was read; 409 if there is a newer one")


class FindingRead(Schema):
    """One thing that a signature would be refused for."""

    pointer: str = Field(description="where, a JSON Pointer into `content`")
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
    filed_by: str = Field(description="account of whoever changed the content last")
    filed_under: str | None = Field(description="the delegation it was filed under; null: in its own name")
    filed_at: Moment
    updated_at: Moment
    report_id: uuid.UUID | None = Field(description="the report that it became by signature")


class DraftRead(DraftSummary):
    """A draft with its content and everything that the rules say about it."""

    content: ReportContent
    findings: list[FindingRead] = Field(description="empty: it can be signed")
    exceedances: list[ExceedanceRead]
