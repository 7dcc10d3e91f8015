"""Confirmed exceedances of totals and of days of special periods."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_0037"
down_revision = "2026_11_26_0036"
branch_labels = None
depends_on = None

_NAME, _TABLE = "uq_exceedance_confirmation_value", "exceedance_confirmation"
_OF = ["report_id", "outlet_code", "pollutant_code", "kind"]


def upgrade() -> None:
    op.add_column(_TABLE, sa.Column("scope", sa.String(), nullable=False, server_default=sa.text("'outlet'")))
    op.add_column(_TABLE, sa.Column("day", sa.Date()))
    op.add_column(_TABLE, sa.Column("ground", sa.String()))
    op.add_column(_TABLE, sa.Column("alert_level", sa.String()))
    op.create_check_constraint(
        "scope", _TABLE, "scope IN ('outlet', 'plant', 'main_outlets', 'general_outlets', 'fugitive')"
    )
    op.create_check_constraint("day", _TABLE, "(day IS NULL) = (ground IS NULL)")
    op.drop_constraint(_NAME, _TABLE)
    op.create_index(_NAME, _TABLE, [*_OF, "scope", sa.text("COALESCE(day, '0001-01-01'::date)")], unique=True)


def downgrade() -> None:
    op.drop_index(_NAME, _TABLE)
    op.create_unique_constraint(_NAME, _TABLE, _OF)
    op.drop_constraint("day", _TABLE)
    op.drop_constraint("scope", _TABLE)
    for name in ("alert_level", "ground", "day", "scope"):
        op.drop_column(_TABLE, name)
