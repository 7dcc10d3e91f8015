"""The trail lets go of what is older than a floor, from its oldest entry on."""

from services.kit import schema_v3

revision = "2026_11_26_0030"
down_revision = "2026_11_26_0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    schema_v3.upgrade()


def downgrade() -> None:
    schema_v3.downgrade()
