"""Versions of permits say why they exist and when they begin; limits of every kind, plant totals, special periods."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services.kit import schema_v1

revision = "2026_11_26_0020"
down_revision = "2026_11_26_0019"
branch_labels = None
depends_on = None

OLD_KINDS = "kind IN ('hourly_concentration', 'daily_concentration', 'annual_amount')"
KINDS = (
    "kind IN ('hourly_concentration', 'daily_concentration', 'concentration', 'instant_value', "
    "'emission_rate', 'grade', 'annual_amount')"
)
BASES = "basis_kind IN ('first_issue', 'basic_change', 'change', 'reapplication', 'renewal', 'adjustment')"


def upgrade() -> None:
    _version()
    _limit()
    _plant_limit()
    _special_limit()
    for table in ("plant_limit", "special_limit"):
        schema_v1.append_only(table)


def _version() -> None:
    op.add_column("permit_version", sa.Column("site_name", sa.String()))
    op.add_column("permit_version", sa.Column("effective_from", sa.Date()))
    op.add_column(
        "permit_version",
        sa.Column("basis_kind", sa.String(), nullable=False, server_default="first_issue"),
    )
    op.add_column(
        "permit_version",
        sa.Column("basis_article", sa.String(), nullable=False, server_default="排污许可管理条例 第十二条"),
    )
    op.add_column("permit_version", sa.Column("basis_application", sa.String()))
    op.add_column("permit_version", sa.Column("basis_reason", sa.String()))
    # What the versions there are say already, in the new columns: nothing of them is changed.
    op.execute("ALTER TABLE permit_version DISABLE TRIGGER permit_version_append_only")
    op.execute(
        "UPDATE permit_version SET effective_from = valid_from, site_name = permit.site_name "
        "FROM permit WHERE permit.id = permit_version.permit_id"
    )
    op.execute("ALTER TABLE permit_version ENABLE TRIGGER permit_version_append_only")
    for column in ("site_name", "effective_from"):
        op.alter_column("permit_version", column, nullable=False)
    for column in ("basis_kind", "basis_article"):
        op.alter_column("permit_version", column, server_default=None)
    op.create_check_constraint(
        op.f("ck_permit_version_effective_from"),
        "permit_version",
        "effective_from BETWEEN valid_from AND valid_to",
    )
    op.create_check_constraint(op.f("ck_permit_version_basis_kind"), "permit_version", BASES)


def _limit() -> None:
    for name in ("lower_value", "promised_value"):
        op.add_column("emission_limit", sa.Column(name, sa.Numeric()))
    op.add_column("emission_limit", sa.Column("text", sa.String()))
    op.add_column("emission_limit", sa.Column("permit_year", sa.Integer()))
    op.add_column("emission_limit", sa.Column("averaging", JSONB()))
    for name, condition in (("kind", KINDS), ("value", "value > 0")):
        op.drop_constraint(op.f(f"ck_emission_limit_{name}"), "emission_limit")
        op.create_check_constraint(op.f(f"ck_emission_limit_{name}"), "emission_limit", condition)
    for name in ("lower_value", "promised_value"):
        op.create_check_constraint(
            op.f(f"ck_emission_limit_{name}"), "emission_limit", f"{name} > 0 AND {name} < value"
        )
    op.create_check_constraint(
        op.f("ck_emission_limit_text"), "emission_limit", "(kind = 'grade') = (text IS NOT NULL)"
    )
    op.create_check_constraint(
        op.f("ck_emission_limit_permit_year"),
        "emission_limit",
        "permit_year IS NULL OR (permit_year BETWEEN 1 AND 5 AND kind = 'annual_amount')",
    )


def _plant_limit() -> None:
    op.create_table(
        "plant_limit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("permit_version_id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("pollutant_code", sa.String(), nullable=False),
        sa.Column("pollutant_name", sa.String(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("permit_year", sa.Integer()),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("standard", sa.String(), nullable=False),
        sa.CheckConstraint(
            "scope IN ('plant', 'main_outlets', 'general_outlets', 'fugitive')",
            name="ck_plant_limit_scope",
        ),
        sa.CheckConstraint("value > 0", name="ck_plant_limit_value"),
        sa.CheckConstraint("permit_year BETWEEN 1 AND 5", name="ck_plant_limit_permit_year"),
        sa.CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="ck_plant_limit_validity"),
        sa.ForeignKeyConstraint(
            ["permit_version_id"], ["permit_version.id"], name="fk_plant_limit_permit_version_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_plant_limit"),
        sa.UniqueConstraint(
            "permit_version_id",
            "scope",
            "pollutant_code",
            "valid_from",
            name="uq_plant_limit_place",
        ),
    )


def _special_limit() -> None:
    op.create_table(
        "special_limit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("permit_version_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("alert_level", sa.String()),
        sa.Column("outlet_code", sa.String()),
        sa.Column("pollutant_code", sa.String(), nullable=False),
        sa.Column("pollutant_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.Numeric()),
        sa.Column("prohibited", sa.Boolean(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("averaging", JSONB()),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("standard", sa.String(), nullable=False),
        sa.CheckConstraint(
            "period IN ('heavy_pollution', 'attainment_plan')", name="ck_special_limit_period"
        ),
        sa.CheckConstraint(
            "kind IN ('hourly_concentration', 'daily_concentration', 'emission_rate', 'daily_amount', "
            "'monthly_amount')",
            name="ck_special_limit_kind",
        ),
        sa.CheckConstraint(
            "(period = 'heavy_pollution') = (coalesce(alert_level, '') IN ('yellow', 'orange', 'red'))",
            name="ck_special_limit_alert_level",
        ),
        sa.CheckConstraint("prohibited = (value IS NULL)", name="ck_special_limit_value_or_prohibition"),
        sa.CheckConstraint("value > 0", name="ck_special_limit_value"),
        sa.CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="ck_special_limit_validity"),
        sa.ForeignKeyConstraint(
            ["permit_version_id"], ["permit_version.id"], name="fk_special_limit_permit_version_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_special_limit"),
    )
    op.create_index("ix_special_limit_permit_version_id", "special_limit", ["permit_version_id"])


def downgrade() -> None:
    op.drop_table("special_limit")
    op.drop_table("plant_limit")
    # A register of before knows three kinds of limits: others cannot be kept in it.
    op.execute("ALTER TABLE emission_limit DISABLE TRIGGER emission_limit_append_only")
    op.execute(f"DELETE FROM emission_limit WHERE NOT ({OLD_KINDS})")  # noqa: S608 - a constant of this file
    op.execute("ALTER TABLE emission_limit ENABLE TRIGGER emission_limit_append_only")
    for name in ("permit_year", "text", "promised_value", "lower_value"):
        op.drop_constraint(op.f(f"ck_emission_limit_{name}"), "emission_limit")
    for name, condition in (("kind", OLD_KINDS), ("value", "value >= 0")):
        op.drop_constraint(op.f(f"ck_emission_limit_{name}"), "emission_limit")
        op.create_check_constraint(op.f(f"ck_emission_limit_{name}"), "emission_limit", condition)
    for name in ("averaging", "permit_year", "text", "promised_value", "lower_value"):
        op.drop_column("emission_limit", name)
    for name in ("basis_kind", "effective_from"):
        op.drop_constraint(op.f(f"ck_permit_version_{name}"), "permit_version")
    for name in (
        "basis_reason",
        "basis_application",
        "basis_article",
        "basis_kind",
        "effective_from",
        "site_name",
    ):
        op.drop_column("permit_version", name)
