"""What signed reports are printed with, as it stood: gathered at the first print, never changed: the database refuses
it. So a version is printed alike for ever, whatever the register says of its enterprise by then."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import json_document, timestamp
from services.permits.models import PermitsTable


class ReportPrint(PermitsTable, table=True):
    """Of one version of a report."""

    __tablename__ = "report_print"

    report_version_id: uuid.UUID = Field(primary_key=True, foreign_key="report_version.id")
    basis: dict[str, Any] = Field(sa_type=json_document())
    gathered_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (sa.CheckConstraint("jsonb_typeof(basis) = 'object'", name="basis"),)
