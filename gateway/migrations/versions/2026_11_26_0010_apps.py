"""Apps of others that people sign in to, and their codes.

Revision ID: 2026_11_26_0010
Revises: 2026_11_26_0009
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_0010"
down_revision = "2026_11_26_0009"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "app",
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("redirect_uris", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("disabled_at", _MOMENT),
        sa.PrimaryKeyConstraint("client_id", name="pk_app"),
    )
    op.add_column("account_session", sa.Column("app", sa.String()))
    op.create_foreign_key("fk_account_session_app", "account_session", "app", ["app"], ["client_id"])
    op.create_table(
        "authorization_code",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("redirect_uri", sa.String(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("code_challenge", sa.String(), nullable=False),
        sa.Column("issued_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("presented_at", _MOMENT),
        sa.PrimaryKeyConstraint("sha256", name="pk_authorization_code"),
        sa.ForeignKeyConstraint(["client_id"], ["app.client_id"], name="fk_authorization_code_client_id"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["account_session.id"], name="fk_authorization_code_session_id"
        ),
    )
    op.create_index("ix_authorization_code_session_id", "authorization_code", ["session_id"])


def downgrade() -> None:
    op.drop_table("authorization_code")
    op.drop_constraint("fk_account_session_app", "account_session", type_="foreignkey")
    op.drop_column("account_session", "app")
    op.drop_table("app")
