"""Departments, temporary passwords, and the count of attempts to sign in."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_0003"
down_revision = "2026_11_26_0002"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "department",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_department"),
    )
    op.add_column("account", sa.Column("department", sa.String()))
    op.add_column("account", sa.Column("password_changed_at", _MOMENT))
    op.add_column(
        "account", sa.Column("password_temporary", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.alter_column("account", "password_temporary", server_default=None)
    op.create_foreign_key("fk_account_department", "account", "department", ["department"], ["code"])
    op.create_index("ix_account_department", "account", ["department"])
    op.create_table(
        "sign_in_tries",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.Column("blocked_until", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sign_in_tries"),
    )
    op.create_index("ix_sign_in_tries_last_at", "sign_in_tries", ["last_at"])


def downgrade() -> None:
    op.drop_table("sign_in_tries")
    op.drop_constraint("fk_account_department", "account")
    for column in ("password_temporary", "password_changed_at", "department"):
        op.drop_column("account", column)
    op.drop_table("department")
