"""All tables of this service, for migrations. So far it keeps only the kit's own."""

from services.credit.models import CreditTable

METADATA = CreditTable.metadata

__all__ = ["METADATA"]
