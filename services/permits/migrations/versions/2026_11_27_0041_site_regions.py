"""Indexes for finding permits by the division of their site, else of their enterprise."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_27_0041"
down_revision = "2026_11_27_0040"
branch_labels = None
depends_on = None

_SITE_REGION = "(terms ->> 'site_region_code')"


def upgrade() -> None:
    op.create_index(
        "ix_permit_version_site_region",
        "permit_version",
        [sa.text(_SITE_REGION), "permit_id", "version"],
        postgresql_where=sa.text(f"{_SITE_REGION} IS NOT NULL"),
    )
    op.create_index("ix_enterprise_region_code", "enterprise", ["region_code"])


def downgrade() -> None:
    op.drop_index("ix_enterprise_region_code", "enterprise")
    op.drop_index("ix_permit_version_site_region", "permit_version")
