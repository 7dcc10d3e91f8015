"""Facts about replaced certificates."""

import uuid
from datetime import date

from services.kit.event_catalogue import EventType, Readers
from services.kit.schemas import Schema
from services.kit.texts import Text


class ReplacementRequested(Schema):
    """Payload: what was asked for, and by when it is due."""

    replacement_id: uuid.UUID
    permit_number: str
    uscc: str
    cause: str
    happened_on: date
    due_on: date


class ReplacementDue(ReplacementRequested):
    """Payload: the bureau's period ends soon, or is over."""

    step: str
    days_left: int
    days_late: int
    basis: str


class ReplacementRecounted(Schema):
    """Payload: the bureau's last day, counted again by a calendar that was published since."""

    replacement_id: uuid.UUID
    permit_number: str
    uscc: str
    cause: str
    previous_due_on: date
    due_on: date
    provisional: bool
    basis: str


class CertificateReissued(Schema):
    """Payload: the copy that holds now, and what was said of the lost one."""

    replacement_id: uuid.UUID
    permit_number: str
    uscc: str
    cause: str
    loss_statement: str | None
    copy_number: int


REPLACEMENT_REQUESTED = EventType(
    "permits.replacement_requested.v1",
    ReplacementRequested,
    Text(zh="已申请补办排污许可证", en="A replacement of a certificate was asked for"),
)
REPLACEMENT_DUE_SOON = EventType(
    "permits.replacement_due_soon.v1",
    ReplacementDue,
    Text(zh="补办许可证期限将届满", en="The bureau's period for a replacement ends soon"),
    Readers.BUREAU,
)
REPLACEMENT_OVERDUE = EventType(
    "permits.replacement_overdue.v1",
    ReplacementDue,
    Text(zh="补办许可证逾期", en="A replacement was not given in time"),
)
REPLACEMENT_RECOUNTED = EventType(
    "permits.replacement_recounted.v1",
    ReplacementRecounted,
    Text(
        zh="补办许可证期限按已公布的节假日安排重新计算",
        en="The last day of a replacement was counted again by the published calendar",
    ),
)
# 遗失声明 is addressed to everybody: whoever is shown the lost certificate has to know
CERTIFICATE_REISSUED = EventType(
    "permits.certificate_reissued.v1",
    CertificateReissued,
    Text(zh="排污许可证已补发，原证作废", en="A certificate was issued again; the older copy holds no more"),
    Readers.PUBLIC,
)
