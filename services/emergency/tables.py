"""All tables of this service, for migrations. So far it keeps only the kit's own."""

from services.emergency.models import EmergencyTable

METADATA = EmergencyTable.metadata

__all__ = ["METADATA"]
