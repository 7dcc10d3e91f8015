"""Draft applications over the wire."""

import uuid
from typing import Literal

from pydantic import Field

from services.kit.schemas import Id, Moment, Schema, Whole
from services.permits.applications.schemas import (
    ApplicationContent,
    ApplicationCreate,
    ApplicationKind,
    ApplicationRemarkRead,
)
from services.permits.drafts.schemas import DraftState, FindingRead
from services.permits.reports.schemas import ReceiptRead


class CorrectedApplication(Schema):
    """Which application a draft answers for, as the notice asked."""

    application_id: Id
    version: Whole = Field(ge=1, lt=2**31, description="that was read; 409 if there is a newer one")


class ApplicationDraftCreate(ApplicationCreate):
    """An application as it would be submitted, or corrected, prepared for signature."""

    corrects: CorrectedApplication | None = Field(
        default=None, description="the application whose correction this is; null: a new one"
    )


class ApplicationDraftUpdate(ApplicationContent):
    """The whole content anew; who applies for what stays."""


class ApplicationDraftSummary(Schema):
    """A draft in a list."""

    id: uuid.UUID
    uscc: str
    kind: ApplicationKind
    permit_number: str | None
    site_name: str
    state: DraftState
    version: int = Field(description="counts every change")
    corrects_version: int | None = Field(description="of the application; null: a new one")
    application_id: uuid.UUID | None = Field(
        description="the application that it corrects, or became by signature"
    )
    filed_by: str = Field(description="account of whoever changed the content last")
    filed_under: str | None = Field(description="the delegation it was filed under; null: in its own name")
    filed_at: Moment
    updated_at: Moment


class ApplicationSignatureResult(Schema):
    """What became of one draft; in the order of the request."""

    draft_id: uuid.UUID | None = Field(description="null where there is no such draft")
    result: Literal["accepted", "refused"]
    code: str | None = Field(default=None, description="of the problem that refused it")
    detail_zh: str | None = None
    detail_en: str | None = None
    article: str | None = None
    application_id: uuid.UUID | None = None
    application_version: int | None = Field(default=None, description="1, or that of the correction")
    receipt: ReceiptRead | None = None
    errors: list[FindingRead] = Field(default=[])


class ApplicationSignatureResults(Schema):
    """Drafts that were signed, each by itself."""

    accepted: int
    refused: int
    results: list[ApplicationSignatureResult]


class ApplicationDraftRead(ApplicationDraftSummary):
    """A draft with its content and everything that the rules say about it."""

    content: ApplicationContent
    findings: list[FindingRead] = Field(description="empty: it can be signed")
    remarks: list[ApplicationRemarkRead] = Field(
        description="what the applicant will be told; refuses nothing"
    )
