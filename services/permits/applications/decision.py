"""Use case of the approver: grant, refuse, or return to review. A grant is the permit, in the same transaction."""

from __future__ import annotations

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import Principal
from services.kit.findings import Findings
from services.kit.receipt_keys import ReceiptOffice
from services.kit.texts import Text
from services.permits.applications import issuing, rules, stepping, views
from services.permits.applications.errors import ApplicationInvalid
from services.permits.applications.models import Application
from services.permits.applications.periods import periods
from services.permits.applications.rules import Kind, Step
from services.permits.applications.schemas import ApplicationRead
from services.permits.applications.schemas_steps import ApplicationDecisionCreate
from services.permits.permits.rules import check_begin

_STEPS = {"grant": Step.GRANT, "refuse": Step.REFUSE, "return": Step.RETURN}
_REASON = Text(zh="不予许可或退回应说明理由", en="say why it is refused or returned")
_NUMBER = Text(
    zh="首次核发应填写全国平台生成的许可证编号", en="enter the number that the national platform made"
)
_OTHER_NUMBER = Text(zh="许可证编号与申请不符", en="the number is not that of this application")
_NOT_GRANTED = Text(zh="仅准予许可时填写", en="only a grant has this")
_DATED_BY_LAW = Text(
    zh="变更、延续的期限由原许可证确定", en="the days of a change or renewal follow from the permit"
)
_PAST = Text(zh="有效期起不能早于今日", en="a permit does not begin before it is issued")
_REMEDY = Text(
    zh="如不服本决定，可自收到之日起{days}日内申请行政复议，或{months}个月内提起行政诉讼",
    en="within {days} days of receipt it may be reconsidered on request, within {months} months taken to court",
)
_DATED = frozenset({Kind.FIRST, Kind.REAPPLICATION})


async def decide(
    session: AsyncSession,
    principal: Principal,
    content: ApplicationDecisionCreate,
    *,
    application_id: uuid.UUID,
    office: ReceiptOffice,
    if_match: str | None,
) -> ApplicationRead:
    """条例 art. 12; 行政许可法 art. 38: a refusal gives its reasons and says what can be done against it."""
    opened = await stepping.open_one(
        session, principal, application_id, office=office, if_match=if_match, decides=True
    )
    application, step = opened.application, _STEPS[content.outcome]
    _findings(content, application).raise_if_any(ApplicationInvalid)
    stepping.refuse_unless_open(principal, opened, step)
    detail = content.model_dump(mode="json", exclude={"outcome"}, exclude_none=True)
    if step is Step.REFUSE:
        detail |= _remedy()
    if step is Step.GRANT:
        permit = await issuing.issue(session, principal, opened, content)
        application.permit_number, application.permit_version = permit.permit_number, permit.version
        dates = permit.model_dump(mode="json", include={"valid_from", "valid_to", "issued_on"})
        detail |= {"permit_number": permit.permit_number, "permit_version": permit.version, **dates}
    await stepping.take(session, principal, opened, step, office=office, detail=detail)
    return await views.view(session, principal.rows, application)


def _remedy() -> dict[str, str]:
    """行政许可法 art. 38(2): a refusal says how it can be challenged."""
    known = periods().remedies_on(clock.today())
    said = _REMEDY.format(days=known.reconsideration_days, months=known.litigation_months)
    return {"remedy_zh": said.zh, "remedy_en": said.en, "remedy_basis": known.basis}


def _findings(content: ApplicationDecisionCreate, application: Application) -> Findings:
    found = Findings()
    if content.outcome != "grant":
        if content.reason is None:
            found.add("/reason", "reason_required", _REASON, article=rules.ARTICLE_REFUSAL)
        for name in ("permit_number", "valid_from"):
            if getattr(content, name) is not None:
                found.add(f"/{name}", "only_of_a_grant", _NOT_GRANTED, article=rules.ARTICLE_DECISION)
        return found
    _check_number(found, content, application)
    if content.valid_from is not None and application.kind not in _DATED:
        found.add("/valid_from", "dated_by_law", _DATED_BY_LAW, article="排污许可管理条例 第十四条")
    elif content.valid_from is not None and content.valid_from < clock.today():
        found.add("/valid_from", "valid_before_issue", _PAST, article="排污许可管理条例 第十四条")
    elif content.valid_from is not None:
        check_begin(found, valid_from=content.valid_from, issued_on=clock.today())
    return found


def _check_number(found: Findings, content: ApplicationDecisionCreate, application: Application) -> None:
    """条例 art. 12: the national platform makes the number; HJ 608-2017: it begins with the holder's code."""
    number = content.permit_number
    if application.kind == Kind.FIRST:
        if number is None:
            found.add("/permit_number", "permit_number_missing", _NUMBER, article=rules.ARTICLE_DECISION)
        elif not number.startswith(application.uscc):
            found.add("/permit_number", "permit_number_of_another", _OTHER_NUMBER, article="HJ 608-2017")
    elif number not in (None, application.permit_number):
        found.add("/permit_number", "permit_number_of_another", _OTHER_NUMBER, article="HJ 608-2017")
