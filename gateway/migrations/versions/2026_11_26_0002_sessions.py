"""Sign-ins of people as rows of their own. Those of before keep their refresh tokens and get a row each."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_0002"
down_revision = "2026_11_26_0001"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_FROM_FAMILIES = """
INSERT INTO account_session (id, account_id, begun_at, last_used_at, expires_at, second_factor, ended_at, ended_because)
SELECT family, min(account_id::text)::uuid, min(issued_at), max(issued_at), max(expires_at), false,
       max(revoked_at), CASE WHEN max(revoked_at) IS NOT NULL THEN 'replayed' END
FROM refresh_token GROUP BY family
"""


def upgrade() -> None:
    op.create_table(
        "account_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", _MOMENT, nullable=False),
        sa.Column("last_used_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("address", sa.String()),
        sa.Column("client", sa.String()),
        sa.Column("second_factor", sa.Boolean(), nullable=False),
        sa.Column("ended_at", _MOMENT),
        sa.Column("ended_because", sa.String()),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="ended"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_account_session_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_account_session"),
    )
    op.create_index("ix_account_session_account_id", "account_session", ["account_id", "id"])
    op.create_index(
        "ix_account_session_ended_at",
        "account_session",
        ["ended_at"],
        postgresql_where=sa.text("ended_at IS NOT NULL"),
    )
    op.execute(_FROM_FAMILIES)
    op.create_foreign_key("fk_refresh_token_family", "refresh_token", "account_session", ["family"], ["id"])


def downgrade() -> None:
    op.drop_constraint("fk_refresh_token_family", "refresh_token")
    op.drop_table("account_session")
