"""The transparency log, rule packs, records, candidates, evaluations and statements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services.kit import schema_v1

revision = "2026_11_23_0002"
down_revision = "2026_11_23_0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("log_entry", "log_node", "log_checkpoint", "rule_pack", "evaluation", "statement")
_MOMENT = sa.DateTime(timezone=True)

# An approved record is part of the ledger; a draft is not, but nobody deletes one.
_FROZEN = """
CREATE FUNCTION credit_record_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state = 'approved' THEN
        RAISE EXCEPTION 'an approved record is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    _log()
    _rule_pack()
    _candidate()
    _record()
    _evaluation()
    _statement()
    for table in APPEND_ONLY:
        schema_v1.append_only(table)
    op.execute(_FROZEN)
    op.execute(
        "CREATE TRIGGER credit_record_frozen BEFORE UPDATE OR DELETE ON credit_record "
        "FOR EACH ROW EXECUTE FUNCTION credit_record_frozen()"
    )
    op.execute(
        "CREATE TRIGGER credit_record_no_truncate BEFORE TRUNCATE ON credit_record "
        "FOR EACH STATEMENT EXECUTE FUNCTION steppe_refuse_change()"
    )


def _log() -> None:
    op.create_table(
        "log_entry",
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String()),
        sa.Column("subject_sequence", sa.BigInteger()),
        sa.Column("previous_index", sa.BigInteger()),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.CheckConstraint("index >= 0", name="ck_log_entry_index"),
        sa.CheckConstraint(
            "octet_length(secret) = 32 AND octet_length(leaf_hash) = 32", name="ck_log_entry_lengths"
        ),
        sa.CheckConstraint("(subject IS NULL) = (subject_sequence IS NULL)", name="ck_log_entry_sequence"),
        sa.CheckConstraint("previous_index < index", name="ck_log_entry_previous"),
        sa.PrimaryKeyConstraint("index", name="pk_log_entry"),
        sa.UniqueConstraint("kind", "entity_id", name="uq_log_entry_kind_entity_id"),
        sa.UniqueConstraint("subject", "subject_sequence", name="uq_log_entry_subject_subject_sequence"),
    )
    op.create_table(
        "log_node",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("octet_length(hash) = 32", name="ck_log_node_length"),
        sa.PrimaryKeyConstraint("level", "index", name="pk_log_node"),
    )
    op.create_table(
        "log_checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_index", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("signed_at", _MOMENT, nullable=False),
        sa.CheckConstraint("size = last_index + 1", name="ck_log_checkpoint_size"),
        sa.CheckConstraint("octet_length(root) = 32", name="ck_log_checkpoint_length"),
        sa.ForeignKeyConstraint(["last_index"], ["log_entry.index"], name="fk_log_checkpoint_last_index"),
        sa.PrimaryKeyConstraint("size", name="pk_log_checkpoint"),
    )
    op.create_index("ix_log_checkpoint_signed_at", "log_checkpoint", ["signed_at", "size"], unique=False)


