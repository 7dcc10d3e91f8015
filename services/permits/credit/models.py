"""What the credit ledger says of an enterprise (环境信用等级), as last heard from its feed."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from services.kit.database import timestamp
from services.permits.models import PermitsTable


class CreditGrade(PermitsTable, table=True):
    """The newest grade of one enterprise; it may be known before the enterprise is registered here."""

    __tablename__ = "credit_grade"

    uscc: str = Field(primary_key=True)
    grade: str
    grade_name: str
    rule_pack: str
    evaluated_at: datetime = Field(sa_type=timestamp())
