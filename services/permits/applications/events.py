"""Facts about applications. They hold nothing of what was applied for."""

from __future__ import annotations

import uuid
from datetime import date

from services.kit.event_catalogue import EventType, Readers
from services.kit.schemas import Schema
from services.kit.texts import Text
from services.permits.applications.rules import Step


class ApplicationFact(Schema):
    """Payload of all: which application, and how it stands now."""

    application_id: uuid.UUID
    uscc: str
    kind: str
    permit_number: str | None
    site_name: str
    management_class: str
    state: str
    revision: int
    taken_on: date


class ApplicationNotice(ApplicationFact):
    """Payload of what the applicant has to be told: what is asked of it, and until when."""

    items: list[str] | None = None
    reason: str | None = None
    expected_until: date | None = None


class ApplicationRefusalDelivered(ApplicationFact):
    """Payload: how the refusal reached the applicant, and until when it may be challenged (行政许可法 art. 38(2))."""

    method: str
    received_on: date
    reconsideration_until: date
    litigation_until: date
    remedy_basis: str


class ApplicationDue(Schema):
    """Payload: a period of the authority that ends soon, or is over (条例 art. 9, 12; 行政许可法 art. 44)."""

    application_id: uuid.UUID
    uscc: str
    kind: str
    permit_number: str | None
    site_name: str
    management_class: str
    state: str
    clock: str
    step: str
    deadline: date
    days_left: int
    days_late: int
    basis: str


APPLICATION_SUBMITTED = EventType(
    "permits.application_submitted.v1",
    ApplicationFact,
    Text(zh="排污许可申请已提交", en="An application for a permit was submitted"),
)
APPLICATION_CORRECTION_ALLOWED = EventType(
    "permits.application_correction_allowed.v1",
    ApplicationNotice,
    Text(zh="申请可当场更正", en="An application may be corrected on the spot"),
)
APPLICATION_NOTICE_GIVEN = EventType(
    "permits.application_notice_given.v1",
    ApplicationNotice,
    Text(zh="一次性告知补正内容", en="An applicant was told all that is missing"),
)
APPLICATION_CORRECTED = EventType(
    "permits.application_corrected.v1",
    ApplicationFact,
    Text(zh="申请已补正", en="An application was corrected"),
)
# 条例 art. 9: whether an application is accepted is published
APPLICATION_ACCEPTED = EventType(
    "permits.application_accepted.v1",
    ApplicationFact,
    Text(zh="申请已受理", en="An application was accepted for decision"),
    Readers.PUBLIC,
)
APPLICATION_NOT_ACCEPTED = EventType(
    "permits.application_not_accepted.v1",
    ApplicationFact,
    Text(zh="申请不予受理或不需要许可", en="An application was not accepted, or not needed"),
    Readers.PUBLIC,
)
APPLICATION_WITHDRAWN = EventType(
    "permits.application_withdrawn.v1",
    ApplicationFact,
    Text(zh="申请人撤回申请", en="An application was withdrawn"),
)
APPLICATION_EXAMINED = EventType(
    "permits.application_examined.v1",
    ApplicationFact,
    Text(zh="审查意见已填写", en="A reviewer noted findings"),
    Readers.BUREAU,
)
APPLICATION_SITE_CHECK_ORDERED = EventType(
    "permits.application_site_check_ordered.v1",
    ApplicationNotice,
    Text(zh="决定现场核查", en="A site check was ordered"),
)
APPLICATION_SITE_CHECKED = EventType(
    "permits.application_site_checked.v1",
    ApplicationFact,
    Text(zh="现场核查已完成", en="A site was checked"),
)
APPLICATION_PAUSED = EventType(
    "permits.application_paused.v1",
    ApplicationNotice,
    Text(zh="审批期限中止", en="The period for the decision was stopped"),
)
APPLICATION_RESUMED = EventType(
    "permits.application_resumed.v1",
    ApplicationFact,
    Text(zh="审批期限恢复计算", en="The period for the decision goes on"),
)
APPLICATION_REVIEWED = EventType(
    "permits.application_reviewed.v1",
    ApplicationFact,
    Text(zh="审查完毕，提请决定", en="A review ended with a proposal"),
    Readers.BUREAU,
)
APPLICATION_RETURNED = EventType(
    "permits.application_returned.v1",
    ApplicationFact,
    Text(zh="退回重新审查", en="An approver returned an application to review"),
    Readers.BUREAU,
)
APPLICATION_GRANTED = EventType(
    "permits.application_granted.v1",
    ApplicationFact,
    Text(zh="准予排污许可", en="An application was granted"),
    Readers.PUBLIC,
)
APPLICATION_REFUSED = EventType(
    "permits.application_refused.v1",
    ApplicationFact,
    Text(zh="不予排污许可", en="An application was refused"),
    Readers.PUBLIC,
)
APPLICATION_DELIVERED = EventType(
    "permits.application_delivered.v1",
    ApplicationFact,
    Text(zh="许可证已送达", en="A permit was delivered"),
)
APPLICATION_REFUSAL_DELIVERED = EventType(
    "permits.application_refusal_delivered.v1",
    ApplicationRefusalDelivered,
    Text(zh="不予许可决定书已送达", en="A refusal was delivered"),
)
APPLICATION_DUE_SOON = EventType(
    "permits.application_due_soon.v1",
    ApplicationDue,
    Text(zh="申请办理期限将届满", en="The bureau's period for an application ends soon"),
    Readers.BUREAU,
)
APPLICATION_OVERDUE = EventType(
    "permits.application_overdue.v1",
    ApplicationDue,
    Text(zh="申请办理逾期", en="The bureau's period for an application is over"),
)

OF_STEP: dict[Step, EventType] = {
    Step.SUBMIT: APPLICATION_SUBMITTED,
    Step.ALLOW_CORRECTION: APPLICATION_CORRECTION_ALLOWED,
    Step.NOTIFY: APPLICATION_NOTICE_GIVEN,
    Step.CORRECT: APPLICATION_CORRECTED,
    Step.ACCEPT: APPLICATION_ACCEPTED,
    Step.DEEM_ACCEPTED: APPLICATION_ACCEPTED,
    Step.FIND_NOT_REQUIRED: APPLICATION_NOT_ACCEPTED,
    Step.FIND_NOT_COMPETENT: APPLICATION_NOT_ACCEPTED,
    Step.DECLINE: APPLICATION_NOT_ACCEPTED,
    Step.WITHDRAW: APPLICATION_WITHDRAWN,
    Step.EXAMINE: APPLICATION_EXAMINED,
    Step.ORDER_SITE_CHECK: APPLICATION_SITE_CHECK_ORDERED,
    Step.RECORD_SITE_CHECK: APPLICATION_SITE_CHECKED,
    Step.PAUSE: APPLICATION_PAUSED,
    Step.RESUME: APPLICATION_RESUMED,
    Step.REVIEW: APPLICATION_REVIEWED,
    Step.RETURN: APPLICATION_RETURNED,
    Step.GRANT: APPLICATION_GRANTED,
    Step.REFUSE: APPLICATION_REFUSED,
    Step.DELIVER: APPLICATION_DELIVERED,
    Step.DELIVER_REFUSAL: APPLICATION_REFUSAL_DELIVERED,
}
