"""Use cases of alerts: declare one, raise, lower, reschedule or lift it, say which level holds on a day."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import Principal
from services.kit.event_catalogue import EventType
from services.kit.findings import Findings
from services.kit.identifiers.divisions import division_name
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.kit.problems import Invalid
from services.kit.rounds import CLOCK, Round
from services.kit.schemas import Page
from services.kit.texts import Text
from services.permits.alerts import repository, rules
from services.permits.alerts.errors import AlertChanged, AlertExists, AlertLifted, AlertNotFound, AlertOver
from services.permits.alerts.events import (
    ALERT_DECLARED,
    ALERT_ENDED,
    ALERT_LEVEL_CHANGED,
    ALERT_LIFTED,
    ALERT_RESCHEDULED,
)
from services.permits.alerts.models import AlertPeriod
from services.permits.alerts.schemas import (
    AlertCreate,
    AlertLevelChange,
    AlertLifting,
    AlertRead,
    AlertRescheduling,
)

PATH = "/v1/permits/alert-periods"
EVERY = timedelta(minutes=10)
_REVERSED = Text(zh="结束早于开始", en="it ends before it begins")
_LONGER = Text(
    zh="解除不能晚于原定结束时间；延长预警请调整结束时间",
    en="a lifting is no later than the declared end; a longer alert is rescheduled",
)
_SAME_LEVEL = Text(zh="级别与现行预警相同", en="it is the level that holds already")
_OUTSIDE = Text(
    zh="调整时间不在原预警期间内", en="the change lies outside the period of the alert that it changes"
)


async def level_on(session: AsyncSession, *, day: date, region: str) -> str | None:
    """The level that holds in `region` on `day`; None where there is no alert."""
    return (await levels(session, first=day, last=day, region=region)).get(day)


async def levels(session: AsyncSession, *, first: date, last: date, region: str) -> dict[date, str]:
    """The level that holds in `region` on each day from `first` to `last` that has one."""
    following = clock.start_of(last + timedelta(days=1))
    found = await repository.between(session, clock.start_of(first), following)
    facts = [rules.AlertFact(each.level, each.region_code, each.begins_at, each.ends_at) for each in found]
    return rules.levels(facts, first=first, last=last, region=region, zone=clock.CITY_TIME)


async def listing(
    session: AsyncSession, *, query: PageQuery, state: str | None, region: str | None, day: date | None
) -> Page[AlertRead]:
    """Alerts, newest first: of a state, that hold in a division, on a day."""
    found, following = await repository.page_of(
        session,
        query=query,
        state=state,
        regions=rules.divisions_over(region) if region else None,
        within=(clock.start_of(day), clock.start_of(day + timedelta(days=1))) if day else None,
    )
    return Page(items=await _views(session, found), next_cursor=following)


async def read(session: AsyncSession, *, alert_period_id: uuid.UUID) -> AlertRead:
    alert = await repository.by_id(session, alert_period_id)
    if alert is None:
        raise AlertNotFound()
    return (await _views(session, [alert]))[0]


async def declare(session: AsyncSession, principal: Principal, content: AlertCreate) -> AlertRead:
    """Enters an alert: from then on the limits of its level bind on the days that it touches."""
    found = Findings()
    rules.check_region(found, content.region_code)
    _find_reversed(found, content.begins_at, content.ends_at)
    found.raise_if_any(Invalid)
    alert = _period(principal, content, region_code=content.region_code)
    known = await repository.same_as(session, alert)
    if known is not None:
        raise AlertExists(alert=f"{PATH}/{known}")
    session.add(alert)
    await session.flush()
    return await _tell(session, principal, alert, kind=ALERT_DECLARED)


async def change_level(
    session: AsyncSession, principal: Principal, content: AlertLevelChange, *, alert_period_id: uuid.UUID
) -> AlertRead:
    """Raises or lowers an alert (大气污染防治法 art. 96): its period ends, one of the new level follows it."""
    before = await _open(session, alert_period_id, changes=True)
    step = rules.step_to(before.level, content.level)
    found = Findings()
    if step is None:
        found.add("/level", "alert_level_same", _SAME_LEVEL, article=rules.ARTICLE_CHANGED)
    if content.begins_at < before.begins_at or (
        before.ends_at is not None and content.begins_at > before.ends_at
    ):
        found.add("/begins_at", "alert_change_outside", _OUTSIDE, article=rules.ARTICLE_CHANGED)
    content = content.model_copy(update={"ends_at": content.ends_at or before.ends_at})
    _find_reversed(found, content.begins_at, content.ends_at)
    found.raise_if_any(Invalid)
    following = _period(principal, content, region_code=before.region_code)
    session.add(following)
    await session.flush()
    before.ends_at, before.followed_by = following.begins_at, following.id
    await session.flush()
    return await _tell(
        session,
        principal,
        following,
        kind=ALERT_LEVEL_CHANGED,
        direction="raised" if step is rules.Step.RAISE else "lowered",
        previous_alert_period_id=before.id,
        previous_level=before.level,
    )


async def reschedule(
    session: AsyncSession, principal: Principal, content: AlertRescheduling, *, alert_period_id: uuid.UUID
) -> AlertRead:
    """Gives an alert that holds another end."""
    alert = await _open(session, alert_period_id, changes=True)
    _check_order(alert.begins_at, content.ends_at)
    previous = alert.ends_at
    alert.ends_at = content.ends_at.astimezone(UTC) if content.ends_at else None
    alert.basis = content.basis
    await session.flush()
    return await _tell(session, principal, alert, kind=ALERT_RESCHEDULED, previous_ends_at=previous)


async def lift(
    session: AsyncSession, principal: Principal, content: AlertLifting, *, alert_period_id: uuid.UUID
) -> AlertRead:
    """Says when an alert really ended; a second time it is 409."""
    alert = await _open(session, alert_period_id)
    _check_lifting(alert, content.ends_at)
    alert.ends_at, alert.lifted_why = content.ends_at.astimezone(UTC), content.reason
    alert.lifted_by, alert.lifted_at = principal.subject, clock.now()
    await session.flush()
    return await _tell(session, principal, alert, kind=ALERT_LIFTED)


def ends() -> Round:
    """Tells of alerts that have ended as they were declared to: each once."""

    async def due(session: AsyncSession) -> Iterable[uuid.UUID]:
        return await repository.ended_untold(session, clock.now())

    async def act(session: AsyncSession, alert_period_id: uuid.UUID) -> None:
        alert = await repository.by_id(session, alert_period_id, lock=True)
        over = alert is not None and rules.is_over(alert.ends_at, clock.now())
        if alert is None or not over or alert.end_told_at or state_of(alert) is not rules.State.OPEN:
            return  # it was lifted, changed or told meanwhile
        alert.end_told_at = clock.now()
        await _tell(session, CLOCK, alert, kind=ALERT_ENDED)

    return Round("permits.alert_ends", EVERY, due, act)


def state_of(alert: AlertPeriod) -> rules.State:
    if alert.followed_by is not None:
        return rules.State.CHANGED
    return rules.State.OPEN if alert.lifted_at is None else rules.State.LIFTED


async def _open(session: AsyncSession, alert_period_id: uuid.UUID, *, changes: bool = False) -> AlertPeriod:
    """An alert that is open, its row locked; 409 where a step of it is not open any more."""
    alert = await repository.by_id(session, alert_period_id, lock=True)
    if alert is None:
        raise AlertNotFound()
    state = state_of(alert)
    if state is rules.State.CHANGED:
        raise AlertChanged(followed_by=f"{PATH}/{alert.followed_by}")
    if state is rules.State.LIFTED:
        raise AlertLifted()
    if changes and rules.is_over(alert.ends_at, clock.now()):
        raise AlertOver()
    return alert


def _period(
    principal: Principal, content: AlertCreate | AlertLevelChange, *, region_code: str
) -> AlertPeriod:
    return AlertPeriod(
        id=new_id(),
        region_code=region_code,
        declared_by=principal.subject,
        declared_at=clock.now(),
        begins_at=content.begins_at.astimezone(UTC),
        ends_at=content.ends_at.astimezone(UTC) if content.ends_at else None,
        **content.model_dump(include={"level", "basis"}),
    )


def _check_order(begins_at: datetime, ends_at: datetime | None) -> None:
    found = Findings()
    _find_reversed(found, begins_at, ends_at)
    found.raise_if_any(Invalid)


def _check_lifting(alert: AlertPeriod, ends_at: datetime) -> None:
    """大气污染防治法 art. 95: what is lifted ends no later than it would have ended by itself."""
    found = Findings()
    _find_reversed(found, alert.begins_at, ends_at)
    if alert.ends_at is not None and ends_at > alert.ends_at:
        found.add("/ends_at", "alert_lifted_late", _LONGER, article=rules.ARTICLE_ALERT)
    found.raise_if_any(Invalid)


def _find_reversed(found: Findings, begins_at: datetime, ends_at: datetime | None) -> None:
    if ends_at is not None and ends_at < begins_at:
        found.add("/ends_at", "alert_reversed", _REVERSED, article=rules.ARTICLE_ALERT)


async def _views(session: AsyncSession, alerts: Sequence[AlertPeriod]) -> list[AlertRead]:
    follows = await repository.followed(session, [each.id for each in alerts])
    return [
        AlertRead.model_validate(
            {
                **each.model_dump(include=set(AlertRead.model_fields)),
                "region_name": division_name(each.region_code),
                "state": state_of(each),
                "follows": follows.get(each.id),
            }
        )
        for each in alerts
    ]


async def _tell(
    session: AsyncSession, principal: Principal, alert: AlertPeriod, *, kind: EventType, **more: object
) -> AlertRead:
    (view,) = await _views(session, [alert])
    known = alert.model_dump(include={"level", "region_code", "begins_at", "ends_at", "basis"})
    fact = kind.payload.model_validate({"alert_period_id": alert.id, **known, **more})
    deeds.record(
        session,
        principal,
        kind=kind,
        entity="alert_period",
        entity_id=alert.id,
        subject=f"{PATH}/{alert.id}",
        after=view.model_dump(mode="json"),
        fact=fact,
    )
    return view
