"""Use cases of alerts: declare one, lift one, say which level holds on a day."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import audit, clock, events
from services.kit.auth import Principal
from services.kit.event_catalogue import EventType
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.kit.problems import Invalid
from services.kit.schemas import Page
from services.kit.texts import Text
from services.permits.alerts import repository, rules
from services.permits.alerts.errors import AlertLifted, AlertNotFound
from services.permits.alerts.events import ALERT_DECLARED, ALERT_LIFTED, AlertFact
from services.permits.alerts.models import AlertPeriod
from services.permits.alerts.schemas import AlertCreate, AlertLifting, AlertRead

_REVERSED = Text(zh="结束早于开始", en="it ends before it begins")


async def level_on(session: AsyncSession, *, day: date, region: str) -> str | None:
    """The level that holds in `region` on `day`; None where there is no alert."""
    first = clock.start_of(day)
    found = await repository.between(session, first, first + timedelta(days=1))
    facts = [rules.AlertFact(each.level, each.region_code, each.begins_at, each.ends_at) for each in found]
    return rules.level_on(facts, day=day, region=region, zone=clock.CITY_TIME)


async def listing(session: AsyncSession, *, query: PageQuery, state: str | None) -> Page[AlertRead]:
    found, following = await repository.page_of(session, query=query, state=state)
    return Page(items=[AlertRead.model_validate(each) for each in found], next_cursor=following)


async def read(session: AsyncSession, *, alert_period_id: uuid.UUID) -> AlertRead:
    alert = await repository.by_id(session, alert_period_id)
    if alert is None:
        raise AlertNotFound()
    return AlertRead.model_validate(alert)


async def declare(session: AsyncSession, principal: Principal, content: AlertCreate) -> AlertRead:
    """Enters an alert: from then on the limits of its level bind on the days that it touches."""
    _check_order(content.begins_at, content.ends_at)
    alert = AlertPeriod(
        id=new_id(),
        declared_by=principal.subject,
        declared_at=clock.now(),
        begins_at=content.begins_at.astimezone(UTC),
        ends_at=content.ends_at.astimezone(UTC) if content.ends_at else None,
        **content.model_dump(include={"level", "region_code", "basis"}),
    )
    session.add(alert)
    await session.flush()
    return _tell(session, principal, alert, kind=ALERT_DECLARED)


async def lift(
    session: AsyncSession, principal: Principal, content: AlertLifting, *, alert_period_id: uuid.UUID
) -> AlertRead:
    """Says when an alert really ended; a second time it is 409."""
    alert = await repository.by_id(session, alert_period_id, lock=True)
    if alert is None:
        raise AlertNotFound()
    if alert.lifted_at is not None:
        raise AlertLifted()
    _check_order(alert.begins_at, content.ends_at)
    alert.ends_at, alert.lifted_why = content.ends_at.astimezone(UTC), content.reason
    alert.lifted_by, alert.lifted_at = principal.subject, clock.now()
    await session.flush()
    return _tell(session, principal, alert, kind=ALERT_LIFTED)


def _check_order(begins_at: datetime, ends_at: datetime | None) -> None:
    if ends_at is not None and ends_at < begins_at:
        found = Findings()
        found.add("/ends_at", "alert_reversed", _REVERSED, article=rules.ARTICLE_ALERT)
        found.raise_if_any(Invalid)


def _tell(session: AsyncSession, principal: Principal, alert: AlertPeriod, *, kind: EventType) -> AlertRead:
    view = AlertRead.model_validate(alert)
    audit.record(
        session,
        principal,
        action=kind,
        entity="alert_period",
        entity_id=alert.id,
        after=view.model_dump(mode="json"),
    )
    fact = AlertFact(
        alert_period_id=alert.id,
        **alert.model_dump(include={"level", "region_code", "begins_at", "ends_at", "basis"}),
    )
    events.emit(session, kind=kind, subject=f"/v1/permits/alert-periods/{alert.id}", fact=fact)
    return view
