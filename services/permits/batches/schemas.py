"""Batches over the wire."""

import uuid
from typing import Any, Literal

from pydantic import Field

from services.kit.schemas import Moment, Schema
from services.permits.reports.schemas import ReceiptRead

BatchKind = Literal["ledger", "monitoring"]


class BatchSummary(Schema):
    """A file of many rows, and what became of them."""

    id: uuid.UUID
    kind: BatchKind
    permit_number: str
    uscc: str
    rows: int
    accepted: int = Field(description="kept as new rows")
    repeated: int = Field(description="known already, with the same content: kept once")
    refused: int
    received_by: str
    received_at: Moment


class BatchRead(BatchSummary):
    """A batch with its receipt."""

    document: dict[str, Any] = Field(
        description="SHA-256 of the file, and the numbers of the lines that were not kept"
    )
    receipt: ReceiptRead


class RowFinding(Schema):
    """One thing wrong with a row."""

    pointer: str = Field(description="where in the row, a JSON Pointer; of a CSV file the column's name")
    code: str
    detail: str
    detail_zh: str
    detail_en: str
    article: str | None = None
    suggestion: str | None = None


class RowResult(Schema):
    """What became of one row."""

    line: int = Field(description="of the file, from 1; of a CSV file the first line is the header")
    id: str | None = Field(default=None, description="what the row is called")
    result: Literal["accepted", "repeated", "refused"]
    errors: list[RowFinding] | None = None


class BatchReceived(Schema):
    """The answer to a file: a result for each row."""

    batch: BatchRead
    results: list[RowResult]
