"""The kit's tables."""

from services.kit import schema_v1

revision = "2026_11_23_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    schema_v1.upgrade()


def downgrade() -> None:
    schema_v1.downgrade()
