"""What the bureau owes applicants and when: reminders ahead, what is overdue, and the list of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, events
from services.kit.auth import EVERY_ROW
from services.kit.pages import PageQuery
from services.kit.rounds import Round
from services.kit.schemas import Page
from services.permits.applications import repository, views
from services.permits.applications.events import APPLICATION_DUE_SOON, APPLICATION_OVERDUE, ApplicationDue
from services.permits.applications.models import Application
from services.permits.applications.rules_clocks import ARTICLE_COMPLETENESS, Clock, ClockKind
from services.permits.applications.rules_notices import OVERDUE, DecisionSchedule, notice_of
from services.permits.applications.schemas import OverdueApplication

EVERY = timedelta(minutes=10)
_HORIZON = timedelta(days=31)
"""More calendar days than ten working days ever take."""


async def overdue(session: AsyncSession, *, query: PageQuery) -> Page[OverdueApplication]:
    """Applications that are not decided, or whose decision is not delivered, in time; the longest late first."""
    today = clock.today()
    found, following = await repository.page_of_overdue(session, query=query, today=today)
    steps = await repository.steps_of(session, [each.id for each in found])
    items = []
    for each in found:
        running = views.stands(views.case_of(each, steps[each.id]), today).clock
        if running is not None:
            seen = views.summary(each, steps[each.id], today)
            items.append(
                OverdueApplication(
                    **seen.model_dump(), clock_kind=running.kind.value, days_late=max(0, -running.days_left)
                )
            )
    return Page(items=items, next_cursor=following)


async def missed_completeness(session: AsyncSession, application: Application, *, today: date) -> None:
    """条例 art. 9(4): nothing was said in time, so it counts as accepted; that the bureau was late is told, once."""
    late = Clock(
        kind=ClockKind.COMPLETENESS,
        deadline=application.completeness_due,
        days_left=-max(1, views.working_days_late(application.completeness_due, today)),
        basis=ARTICLE_COMPLETENESS,
        period_days=0,
    )
    await _tell(session, application, late, OVERDUE)


def notices(schedule: DecisionSchedule) -> Round:
    """Reminds the bureau ahead of each period's end and tells of those that are over: each once for each deadline."""

    async def due(session: AsyncSession) -> Iterable[uuid.UUID]:
        today = clock.today()
        found = await repository.due_by(session, today + _HORIZON)
        ids = [each.id for each in found]
        steps, told = await repository.steps_of(session, ids), await repository.noticed(session, ids)
        waiting = []
        for each in found:
            running = views.stands(views.case_of(each, steps[each.id]), today).clock
            step = notice_of(running, schedule) if running else None
            new = running and step and (each.id, running.kind, running.deadline, step) not in told
            if (
                new
                or each.due_on != _due_on(running)
                or each.completeness_due != _completeness_due(each, running)
            ):
                waiting.append(each.id)
        return waiting

    async def act(session: AsyncSession, application_id: uuid.UUID) -> None:
        application, today = await views.get(session, EVERY_ROW, application_id, lock=True), clock.today()
        steps = (await repository.steps_of(session, [application_id]))[application_id]
        standing = views.stands(views.case_of(application, steps), today)
        if standing.state != application.state:
            return  # it has lapsed: the round of deemed acceptances writes that down first
        running = standing.clock
        application.due_on = _due_on(running)  # a calendar that was published since moves it
        application.completeness_due = _completeness_due(application, running)
        step = notice_of(running, schedule) if running else None
        if running is not None and step is not None:
            await _tell(session, application, running, step)

    return Round("permits.application_notices", EVERY, due, act)


def _due_on(running: Clock | None) -> date | None:
    return running.deadline if running and running.stopped_since is None else None


def _completeness_due(application: Application, running: Clock | None) -> date:
    """While it runs, what the clock says; else what it said."""
    counting = running is not None and running.kind is ClockKind.COMPLETENESS
    return running.deadline if running is not None and counting else application.completeness_due


async def _tell(session: AsyncSession, application: Application, running: Clock, step: str) -> None:
    kept = await repository.note(
        session,
        application.id,
        clock=running.kind,
        deadline=running.deadline,
        step=step,
        moment=clock.now(),
    )
    if not kept:
        return
    kind = APPLICATION_OVERDUE if step == OVERDUE else APPLICATION_DUE_SOON
    fact = ApplicationDue(
        application_id=application.id,
        clock=running.kind,
        step=step,
        deadline=running.deadline,
        days_left=max(0, running.days_left),
        days_late=max(0, -running.days_left),
        basis=running.basis,
        **application.model_dump(
            include={"uscc", "kind", "permit_number", "site_name", "management_class", "state"}
        ),
    )
    events.emit(
        session,
        kind=kind,
        subject=f"/v1/permits/applications/{application.id}",
        owner=None if kind.readers == "bureau" else application.uscc,
        fact=fact,
    )
