"""Self-monitoring records (自行监测记录). Never changed and never deleted; a correction is a new record."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import exact, timestamp
from services.permits.batches.models import Record


class MonitoringRecord(Record, table=True):
    """One measured value. `standard_value` is the same in the unit that it is compared in, exactly.

    `plan_row_id` has no foreign key, as `batch_id` has none: rows of a plan are never deleted.
    """

    __tablename__ = "monitoring_record"

    outlet_code: str | None = None
    point: str | None = None
    pollutant_code: str
    sampled_at: datetime = Field(sa_type=timestamp())
    qualifier: str
    value: Decimal = Field(sa_type=exact())
    unit: str
    standard_value: Decimal = Field(sa_type=exact())
    standard_unit: str
    means: str
    averaging: str
    method_standard: str | None = None
    laboratory: str | None = None
    report_number: str | None = None
    note: str | None = None
    plan_row_id: uuid.UUID | None = None
    unpermitted_outlet: bool = Field(default=False, sa_column_kwargs={"server_default": sa.text("false")})

    __table_args__ = (
        sa.CheckConstraint("(outlet_code IS NULL) <> (point IS NULL)", name="place"),
        sa.CheckConstraint("qualifier IN ('=', '<', '>')", name="qualifier"),
        sa.CheckConstraint("means IN ('automatic', 'manual')", name="means"),
        sa.CheckConstraint("averaging IN ('instant', 'hour', 'day')", name="averaging"),
        sa.CheckConstraint("value >= 0 AND standard_value >= 0", name="value"),
        sa.CheckConstraint("(supersedes IS NULL) = (reason IS NULL)", name="correction"),
        sa.CheckConstraint("supersedes <> id", name="itself"),
        sa.ForeignKeyConstraint(
            ["permit_number", "supersedes"],
            ["monitoring_record.permit_number", "monitoring_record.id"],
            name="fk_monitoring_record_supersedes",
        ),
        sa.Index(
            "uq_monitoring_record_supersedes",
            "permit_number",
            "supersedes",
            unique=True,
            postgresql_where=sa.text("supersedes IS NOT NULL"),
        ),
        sa.CheckConstraint("NOT unpermitted_outlet OR outlet_code IS NOT NULL", name="unpermitted_outlet"),
        sa.Index(
            "ix_monitoring_record_unpermitted",
            "permit_number",
            postgresql_where=sa.text("unpermitted_outlet"),
        ),
        sa.Index("ix_monitoring_record_sampled", "permit_number", "sampled_at", "id"),
    )
