"""Manifests, what happened to them, and the budgets that they draw on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services.kit import schema_v1

revision = "2026_11_23_0003"
down_revision = "2026_11_23_0002"
branch_labels = None
depends_on = None

# What is given once it was entered, signed or decided.
APPEND_ONLY = ("manifest_line", "manifest_step", "reception_line", "discrepancy", "notice", "budget_entry")

# A submitted manifest is signed for: only its progress changes, and a national number once it is known never.
_SEALED = """
CREATE FUNCTION waste_keep_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.submitted_at IS NOT NULL AND
       (NEW.id, NEW.number, NEW.shipper_uscc, NEW.site_code, NEW.carrier_uscc, NEW.receiver_uscc,
        NEW.licence_number, NEW.content, NEW.submitted_at, NEW.year, NEW.catalogue_edition)
       IS DISTINCT FROM
       (OLD.id, OLD.number, OLD.shipper_uscc, OLD.site_code, OLD.carrier_uscc, OLD.receiver_uscc,
        OLD.licence_number, OLD.content, OLD.submitted_at, OLD.year, OLD.catalogue_edition) THEN
        RAISE EXCEPTION 'a submitted manifest is sealed: UPDATE refused' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.national_no IS NOT NULL AND NEW.national_no IS DISTINCT FROM OLD.national_no THEN
        RAISE EXCEPTION 'the national number is recorded: UPDATE refused' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    _manifest()
    _manifest_line()
    _manifest_step()
    _reception_line()
    _discrepancy()
    _notice()
    _budget()
    _budget_entry()
    op.execute(sa.schema.CreateSequence(sa.Sequence("manifest_number")))
    op.execute(_SEALED)
    op.execute(
        "CREATE TRIGGER manifest_sealed BEFORE UPDATE ON manifest "
        "FOR EACH ROW EXECUTE FUNCTION waste_keep_sealed()"
    )
    op.execute(
        "CREATE TRIGGER manifest_kept BEFORE DELETE ON manifest "
        "FOR EACH ROW EXECUTE FUNCTION steppe_refuse_change()"
    )
    for table in APPEND_ONLY:
        schema_v1.append_only(table)


