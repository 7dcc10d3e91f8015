"""Use cases of the reviewer: find of each condition, look at the site, stop the clock for experts, propose."""

from __future__ import annotations

import uuid
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import Principal
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.receipt_keys import ReceiptOffice
from services.kit.texts import Text
from services.permits.applications import rules, stepping, views
from services.permits.applications.errors import ApplicationInvalid
from services.permits.applications.models import Application, ApplicationFinding
from services.permits.applications.rules import Item, Kind, Step
from services.permits.applications.schemas import ApplicationRead
from services.permits.applications.schemas_steps import (
    ConditionFindingCreate,
    ConditionFindingsCreate,
    PauseCreate,
    ResumptionCreate,
    ReviewProposal,
    SiteCheckCreate,
    SiteCheckRecord,
)
from services.permits.applications.stepping import Opened

_COMMENT = Text(zh="应说明理由", en="say why")
_TWICE = Text(zh="同一条件出现两次", en="a condition appears twice")
_AFFECTED = Text(
    zh="该申请的这项条件须审查，不能填“不涉及”", en="this condition has to be looked at for this application"
)
_PAST = Text(zh="预计日期不能早于今日", en="it is expected to end in the past")
_SAME_PERSON = Text(zh="应为两名以上不同的核查人员", en="two or more people, each named once")
_PLANNED = Text(zh="计划日期应在今日起{days}日内", en="it is planned within {days} days from today")
_TOO_LATE = Text(zh="预计日期不能晚于今日起{days}日", en="it is expected to end within {days} days")
_VISITED = Text(zh="核查日期应在决定核查之日与今日之间", en="the visit lies between the order and today")

Content = (
    ConditionFindingsCreate
    | SiteCheckCreate
    | SiteCheckRecord
    | PauseCreate
    | ResumptionCreate
    | ReviewProposal
)


async def examine(
    session: AsyncSession,
    principal: Principal,
    content: ConditionFindingsCreate,
    *,
    application_id: uuid.UUID,
    office: ReceiptOffice,
    if_match: str | None,
) -> ApplicationRead:
    """条例 art. 11: what is found of each condition. A later finding takes the place of an earlier one."""
    opened = await stepping.open_one(session, principal, application_id, office=office, if_match=if_match)
    _of_findings(content.findings, Kind(opened.application.kind)).raise_if_any(ApplicationInvalid)
    detail = {"findings": [each.model_dump(mode="json", exclude_none=True) for each in content.findings]}
    await stepping.take(session, principal, opened, Step.EXAMINE, office=office, detail=detail)
    session.add_all(_row(opened.application, principal, each) for each in content.findings)
    await session.flush()
    return await views.view(session, principal.rows, opened.application)


async def step(
    session: AsyncSession,
    principal: Principal,
    content: Content,
    taken: Step,
    *,
    application_id: uuid.UUID,
    office: ReceiptOffice,
    if_match: str | None,
) -> ApplicationRead:
    """Every other step of a review: what was said with it is kept as it was said."""
    proposes_grant = isinstance(content, ReviewProposal) and content.proposal == "grant"
    opened = await stepping.open_one(
        session, principal, application_id, office=office, if_match=if_match, decides=proposes_grant
    )
    _of_step(content, opened).raise_if_any(ApplicationInvalid)
    await stepping.take(
        session,
        principal,
        opened,
        taken,
        office=office,
        detail=content.model_dump(mode="json", exclude_none=True),
        proposes_grant=proposes_grant,
    )
    return await views.view(session, principal.rows, opened.application)


def _of_findings(findings: list[ConditionFindingCreate], kind: Kind) -> Findings:
    found, seen = Findings(), set()
    for index, each in enumerate(findings):
        where, article = f"/findings/{index}", rules.ITEM_ARTICLES[Item(each.item)]
        if each.item in seen:
            found.add(f"{where}/item", "item_repeated", _TWICE, article=article)
        seen.add(each.item)
        if each.outcome != "met" and each.comment is None:
            found.add(f"{where}/comment", "comment_required", _COMMENT, article=article)
        if each.outcome == "unaffected" and not rules.may_be_unaffected(kind, Item(each.item)):
            found.add(f"{where}/outcome", "item_affected", _AFFECTED, article=article)
    return found


def _of_step(content: Content, opened: Opened) -> Findings:
    found, today = Findings(), clock.today()
    if isinstance(content, PauseCreate) and content.expected_until < today:
        found.add("/expected_until", "expected_in_past", _PAST, article=rules.ARTICLE_PAUSE)
    if isinstance(content, PauseCreate) and (content.expected_until - today).days > rules.MOST_DAYS_AHEAD:
        text = _TOO_LATE.format(days=rules.MOST_DAYS_AHEAD)
        found.add("/expected_until", "expected_too_late", text, article=rules.ARTICLE_PAUSE)
    if isinstance(content, SiteCheckCreate) and not _soon(content.planned_on or today, today):
        text = _PLANNED.format(days=rules.MOST_DAYS_AHEAD)
        found.add("/planned_on", "planned_out_of_time", text, article=rules.ARTICLE_REVIEW)
    if isinstance(content, ReviewProposal) and content.proposal == "refuse" and content.comment is None:
        found.add("/comment", "comment_required", _COMMENT, article=rules.ARTICLE_REFUSAL)
    if isinstance(content, SiteCheckRecord):
        ordered = _ordered_on(opened)
        if ordered is not None and not ordered <= content.visited_on <= today:
            found.add("/visited_on", "visited_out_of_time", _VISITED, article=rules.ARTICLE_REVIEW)
        if not rules.different_people(content.inspectors):
            found.add("/inspectors", "inspector_repeated", _SAME_PERSON, article=rules.ARTICLE_REVIEW)
    return found


def _soon(day: date, today: date) -> bool:
    return 0 <= (day - today).days <= rules.MOST_DAYS_AHEAD


def _ordered_on(opened: Opened) -> date | None:
    days = (each.on for each in opened.case.history if each.step is Step.ORDER_SITE_CHECK)
    return next(days, None)


def _row(
    application: Application, principal: Principal, content: ConditionFindingCreate
) -> ApplicationFinding:
    return ApplicationFinding(
        id=new_id(),
        application_id=application.id,
        revision=application.revision,
        reviewer=principal.subject,
        found_at=clock.now(),
        **content.model_dump(),
    )