def _rule_pack() -> None:
    op.create_table(
        "rule_pack",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("jurisdiction", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("published_by", sa.String(), nullable=False),
        sa.Column("published_at", _MOMENT, nullable=False),
        sa.Column("log_index", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="ck_rule_pack_validity"),
        sa.ForeignKeyConstraint(["log_index"], ["log_entry.index"], name="fk_rule_pack_log_index"),
        sa.PrimaryKeyConstraint("id", name="pk_rule_pack"),
        sa.UniqueConstraint("sha256", name="uq_rule_pack_sha256"),
        sa.UniqueConstraint("log_index", name="uq_rule_pack_log_index"),
    )
    op.create_index("ix_rule_pack_valid_from", "rule_pack", ["valid_from", "log_index"], unique=False)


def _candidate() -> None:
    op.create_table(
        "candidate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_event_id", sa.String(), nullable=False),
        sa.Column("event_type", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("suggested_kind", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("facts", JSONB(), nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String()),
        sa.Column("decided_at", _MOMENT),
        sa.Column("reason", sa.String()),
        sa.CheckConstraint("state IN ('open', 'recorded', 'dismissed')", name="ck_candidate_state"),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="ck_candidate_decided"),
        sa.CheckConstraint("(state = 'dismissed') = (reason IS NOT NULL)", name="ck_candidate_reason"),
        sa.PrimaryKeyConstraint("id", name="pk_candidate"),
        sa.UniqueConstraint("source", "source_event_id", name="uq_candidate_source_source_event_id"),
    )
    op.create_index("ix_candidate_state_id", "candidate", ["state", "id"], unique=False)
    op.create_index("ix_candidate_uscc_state", "candidate", ["uscc", "state"], unique=False)


def _record() -> None:
    op.create_table(
        "credit_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("site", sa.String(length=22)),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("severity", sa.String()),
        sa.Column("severity_basis", sa.String()),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_key", sa.String(), nullable=False),
        sa.Column("document_number", sa.String(), nullable=False),
        sa.Column("document_key", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("fine_cny", sa.Numeric()),
        sa.Column("act_date", sa.Date(), nullable=False),
        sa.Column("decision_date", sa.Date(), nullable=False),
        sa.Column("clause", sa.String()),
        sa.Column("points", sa.Numeric(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date()),
        sa.Column("rule_pack", sa.String(), nullable=False),
        sa.Column("rule_hash", sa.String(), nullable=False),
        sa.Column("candidate_id", sa.Uuid()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", _MOMENT, nullable=False),
        sa.Column("submitted_by", sa.String()),
        sa.Column("submitted_at", _MOMENT),
        sa.Column("decided_by", sa.String()),
        sa.Column("decided_at", _MOMENT),
        sa.Column("decision_comment", sa.String()),
        sa.Column("recorded_at", _MOMENT),
        sa.Column("log_index", sa.BigInteger()),
        *_record_checks(),
        sa.ForeignKeyConstraint(["rule_hash"], ["rule_pack.sha256"], name="fk_credit_record_rule_hash"),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidate.id"], name="fk_credit_record_candidate_id"),
        sa.ForeignKeyConstraint(["log_index"], ["log_entry.index"], name="fk_credit_record_log_index"),
        sa.PrimaryKeyConstraint("id", name="pk_credit_record"),
        sa.UniqueConstraint(
            "source_key", "document_key", "uscc", name="uq_credit_record_source_key_document_key_uscc"
        ),
        sa.UniqueConstraint("candidate_id", name="uq_credit_record_candidate_id"),
        sa.UniqueConstraint("log_index", name="uq_credit_record_log_index"),
    )
    op.create_index("ix_credit_record_uscc_log_index", "credit_record", ["uscc", "log_index"], unique=False)
    op.create_index("ix_credit_record_state_id", "credit_record", ["state", "id"], unique=False)


def _record_checks() -> list[sa.CheckConstraint]:
    rules = {
        "kind": "kind IN ('compliance', 'violation', 'commendation', 'incident')",
        "severity": "severity IN ('minor', 'general', 'serious')",
        "severity_basis": "(severity IS NULL) = (severity_basis IS NULL)",
        "state": "state IN ('draft', 'pending', 'approved', 'rejected')",
        "dates": "act_date <= decision_date",
        "validity": "effective_to IS NULL OR effective_from <= effective_to",
        "admitted": "(state = 'approved') = (log_index IS NOT NULL) "
        "AND (log_index IS NULL) = (recorded_at IS NULL)",
        "four_eyes": "state <> 'approved' OR (decided_by <> entered_by AND decided_by <> submitted_by)",
        "version": "version >= 1",
    }
    return [sa.CheckConstraint(rule, name=f"ck_credit_record_{name}") for name, rule in rules.items()]


def _evaluation() -> None:
    op.create_table(
        "evaluation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("valid_at", sa.Date(), nullable=False),
        sa.Column("tree_size", sa.BigInteger(), nullable=False),
        sa.Column("counted", JSONB(), nullable=False),
        sa.Column("score", sa.Numeric(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("grade_name", sa.String(), nullable=False),
        sa.Column("previous_grade", sa.String()),
        sa.Column("rule_pack", sa.String(), nullable=False),
        sa.Column("rule_hash", sa.String(), nullable=False),
        sa.Column("evaluated_by", sa.String(), nullable=False),
        sa.Column("evaluated_at", _MOMENT, nullable=False),
        sa.Column("log_index", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["rule_hash"], ["rule_pack.sha256"], name="fk_evaluation_rule_hash"),
        sa.ForeignKeyConstraint(["log_index"], ["log_entry.index"], name="fk_evaluation_log_index"),
        sa.PrimaryKeyConstraint("id", name="pk_evaluation"),
        sa.UniqueConstraint("log_index", name="uq_evaluation_log_index"),
    )
    op.create_index("ix_evaluation_uscc_log_index", "evaluation", ["uscc", "log_index"], unique=False)


def _statement() -> None:
    op.create_table(
        "statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("evaluation_index", sa.BigInteger(), nullable=False),
        sa.Column("tree_size", sa.BigInteger(), nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("issued_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.CheckConstraint("issued_at < expires_at", name="ck_statement_validity"),
        sa.CheckConstraint("evaluation_index < tree_size", name="ck_statement_within"),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name="fk_statement_evaluation_id"),
        sa.ForeignKeyConstraint(["tree_size"], ["log_checkpoint.size"], name="fk_statement_tree_size"),
        sa.PrimaryKeyConstraint("id", name="pk_statement"),
    )
    op.create_index("ix_statement_uscc_id", "statement", ["uscc", "id"], unique=False)


def downgrade() -> None:
    for table in (
        "statement",
        "evaluation",
        "credit_record",
        "candidate",
        "rule_pack",
        "log_checkpoint",
        "log_node",
        "log_entry",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION credit_record_frozen()")
