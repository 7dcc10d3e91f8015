"""Use case of the counter (受理): what came in is accepted, refused, or sent back with all that is missing."""

from __future__ import annotations

import uuid
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import Principal
from services.kit.findings import Findings
from services.kit.receipt_keys import ReceiptOffice
from services.kit.texts import Text
from services.permits.applications import stepping, views
from services.permits.applications.errors import ApplicationInvalid
from services.permits.applications.models import Application
from services.permits.applications.periods import periods
from services.permits.applications.rules import ARTICLE_ACCEPTANCE, ARTICLE_REFUSAL_DELIVERY, State, Step
from services.permits.applications.rules_clocks import remedies_until
from services.permits.applications.schemas import ApplicationRead
from services.permits.applications.schemas_steps import CompletenessCreate, PermitDeliveryCreate

_STEPS = {
    "accept": Step.ACCEPT,
    "allow_correction": Step.ALLOW_CORRECTION,
    "notify": Step.NOTIFY,
    "not_required": Step.FIND_NOT_REQUIRED,
    "not_competent": Step.FIND_NOT_COMPETENT,
    "decline": Step.DECLINE,
}
_ITEMS = Text(zh="应一次性列明全部内容或说明理由", en="list everything at once, or say why")
_RECEIVED = Text(
    zh="收到日期应在作出决定之日至今日之间", en="it was received between the day of the decision and today"
)
_WHERE = Text(zh="应告知有审批权的部门", en="say which authority is competent")


async def decide(
    session: AsyncSession,
    principal: Principal,
    content: CompletenessCreate,
    *,
    application_id: uuid.UUID,
    office: ReceiptOffice,
    if_match: str | None,
) -> ApplicationRead:
    """条例 art. 9. Whatever it is, the applicant gets it sealed and dated."""
    _findings(content).raise_if_any(ApplicationInvalid)
    opened = await stepping.open_one(session, principal, application_id, office=office, if_match=if_match)
    detail = content.model_dump(mode="json", exclude={"outcome"}, exclude_none=True)
    await stepping.take(session, principal, opened, _STEPS[content.outcome], office=office, detail=detail)
    return await views.view(session, principal.rows, opened.application)


async def deliver(
    session: AsyncSession,
    principal: Principal,
    content: PermitDeliveryCreate,
    *,
    application_id: uuid.UUID,
    office: ReceiptOffice,
    if_match: str | None,
) -> ApplicationRead:
    """行政许可法 art. 44, 38(2): the permit is handed over, or the refusal, against which a period then runs."""
    opened = await stepping.open_one(session, principal, application_id, office=office, if_match=if_match)
    application = opened.application
    step = Step.DELIVER_REFUSAL if application.state == State.REFUSED else Step.DELIVER
    stepping.refuse_unless_open(principal, opened, step)
    received_on = content.received_on or clock.today()
    _received(application, received_on).raise_if_any(ApplicationInvalid)
    detail = {**content.model_dump(mode="json"), "received_on": received_on.isoformat()}
    if step is Step.DELIVER_REFUSAL:
        remedies = periods().remedies_on(received_on)
        reconsidered, litigated = remedies_until(received_on, remedies)
        detail |= {
            "reconsideration_until": reconsidered.isoformat(),
            "litigation_until": litigated.isoformat(),
            "remedy_basis": remedies.basis,
        }
    await stepping.take(session, principal, opened, step, office=office, detail=detail)
    return await views.view(session, principal.rows, opened.application)


def _received(application: Application, received_on: date) -> Findings:
    """A decision is received from the day on which it was taken, and not tomorrow."""
    found = Findings()
    if not (application.decided_on or received_on) <= received_on <= clock.today():
        found.add("/received_on", "received_outside", _RECEIVED, article=ARTICLE_REFUSAL_DELIVERY)
    return found


def _findings(content: CompletenessCreate) -> Findings:
    found = Findings()
    if content.outcome != "accept" and content.items is None:
        found.add("/items", "items_required", _ITEMS, article=ARTICLE_ACCEPTANCE)
    if content.outcome == "not_competent" and content.competent_authority is None:
        found.add("/competent_authority", "authority_required", _WHERE, article=ARTICLE_ACCEPTANCE)
    return found
