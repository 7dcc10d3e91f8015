"""All tables of this service, for migrations."""

from services.emergency.depots.models import Depot
from services.emergency.dispatch.models import Dispatch, DispatchLine, Handover, Reservation, ReservationLine
from services.emergency.incidents.models import Grading, Incident, IncidentCounter
from services.emergency.items.models import Item
from services.emergency.models import EmergencyTable
from services.emergency.stock.models import Balance, Intake, Location, Lot, Movement

METADATA = EmergencyTable.metadata

__all__ = [
    "METADATA",
    "Balance",
    "Depot",
    "Dispatch",
    "DispatchLine",
    "Grading",
    "Handover",
    "Incident",
    "IncidentCounter",
    "Intake",
    "Item",
    "Location",
    "Lot",
    "Movement",
    "Reservation",
    "ReservationLine",
]
