"""Notices, comments on them and answers."""

import sqlalchemy as sa
from alembic import op

from services.kit import schema_v1

revision = "2026_11_26_0011"
down_revision = "2026_11_26_0010"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("uscc", sa.String()),
        sa.Column("permit_number", sa.String()),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('pre_application', 'application', 'performance', 'other')", name="kind"),
        sa.CheckConstraint("opens_on <= closes_on", name="days"),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
    )
    op.create_index("ix_notice_subject", "notice", ["subject"])
    op.create_index("ix_notice_closes_on_id", "notice", ["closes_on", "id"])
    op.create_table(
        "notice_comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("text_sha256", sa.String(), nullable=False),
        sa.Column("contact", sa.String()),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("receipt_jws", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_notice_comment_notice_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notice_comment"),
        sa.UniqueConstraint(
            "notice_id",
            "text_sha256",
            "received_on",
            name="uq_notice_comment_notice_id_text_sha256_received_on",
        ),
    )
    op.create_index("ix_notice_comment_notice_id_id", "notice_comment", ["notice_id", "id"])
    op.create_table(
        "notice_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("matter", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.Column("answered_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["notice_comment.id"], name="fk_notice_answer_comment_id"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_notice_answer_notice_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notice_answer"),
        sa.UniqueConstraint("comment_id", name="uq_notice_answer_comment_id"),
    )
    op.create_index("ix_notice_answer_notice_id_id", "notice_answer", ["notice_id", "id"])
    for table in ("notice", "notice_comment", "notice_answer"):
        schema_v1.append_only(table)


def downgrade() -> None:
    for table in ("notice_answer", "notice_comment", "notice"):
        op.drop_table(table)
