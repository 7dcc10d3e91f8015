"""Devices and their keys."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_0006"
down_revision = "2026_11_26_0005"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("sites", sa.ARRAY(sa.Text())),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("revoked_at", _MOMENT),
        sa.Column("last_used_at", _MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_device"),
    )
    op.create_index("ix_device_changed_at", "device", ["changed_at"])
    op.create_index("ix_device_uscc_id", "device", ["uscc", "id"])
    op.create_table(
        "device_key",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("issued_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_device_key_device_id"),
        sa.PrimaryKeyConstraint("digest", name="pk_device_key"),
    )
    op.create_index("ix_device_key_device_id", "device_key", ["device_id"])


def downgrade() -> None:
    op.drop_table("device_key")
    op.drop_table("device")
