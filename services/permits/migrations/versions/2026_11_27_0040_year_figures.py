"""Figures of total-emission control by permit and year, worked out from the rest and brought in line by a round."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_27_0040"
down_revision = "2026_11_27_0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "figures_edition",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("built_to", sa.String(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("built_at", sa.DateTime(timezone=True)),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_figures_edition"),
        sa.UniqueConstraint("fingerprint", name="uq_figures_edition_fingerprint"),
    )
    op.create_table(
        "year_figure",
        sa.Column("edition_id", sa.BigInteger(), nullable=False),
        sa.Column("permit_number", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("pollutant", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("industry_code", sa.String(), nullable=False),
        *(sa.Column(name, sa.Numeric()) for name in ("quota_t", "permitted_t", "actual_t", "expected_t")),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["figures_edition.id"],
            name="fk_year_figure_edition_id_figures_edition",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("edition_id", "permit_number", "year", "pollutant", name="pk_year_figure"),
    )
    op.create_index("ix_year_figure_year", "year_figure", ["edition_id", "year"])


def downgrade() -> None:
    op.drop_table("year_figure")
    op.drop_table("figures_edition")
