"""Credit records over the wire."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from services.kit.identifiers.types import PermitNumber, Uscc
from services.kit.schemas import Exact, LongText, Moment, Schema, ShortText

RecordKind = Literal["compliance", "violation", "commendation", "incident"]
RecordState = Literal["draft", "pending", "approved", "rejected"]
Severity = Literal["minor", "general", "serious"]
ClauseCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]


class RecordContent(Schema):
    """What a clerk enters, from the deciding document."""

    kind: RecordKind = Field(
        description="守法 compliance, 违法 violation, 表彰 commendation, 突发事件 incident"
    )
    source: ShortText = Field(description="the deciding authority or system (认定机关)")
    document_number: ShortText = Field(description="文书号, such as 锡环罚〔2026〕12号")
    summary: LongText
    act_date: date = Field(description="when it happened")
    decision_date: date = Field(description="when it was decided: the date of the document")
    clause: ClauseCode | None = Field(
        default=None, description="clause of the rule pack in force on the decision date"
    )
    site: PermitNumber | None = Field(default=None, description="permit number of the production site")
    severity: Severity | None = Field(
        default=None, description="失信类别: 轻微, 一般 or 严重 (order 36 of 2025)"
    )
    severity_basis: LongText | None = Field(default=None, description="认定依据")
    fine_cny: Annotated[Exact, Field(gt=Decimal(0))] | None = None


class RecordCreate(RecordContent):
    """A new record about one enterprise."""

    uscc: Uscc


class DecisionCreate(Schema):
    """What the approver decides on the version that was read."""

    version: int = Field(ge=1, lt=2**31)
    decision: Literal["approve", "reject"]
    comment: LongText | None = Field(default=None, description="required with a rejection")


class RecordRead(Schema):
    """A record as it stands."""

    id: uuid.UUID
    uscc: str
    site: str | None
    kind: RecordKind
    severity: Severity | None
    severity_basis: str | None
    source: str
    document_number: str
    summary: str
    fine_cny: Exact | None
    act_date: date
    decision_date: date
    clause: str | None
    points: Exact = Field(description="by the rules of the decision day")
    effective_from: date
    effective_to: date | None
    rule_pack: str
    rule_hash: str
    candidate_id: uuid.UUID | None
    state: RecordState
    version: int
    entered_by: str
    entered_at: Moment
    submitted_by: str | None
    submitted_at: Moment | None
    decided_by: str | None
    decided_at: Moment | None
    decision_comment: str | None
    recorded_at: Moment | None = Field(description="when the ledger came to know it")
    log_index: int | None = Field(description="its place in the transparency log, once approved")
