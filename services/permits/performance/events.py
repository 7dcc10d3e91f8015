"""Facts about performance classes and measures."""

import uuid
from datetime import date

from services.kit.event_catalogue import EventType, Readers
from services.kit.schemas import Schema
from services.kit.texts import Text


class DeclarationFact(Schema):
    """Payload: a declaration, and how far its review has come."""

    declaration_id: uuid.UUID
    permit_number: str
    uscc: str
    edition: str
    sector: str
    declared_class: str
    granted_class: str
    state: str
    notice_until: date | None


class NoticeRecounted(Schema):
    """Payload: the last day of a class's public notice, counted again by a calendar that was published since."""

    declaration_id: uuid.UUID
    permit_number: str
    uscc: str
    notice_from: date
    previous_until: date
    notice_until: date
    provisional: bool


class ClassGiven(Schema):
    """Payload: the class that a site has from a day on."""

    permit_number: str
    uscc: str
    edition: str
    sector: str
    given_class: str
    effective_from: date
    ground: str


class MeasurePlanFact(Schema):
    """Payload: a sheet of measures, and how it stands."""

    plan_id: uuid.UUID
    permit_number: str
    uscc: str
    version: int
    effective_from: date
    state: str


PERFORMANCE_DECLARED = EventType(
    "permits.performance_declared.v1",
    DeclarationFact,
    Text(zh="绩效等级已申报", en="A performance class was declared"),
)
PERFORMANCE_REVIEWED = EventType(
    "permits.performance_reviewed.v1",
    DeclarationFact,
    Text(zh="绩效分级审核进展", en="A declaration of a performance class took a step"),
)
PERFORMANCE_NOTICE_RECOUNTED = EventType(
    "permits.performance_notice_recounted.v1",
    NoticeRecounted,
    Text(
        zh="绩效等级公示期按已公布的节假日安排重新计算",
        en="The public notice of a class was counted again by the published calendar",
    ),
)
# the list of classes is public, and so is each change of it
PERFORMANCE_GIVEN = EventType(
    "permits.performance_class_given.v1",
    ClassGiven,
    Text(zh="绩效等级已生效", en="A performance class took effect"),
    Readers.PUBLIC,
)
MEASURES_FILED = EventType(
    "permits.measures_filed.v1",
    MeasurePlanFact,
    Text(zh="一厂一策已提交", en="A sheet of measures was filed"),
)
MEASURES_DECIDED = EventType(
    "permits.measures_decided.v1",
    MeasurePlanFact,
    Text(zh="一厂一策已办结", en="A sheet of measures was confirmed or returned"),
)
