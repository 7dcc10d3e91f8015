"""All tables of this service, for migrations. So far it keeps only the kit's own."""

from services.waste.models import WasteTable

METADATA = WasteTable.metadata

__all__ = ["METADATA"]
