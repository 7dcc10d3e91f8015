"""Facts about self-monitoring. Files of many records are told of as one: `permits.batch_received.v1`."""

import uuid

from services.kit.event_catalogue import EventType
from services.kit.schemas import Moment, Schema
from services.kit.texts import Text


class MonitoringRecorded(Schema):
    """Payload: which record; what it says is read at its address."""

    record_id: uuid.UUID
    permit_number: str
    uscc: str
    outlet_code: str | None
    point: str | None
    pollutant_code: str
    sampled_at: Moment
    means: str
    supersedes: uuid.UUID | None


MONITORING_RECORDED = EventType(
    "permits.monitoring_recorded.v1",
    MonitoringRecorded,
    Text(zh="已记录自行监测数据", en="A self-monitoring record was made"),
)
