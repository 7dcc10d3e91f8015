"""The sheet of an application over the wire."""

from pydantic import Field

from services.kit.schemas import Id, Schema, Whole
from services.permits.application_drafts.schemas import ApplicationDraftCreate


class DraftOnSheet(Schema):
    """The draft that a sheet is of."""

    id: Id
    version: Whole = Field(
        ge=1, lt=2**31, description="that the sheet was made of; 409 if there is a newer one"
    )


class ApplicationSheet(ApplicationDraftCreate):
    """Everything that one sheet says."""

    draft: DraftOnSheet | None = Field(default=None, description="null: a new draft")
