"""Facts about deadlines."""

import uuid
from datetime import date

from services.kit.event_catalogue import EventType
from services.kit.schemas import Schema
from services.kit.texts import Text


class ConfirmationRecounted(Schema):
    """Payload: the receiver's last day to confirm, counted again by a calendar that was published since."""

    manifest_id: uuid.UUID
    receiver_uscc: str
    previous_due_on: date
    due_on: date
    provisional: bool
    calendar: str
    basis: str


CONFIRMATION_RECOUNTED = EventType(
    "waste.confirmation_recounted.v1",
    ConfirmationRecounted,
    Text(
        zh="接受确认期限按已公布的节假日安排重新计算",
        en="The last day to confirm was counted again by the published calendar",
    ),
)
