"""What was declared for the environmental protection tax."""

import sqlalchemy as sa
from alembic import op

from services.kit import schema_v1

revision = "2026_11_26_0035"
down_revision = "2026_11_26_0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tax_declaration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("permit_number", sa.String()),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer()),
        sa.Column("declared_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("supersedes", sa.Uuid()),
        sa.Column("reason", sa.String()),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quarter BETWEEN 1 AND 4", name="quarter"),
        sa.CheckConstraint("(supersedes IS NULL) = (reason IS NULL)", name="correction"),
        sa.CheckConstraint("supersedes <> id", name="itself"),
        sa.ForeignKeyConstraint(["uscc"], ["enterprise.uscc"], name="fk_tax_declaration_uscc"),
        sa.ForeignKeyConstraint(
            ["permit_number"], ["permit.permit_number"], name="fk_tax_declaration_permit_number"
        ),
        sa.ForeignKeyConstraint(["supersedes"], ["tax_declaration.id"], name="fk_tax_declaration_supersedes"),
        sa.PrimaryKeyConstraint("id", name="pk_tax_declaration"),
        sa.UniqueConstraint("supersedes", name="uq_tax_declaration_supersedes"),
    )
    op.create_index(
        "uq_tax_declaration_period",
        "tax_declaration",
        ["uscc", sa.text("coalesce(permit_number, '')"), "year", sa.text("coalesce(quarter, 0)")],
        unique=True,
        postgresql_where=sa.text("supersedes IS NULL"),
    )
    op.create_index("ix_tax_declaration_uscc_id", "tax_declaration", ["uscc", "id"])
    op.create_table(
        "tax_line",
        sa.Column("declaration_id", sa.Uuid(), nullable=False),
        sa.Column("pollutant_code", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("amount_t", sa.Numeric(), nullable=False),
        sa.Column("levied_percent", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount >= 0 AND amount_t >= 0", name="amount"),
        sa.CheckConstraint("unit IN ('t', 'kg', 'g')", name="unit"),
        sa.CheckConstraint("levied_percent IN (100, 75, 50)", name="levied_percent"),
        sa.ForeignKeyConstraint(
            ["declaration_id"], ["tax_declaration.id"], name="fk_tax_line_declaration_id"
        ),
        sa.PrimaryKeyConstraint("declaration_id", "pollutant_code", name="pk_tax_line"),
    )
    schema_v1.append_only("tax_declaration")
    schema_v1.append_only("tax_line")


def downgrade() -> None:
    op.drop_table("tax_line")
    op.drop_table("tax_declaration")
