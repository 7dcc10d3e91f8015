"""Facts about greenhouse-gas reports."""

import uuid
from datetime import date

from services.kit.event_catalogue import EventType, Readers
from services.kit.schemas import Exact, Schema
from services.kit.texts import Text


class EmitterListed(Schema):
    """Payload: an enterprise that has to report a year."""

    uscc: str
    year: int
    sector: str
    basis: str


class GreenhouseReportFact(Schema):
    """Payload of all others: which report, in which version, and how it stands."""

    report_id: uuid.UUID
    uscc: str
    year: int
    version: int
    state: str
    total_t: Exact
    verified_t: Exact | None
    due_on: date
    days_late: int
    feedback_due_on: date | None
    fed_back_on: date | None
    document_sha256: str


class GreenhouseFeedbackDue(Schema):
    """Payload: the period for the feedback of a verification ends soon, or is over. Days left or late are working
    days; `provisional`: a year on the way has no published calendar yet."""

    report_id: uuid.UUID
    uscc: str
    year: int
    version: int
    step: str
    verification_ended_on: date
    feedback_due_on: date
    provisional: bool
    days_left: int
    days_late: int
    basis: str


class GreenhouseFeedbackRecounted(Schema):
    """Payload: the last day to feed a verification back, counted again by a calendar that was published since."""

    report_id: uuid.UUID
    uscc: str
    year: int
    version: int
    verification_ended_on: date
    previous_due_on: date
    feedback_due_on: date
    provisional: bool
    basis: str


class EmitterReportDue(Schema):
    """Payload: the yearly report of a key emitter is due soon, or is late; `level` is who should look at it. Days are
    calendar days."""

    uscc: str
    year: int
    sector: str
    step: str
    level: str
    due_on: date
    days_left: int
    days_late: int
    basis: str


EMITTER_LISTED = EventType(
    "permits.key_emitter_listed.v1",
    EmitterListed,
    Text(zh="已列入重点排放单位名录", en="An enterprise was listed as a key emitter"),
)
GREENHOUSE_SUBMITTED = EventType(
    "permits.greenhouse_report_submitted.v1",
    GreenhouseReportFact,
    Text(zh="温室气体排放报告已提交", en="A greenhouse-gas report was submitted"),
)
GREENHOUSE_CORRECTED = EventType(
    "permits.greenhouse_report_corrected.v1",
    GreenhouseReportFact,
    Text(zh="温室气体排放报告已更正", en="A greenhouse-gas report was corrected"),
)
GREENHOUSE_RETURNED = EventType(
    "permits.greenhouse_report_returned.v1",
    GreenhouseReportFact,
    Text(zh="温室气体排放报告已退回", en="A greenhouse-gas report was returned"),
)
GREENHOUSE_FORWARDED = EventType(
    "permits.greenhouse_report_forwarded.v1",
    GreenhouseReportFact,
    Text(zh="温室气体排放报告已报送自治区", en="A greenhouse-gas report was forwarded to the region"),
)
GREENHOUSE_VERIFIED = EventType(
    "permits.greenhouse_report_verified.v1",
    GreenhouseReportFact,
    Text(zh="温室气体排放报告核查完成", en="The verification of a greenhouse-gas report ended"),
)
GREENHOUSE_FED_BACK = EventType(
    "permits.greenhouse_verification_fed_back.v1",
    GreenhouseReportFact,
    Text(zh="核查结果已反馈", en="The result of a verification was fed back"),
)
GREENHOUSE_FEEDBACK_DUE_SOON = EventType(
    "permits.greenhouse_feedback_due_soon.v1",
    GreenhouseFeedbackDue,
    Text(zh="核查结果反馈期限将届满", en="The period for the feedback of a verification ends soon"),
    Readers.BUREAU,
)
GREENHOUSE_FEEDBACK_OVERDUE = EventType(
    "permits.greenhouse_feedback_overdue.v1",
    GreenhouseFeedbackDue,
    Text(zh="核查结果反馈逾期", en="The result of a verification was not fed back in time"),
)
GREENHOUSE_REPORT_DUE_SOON = EventType(
    "permits.greenhouse_report_due_soon.v1",
    EmitterReportDue,
    Text(zh="温室气体排放报告即将到期", en="A greenhouse-gas report is due soon"),
)
GREENHOUSE_REPORT_LATE = EventType(
    "permits.greenhouse_report_late.v1",
    EmitterReportDue,
    Text(zh="温室气体排放报告逾期未报", en="A greenhouse-gas report is late"),
)
GREENHOUSE_FEEDBACK_RECOUNTED = EventType(
    "permits.greenhouse_feedback_recounted.v1",
    GreenhouseFeedbackRecounted,
    Text(
        zh="核查结果反馈期限按已公布的节假日安排重新计算",
        en="The last day to feed a verification back was counted again by the published calendar",
    ),
)
