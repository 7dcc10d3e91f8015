"""The read log; authority, duty and refusals in the audit trail."""

from services.kit import schema_v2

revision = "2026_11_26_0001"
down_revision = "2026_11_23_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    schema_v2.upgrade()


def downgrade() -> None:
    schema_v2.downgrade()
