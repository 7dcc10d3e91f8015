"""Discharge permits (排污许可证): a permit has versions; a version has outlets; an outlet has limits.

Versions, outlets and limits are never changed: the database refuses it. A change of the permit is a new version.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.kit.database import exact, json_document, timestamp
from services.permits.models import PermitsTable

BASES = ("first_issue", "basic_change", "change", "reapplication", "renewal", "adjustment")
LIMIT_KINDS = (
    "hourly_concentration",
    "daily_concentration",
    "concentration",
    "instant_value",
    "emission_rate",
    "grade",
    "annual_amount",
)
SPECIAL_KINDS = (
    "hourly_concentration",
    "daily_concentration",
    "emission_rate",
    "daily_amount",
    "monthly_amount",
)
_NULLABLE_JSON = JSONB(none_as_null=True)
_SITE_REGION = "(terms ->> 'site_region_code')"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)


class Permit(PermitsTable, table=True):
    """The permit of one site of one enterprise (条例 art. 6: one permit a site)."""

    __tablename__ = "permit"

    id: uuid.UUID = Field(primary_key=True)
    permit_number: str = Field(unique=True, max_length=22)
    uscc: str = Field(foreign_key="enterprise.uscc", index=True)
    site_name: str
    current_version: int
    created_at: datetime = Field(sa_type=timestamp())


class PermitVersion(PermitsTable, table=True):
    """What the permit says: printed with a term (`valid_from` to `valid_to`, both included), holding from
    `effective_from` until a later version does."""

    __tablename__ = "permit_version"

    id: uuid.UUID = Field(primary_key=True)
    permit_id: uuid.UUID = Field(foreign_key="permit.id")
    version: int
    site_name: str
    management_class: str
    industry_code: str
    valid_from: date
    valid_to: date
    effective_from: date
    issued_on: date
    basis_kind: str
    basis_article: str
    basis_application: str | None = None
    basis_reason: str | None = None
    reporting: dict[str, Any] = Field(sa_type=json_document())
    terms: dict[str, Any] = Field(sa_type=json_document())
    created_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.UniqueConstraint("permit_id", "version"),
        sa.CheckConstraint("valid_from <= valid_to", name="validity"),
        sa.CheckConstraint("effective_from BETWEEN valid_from AND valid_to", name="effective_from"),
        sa.CheckConstraint(f"basis_kind IN ({_listed(BASES)})", name="basis_kind"),
        sa.CheckConstraint("management_class IN ('key', 'simplified')", name="management_class"),
        sa.Index(
            "ix_permit_version_site_region",
            sa.text(_SITE_REGION),
            "permit_id",
            "version",
            postgresql_where=sa.text(f"{_SITE_REGION} IS NOT NULL"),
        ),
    )


class Outlet(PermitsTable, table=True):
    """A discharge outlet (排放口): DA001 to air, DW001 to water (HJ 608-2017)."""

    __tablename__ = "outlet"

    id: uuid.UUID = Field(primary_key=True)
    permit_version_id: uuid.UUID = Field(foreign_key="permit_version.id")
    code: str
    name: str
    medium: str
    kind: str
    longitude: Decimal | None = Field(default=None, sa_type=exact())
    latitude: Decimal | None = Field(default=None, sa_type=exact())
    height_m: Decimal | None = Field(default=None, sa_type=exact())
    mode: str | None = None
    destination: str | None = None

    __table_args__ = (
        sa.UniqueConstraint("permit_version_id", "code"),
        sa.CheckConstraint("medium IN ('air', 'water')", name="medium"),
        sa.CheckConstraint("kind IN ('main', 'general')", name="kind"),
        sa.CheckConstraint("mode IN ('organised', 'direct', 'indirect', 'none')", name="mode"),
    )


class EmissionLimit(PermitsTable, table=True):
    """One permitted value (许可排放限值) of one pollutant at one outlet. No row means no limit, never zero.

    `value` is what is compared: the upper bound, or the grade that `text` (林格曼黑度1级) names. `averaging` is null
    where the permit says nothing: then the default of the kind holds (data/averaging.toml).
    """

    __tablename__ = "emission_limit"

    id: uuid.UUID = Field(primary_key=True)
    outlet_id: uuid.UUID = Field(foreign_key="outlet.id")
    pollutant_code: str
    pollutant_name: str
    kind: str
    value: Decimal = Field(sa_type=exact())
    lower_value: Decimal | None = Field(default=None, sa_type=exact())
    promised_value: Decimal | None = Field(default=None, sa_type=exact())
    text: str | None = None
    unit: str
    permit_year: int | None = None
    averaging: dict[str, Any] | None = Field(default=None, sa_type=_NULLABLE_JSON)
    valid_from: date
    valid_to: date | None = None
    standard: str

    __table_args__ = (
        sa.UniqueConstraint("outlet_id", "pollutant_code", "kind", "valid_from"),
        sa.CheckConstraint(f"kind IN ({_listed(LIMIT_KINDS)})", name="kind"),
        sa.CheckConstraint("value > 0", name="value"),
        sa.CheckConstraint("lower_value > 0 AND lower_value < value", name="lower_value"),
        sa.CheckConstraint("promised_value > 0 AND promised_value < value", name="promised_value"),
        sa.CheckConstraint("(kind = 'grade') = (text IS NOT NULL)", name="text"),
        sa.CheckConstraint(
            "permit_year IS NULL OR (permit_year BETWEEN 1 AND 5 AND kind = 'annual_amount')",
            name="permit_year",
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="validity"),
    )


class PlantLimit(PermitsTable, table=True):
    """A permitted yearly amount (t/a) of no single outlet: of the plant (全厂合计) or of a group of its outlets."""

    __tablename__ = "plant_limit"

    id: uuid.UUID = Field(primary_key=True)
    permit_version_id: uuid.UUID = Field(foreign_key="permit_version.id")
    scope: str
    pollutant_code: str
    pollutant_name: str
    value: Decimal = Field(sa_type=exact())
    permit_year: int | None = None
    valid_from: date
    valid_to: date | None = None
    standard: str

    __table_args__ = (
        sa.UniqueConstraint(
            "permit_version_id", "scope", "pollutant_code", "valid_from", name="uq_plant_limit_place"
        ),
        sa.CheckConstraint("scope IN ('plant', 'main_outlets', 'general_outlets', 'fugitive')", name="scope"),
        sa.CheckConstraint("value > 0", name="value"),
        sa.CheckConstraint("permit_year BETWEEN 1 AND 5", name="permit_year"),
        sa.CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="validity"),
    )


class SpecialLimit(PermitsTable, table=True):
    """A limit of a special period (特殊时段): on days of a heavy-pollution alert, or while a plan runs."""

    __tablename__ = "special_limit"

    id: uuid.UUID = Field(primary_key=True)
    permit_version_id: uuid.UUID = Field(foreign_key="permit_version.id")
    period: str
    alert_level: str | None = None
    outlet_code: str | None = None
    pollutant_code: str
    pollutant_name: str
    kind: str
    value: Decimal | None = Field(default=None, sa_type=exact())
    prohibited: bool
    unit: str
    averaging: dict[str, Any] | None = Field(default=None, sa_type=_NULLABLE_JSON)
    valid_from: date
    valid_to: date | None = None
    standard: str

    __table_args__ = (
        sa.Index("ix_special_limit_permit_version_id", "permit_version_id"),
        sa.CheckConstraint("period IN ('heavy_pollution', 'attainment_plan')", name="period"),
        sa.CheckConstraint(f"kind IN ({_listed(SPECIAL_KINDS)})", name="kind"),
        sa.CheckConstraint(
            "(period = 'heavy_pollution') = (coalesce(alert_level, '') IN ('yellow', 'orange', 'red'))",
            name="alert_level",
        ),
        sa.CheckConstraint("prohibited = (value IS NULL)", name="value_or_prohibition"),
        sa.CheckConstraint("value > 0", name="value"),
        sa.CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="validity"),
    )


class MonitoringPlanRow(PermitsTable, table=True):
    """What one version has the holder measure by itself: where, what, by which means, how often (条例 art. 19)."""

    __tablename__ = "monitoring_plan_row"

    id: uuid.UUID = Field(primary_key=True)
    permit_version_id: uuid.UUID = Field(foreign_key="permit_version.id", index=True)
    outlet_code: str | None = None
    point: str | None = None
    pollutant_code: str
    pollutant_name: str
    means: str
    frequency: dict[str, Any] | None = Field(default=None, sa_type=_NULLABLE_JSON)
    fallback: dict[str, Any] | None = Field(default=None, sa_type=_NULLABLE_JSON)
    sampling: str | None = None
    instrument: str | None = None
    method: str | None = None

    __table_args__ = (
        sa.CheckConstraint("means IN ('automatic', 'manual')", name="means"),
        sa.CheckConstraint("(outlet_code IS NULL) <> (point IS NULL)", name="place"),
        sa.CheckConstraint("(means = 'manual') = (frequency IS NOT NULL)", name="frequency"),
    )
