"""Rates, totals of the plant and special periods are judged: their figures, and the violations that they show."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "2026_11_26_0031"
down_revision = "2026_11_26_0030"
branch_labels = None
depends_on = None

_FIGURES = "concentration_max, concentration_average, amount_t"
_KINDS = "'numeric', 'non_receipt', 'frequency', 'wrong_outlet', 'undisclosed'"
_SHOWN = "value IS NOT NULL AND limit_value IS NOT NULL AND multiple IS NOT NULL"


def _replace(table: str, name: str, rule: str) -> None:
    op.drop_constraint(name, table)
    op.create_check_constraint(name, table, rule)


def _figure_or_reason(figures: str) -> None:
    rule = f"(no_data_code IS NULL) <> (coalesce({figures}) IS NULL)"
    _replace("report_value", "ck_report_value_figure_or_reason", rule)


def upgrade() -> None:
    op.add_column("report_value", sa.Column("rate_max", sa.Numeric()))
    op.add_column("report_value", sa.Column("rate_max_qualifier", sa.String()))
    _figure_or_reason(f"{_FIGURES}, rate_max")
    op.add_column(
        "report_version",
        sa.Column("special_exceedances", JSONB(), nullable=False, server_default=sa.text("'[]'")),
    )
    op.add_column(
        "violation", sa.Column("scope", sa.String(), nullable=False, server_default=sa.text("'outlet'"))
    )
    scopes = "'outlet', 'plant', 'main_outlets', 'general_outlets', 'fugitive'"
    op.create_check_constraint("scope", "violation", f"scope IN ({scopes})")
    _replace("violation", "kind", f"kind IN ({_KINDS}, 'special_period', 'fugitive')")
    placed = "(scope = 'outlet') = (outlet_code IS NOT NULL)"
    rule = f"kind <> 'numeric' OR (report_id IS NOT NULL AND {placed} AND {_SHOWN})"
    _replace("violation", "numeric", rule)


def downgrade() -> None:
    rule = f"kind <> 'numeric' OR (report_id IS NOT NULL AND outlet_code IS NOT NULL AND {_SHOWN})"
    _replace("violation", "numeric", rule)
    _replace("violation", "kind", f"kind IN ({_KINDS})")
    op.drop_constraint("scope", "violation")
    op.drop_column("violation", "scope")
    op.drop_column("report_version", "special_exceedances")
    _figure_or_reason(_FIGURES)
    op.drop_column("report_value", "rate_max_qualifier")
    op.drop_column("report_value", "rate_max")