def _manifest() -> None:
    op.create_table(
        "manifest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("national_no", sa.String(length=14)),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shipper_uscc", sa.String(length=18), nullable=False),
        sa.Column("site_code", sa.String(length=3), nullable=False),
        sa.Column("carrier_uscc", sa.String(length=18), nullable=False),
        sa.Column("receiver_uscc", sa.String(length=18), nullable=False),
        sa.Column("licence_number", sa.String(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("drafted_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True)),
        sa.Column("year", sa.Integer()),
        sa.Column("catalogue_edition", sa.String()),
        sa.Column("catalogue_provisional", sa.Boolean()),
        sa.Column("departed_at", sa.DateTime(timezone=True)),
        sa.Column("arrived_at", sa.DateTime(timezone=True)),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "state IN ('draft', 'cancelled') OR submitted_at IS NOT NULL", name="ck_manifest_in_order"
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'ready', 'in_transit', 'arrived', 'accepted',"
            " 'partially_accepted', 'rejected', 'cancelled')",
            name="ck_manifest_state",
        ),
        sa.CheckConstraint("(submitted_at IS NULL) = (year IS NULL)", name="ck_manifest_submitted"),
        sa.CheckConstraint("version >= 1", name="ck_manifest_version"),
        sa.PrimaryKeyConstraint("id", name="pk_manifest"),
        sa.UniqueConstraint("national_no", name="uq_manifest_national_no"),
        sa.UniqueConstraint("number", name="uq_manifest_number"),
    )
    op.create_index("ix_manifest_carrier", "manifest", ["carrier_uscc", "id"], unique=False)
    op.create_index("ix_manifest_receiver", "manifest", ["receiver_uscc", "id"], unique=False)
    op.create_index("ix_manifest_shipper", "manifest", ["shipper_uscc", "id"], unique=False)
    op.create_index("ix_manifest_state_id", "manifest", ["state", "id"], unique=False)


def _manifest_line() -> None:
    op.create_table(
        "manifest_line",
        sa.Column("manifest_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("waste_code", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("waste_name", sa.String(), nullable=False),
        sa.Column("hazard_traits", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("packaging", sa.String(), nullable=False),
        sa.Column("container_count", sa.Integer(), nullable=False),
        sa.Column("mass_kg", sa.Numeric(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.CheckConstraint("container_count >= 1", name="ck_manifest_line_container_count"),
        sa.CheckConstraint("line >= 1", name="ck_manifest_line_line"),
        sa.CheckConstraint("mass_kg > 0", name="ck_manifest_line_mass_kg"),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifest.id"], name="fk_manifest_line_manifest_id"),
        sa.PrimaryKeyConstraint("manifest_id", "line", name="pk_manifest_line"),
    )
    op.create_index("ix_manifest_line_waste_code", "manifest_line", ["waste_code"], unique=False)


def _manifest_step() -> None:
    op.create_table(
        "manifest_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("manifest_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("document_sha256", sa.String(), nullable=False),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("receipt_jws", sa.String(), nullable=False),
        sa.CheckConstraint("party IN ('shipper', 'carrier', 'receiver')", name="ck_manifest_step_party"),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifest.id"], name="fk_manifest_step_manifest_id"),
        sa.PrimaryKeyConstraint("id", name="pk_manifest_step"),
        sa.UniqueConstraint("manifest_id", "position", name="uq_manifest_step_manifest_id_position"),
        sa.UniqueConstraint("manifest_id", "step", name="uq_manifest_step_manifest_id_step"),
        sa.UniqueConstraint("receipt_id", name="uq_manifest_step_receipt_id"),
    )


def _reception_line() -> None:
    op.create_table(
        "reception_line",
        sa.Column("manifest_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("arrived_kg", sa.Numeric(), nullable=False),
        sa.Column("accepted_kg", sa.Numeric(), nullable=False),
        sa.Column("refused_kg", sa.Numeric(), nullable=False),
        sa.Column("refusal_reason", sa.String()),
        sa.Column("observed", JSONB(), nullable=False),
        sa.CheckConstraint(
            "(refused_kg > 0) = (refusal_reason IS NOT NULL)", name="ck_reception_line_refusal_reason"
        ),
        sa.CheckConstraint(
            "accepted_kg >= 0 AND refused_kg >= 0 AND accepted_kg + refused_kg = arrived_kg",
            name="ck_reception_line_mass_conserved",
        ),
        sa.ForeignKeyConstraint(
            ["manifest_id", "line"],
            ["manifest_line.manifest_id", "manifest_line.line"],
            name="fk_reception_line_line",
        ),
        sa.PrimaryKeyConstraint("manifest_id", "line", name="pk_reception_line"),
    )


def _discrepancy() -> None:
    op.create_table(
        "discrepancy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("manifest_id", sa.Uuid(), nullable=False),
        sa.Column("shipper_uscc", sa.String(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lines", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifest.id"], name="fk_discrepancy_manifest_id"),
        sa.PrimaryKeyConstraint("id", name="pk_discrepancy"),
        sa.UniqueConstraint("manifest_id", name="uq_discrepancy_manifest_id"),
    )
    op.create_index("ix_discrepancy_shipper", "discrepancy", ["shipper_uscc", "found_at"], unique=False)


def _notice() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("discrepancy_id", sa.Uuid(), nullable=False),
        sa.Column("addressee_kind", sa.String(), nullable=False),
        sa.Column("addressee", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("addressee_kind IN ('shipper', 'bureau')", name="ck_notice_addressee_kind"),
        sa.ForeignKeyConstraint(["discrepancy_id"], ["discrepancy.id"], name="fk_notice_discrepancy_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint(
            "discrepancy_id", "addressee_kind", name="uq_notice_discrepancy_id_addressee_kind"
        ),
    )
    op.create_index("ix_notice_addressee", "notice", ["addressee", "id"], unique=False)


def _budget() -> None:
    op.create_table(
        "budget",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("licence_group_id", sa.Uuid()),
        sa.Column("plan_line_id", sa.Uuid()),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("scale_kg", sa.Numeric(), nullable=False),
        sa.Column("reserved_kg", sa.Numeric(), nullable=False),
        sa.Column("received_kg", sa.Numeric(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'licence') = (licence_group_id IS NOT NULL) AND (kind = 'plan') = (plan_line_id IS NOT NULL)"
            " AND kind IN ('licence', 'plan')",
            name="ck_budget_kind",
        ),
        sa.CheckConstraint(
            "reserved_kg >= 0 AND received_kg >= 0 AND reserved_kg + received_kg <= scale_kg",
            name="ck_budget_not_overdrawn",
        ),
        sa.ForeignKeyConstraint(
            ["licence_group_id"], ["licence_group.id"], name="fk_budget_licence_group_id"
        ),
        sa.ForeignKeyConstraint(["plan_line_id"], ["plan_line.id"], name="fk_budget_plan_line_id"),
        sa.PrimaryKeyConstraint("id", name="pk_budget"),
        sa.UniqueConstraint("licence_group_id", "year", name="uq_budget_licence_group_id_year"),
        sa.UniqueConstraint("plan_line_id", "year", name="uq_budget_plan_line_id_year"),
    )


def _budget_entry() -> None:
    op.create_table(
        "budget_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("manifest_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("movement", sa.String(), nullable=False),
        sa.Column("mass_kg", sa.Numeric(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("movement IN ('reserve', 'release', 'receive')", name="ck_budget_entry_movement"),
        sa.CheckConstraint("mass_kg > 0", name="ck_budget_entry_mass_kg"),
        sa.ForeignKeyConstraint(["budget_id"], ["budget.id"], name="fk_budget_entry_budget_id"),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifest.id"], name="fk_budget_entry_manifest_id"),
        sa.PrimaryKeyConstraint("id", name="pk_budget_entry"),
        sa.UniqueConstraint(
            "budget_id",
            "manifest_id",
            "line",
            "movement",
            name="uq_budget_entry_budget_id_manifest_id_line_movement",
        ),
    )
    op.create_index("ix_budget_entry_budget_id", "budget_entry", ["budget_id"], unique=False)
    op.create_index("ix_budget_entry_manifest_id", "budget_entry", ["manifest_id"], unique=False)


def downgrade() -> None:
    for table in (
        "budget_entry",
        "budget",
        "notice",
        "discrepancy",
        "reception_line",
        "manifest_step",
        "manifest_line",
        "manifest",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION waste_keep_sealed()")
    op.execute(sa.schema.DropSequence(sa.Sequence("manifest_number")))
