"""Facts about exceedances. Credit reads `exceedance_confirmed` as a candidate for a record."""

import uuid
from datetime import date

from services.kit.event_catalogue import EventType
from services.kit.schemas import Exact, Moment, Schema
from services.kit.texts import Text


class ExceedanceConfirmed(Schema):
    """Payload: what was confirmed, and the article it breaks. Of a total or the whole plant the outlet is empty;
    `multiple` is 0 where discharge was prohibited on `day`."""

    confirmation_id: uuid.UUID
    report_id: uuid.UUID
    version: int
    permit_number: str
    uscc: str
    period_start: date
    period_end: date
    outlet_code: str
    pollutant_code: str
    kind: str
    limit: Exact
    value: Exact
    multiple: Exact
    confirmed_by: str
    confirmed_at: Moment
    article: str
    scope: str = "outlet"
    day: date | None = None
    ground: str | None = None
    alert_level: str | None = None


EXCEEDANCE_CONFIRMED = EventType(
    "permits.exceedance_confirmed.v1",
    ExceedanceConfirmed,
    Text(zh="超标已核实", en="An inspector confirmed a value over its limit"),
)
