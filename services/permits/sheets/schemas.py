"""Sheets of reports over the wire."""

import uuid
from typing import Literal

from pydantic import Field

from services.kit.schemas import Schema
from services.permits.reports.schemas import ExceedanceRead, ReceiptRead, SpecialExceedanceRead, WarningRead


class SheetFinding(Schema):
    """One thing that a report would be refused for, or was."""

    pointer: str = Field(description="where in the report, a JSON Pointer")
    cell: str | None = Field(description="where on the sheet, such as K11")
    code: str
    detail_zh: str
    detail_en: str
    article: str | None = None


class SheetCheck(Schema):
    """What would become of one report."""

    source: str = Field(description="the sheet's name, or the line of an NDJSON file")
    obligation_id: str | None = Field(description="null where none is named, or there is no such one")
    acceptable: bool
    errors: list[SheetFinding]
    warnings: list[WarningRead]
    exceedances: list[ExceedanceRead]
    special_exceedances: list[SpecialExceedanceRead] = Field(default_factory=list)


class SheetChecks(Schema):
    """A file of reports, checked; nothing was saved."""

    acceptable: int
    refused: int
    reports: list[SheetCheck]


class SheetResult(Schema):
    """What became of one report."""

    source: str
    obligation_id: str | None = Field(description="null where none is named, or there is no such one")
    result: Literal["accepted", "refused"]
    code: str | None = Field(default=None, description="of the problem that refused it")
    detail_zh: str | None = None
    detail_en: str | None = None
    article: str | None = None
    draft_id: uuid.UUID | None = None
    report_id: uuid.UUID | None = None
    receipt: ReceiptRead | None = None
    errors: list[SheetFinding] = Field(default=[])


class SheetResults(Schema):
    """A file of reports: each was taken or refused by itself."""

    accepted: int
    refused: int
    results: list[SheetResult]


class SignatureResult(Schema):
    """What became of one draft; in the order of the request."""

    draft_id: uuid.UUID | None = Field(description="null where there is no such draft")
    result: Literal["accepted", "refused"]
    code: str | None = Field(default=None, description="of the problem that refused it")
    detail_zh: str | None = None
    detail_en: str | None = None
    article: str | None = None
    report_id: uuid.UUID | None = None
    receipt: ReceiptRead | None = None
    errors: list[SheetFinding] = Field(default=[])


class SignatureResults(Schema):
    """Drafts that were signed, each by itself."""

    accepted: int
    refused: int
    results: list[SignatureResult]
