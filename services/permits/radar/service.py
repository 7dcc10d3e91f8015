"""Use cases of the bureau: what expires, who is covered, which reports came. One call each."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import RowScope
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.permits.applications.models import Application
from services.permits.applications.rules import OPEN, State
from services.permits.permits.models import Permit, PermitVersion
from services.permits.radar import repository, rules
from services.permits.radar.schemas import (
    Completion,
    CompletionRow,
    CoverageRead,
    ExpiringPermit,
    TargetRead,
    UncoveredEnterprise,
)
from services.permits.radar.schemas_renewal import RenewalClock, RenewalRead
from services.permits.radar.targets import targets


async def expiring(
    session: AsyncSession, rows: RowScope, *, query: PageQuery, within_days: int, stage: rules.Stage | None
) -> Page[ExpiringPermit]:
    """Permits that expire within so many days, and those that have, by their last day."""
    today = clock.today()
    since, until = _span(stage, today, today + timedelta(days=within_days))
    found, following = await repository.expiring_page(
        session, rows=rows, query=query, since=since, until=until
    )
    permits = await repository.permits_of(session, {each.permit_id for each in found})
    renewals = await repository.renewals_of(session, {permit.permit_number for permit, _ in permits.values()})
    items = []
    for version in found:
        permit, name = permits[version.permit_id]
        renewal = renewals.get(permit.permit_number)
        items.append(_expiring(version, permit, name, renewal, today=today))
    return Page(items=items, next_cursor=following)


def _span(stage: rules.Stage | None, today: date, until: date) -> tuple[date | None, date]:
    """The last days of the permits of a stage, both ends included; see `rules.stage`."""
    expired, applied = today - timedelta(days=1), today + timedelta(days=rules.APPLY_DAYS_BEFORE)
    by_stage = {
        None: (None, until),
        "expired": (None, min(until, expired)),
        "past_application_day": (today, min(until, applied - timedelta(days=1))),
        "ahead": (applied, until),
    }
    return by_stage[stage]


def _expiring(
    version: PermitVersion, permit: Permit, name: str, application: Application | None, *, today: date
) -> ExpiringPermit:
    renewing = _clock(version.valid_to, application, today=today)
    return ExpiringPermit(
        **permit.model_dump(include={"permit_number", "uscc", "site_name"}),
        enterprise_name=name,
        management_class=version.management_class,
        valid_to=version.valid_to,
        days_left=(version.valid_to - today).days,
        apply_by=renewing.due_on,
        stage=renewing.stage,
        renewal=renewing.application,
        gap=renewing.gap,
        article=renewing.basis,
    )


async def renewal_clock(session: AsyncSession, permit_number: str, valid_to: date) -> RenewalClock:
    """By when the renewal of a permit with this last day is to be applied for, as of today."""
    application = (await repository.renewals_of(session, [permit_number])).get(permit_number)
    return _clock(valid_to, application, today=clock.today())


def _clock(valid_to: date, application: Application | None, *, today: date) -> RenewalClock:
    pending = application is not None and State(application.state) in OPEN
    renewal = rules.Renewal(application.submitted_on, pending) if application else None
    gap, due_on = rules.gap(valid_to, renewal, today), rules.apply_by(valid_to)
    return RenewalClock(
        due_on=due_on,
        days_left=(due_on - today).days,
        basis=rules.ARTICLES[gap],
        stage=rules.stage(valid_to, today),
        application=_renewal(valid_to, application, renewal) if application else None,
        gap=gap,
    )


def _renewal(valid_to: date, application: Application, renewal: rules.Renewal | None) -> RenewalRead:
    return RenewalRead(
        application_id=application.id,
        state=application.state,
        applied_on=application.submitted_on,
        in_time=rules.in_time(valid_to, renewal),
    )


async def coverage(session: AsyncSession, rows: RowScope, *, on: date | None) -> CoverageRead:
    """Permits, registrations and enterprises on a day (today), against the newest target of that day."""
    day = on or clock.today()
    permits = await repository.permits_by_class(session, rows=rows, day=day)
    registrations, waiting = await repository.registrations_on(session, rows=rows, day=day)
    enterprises, uncovered = await repository.enterprises_on(session, rows=rows, day=day)
    target = rules.target_on(targets(), day)
    return CoverageRead(
        on=day,
        permits_key=permits.get("key", 0),
        permits_simplified=permits.get("simplified", 0),
        registrations=registrations,
        registrations_for_review=waiting,
        enterprises=enterprises,
        uncovered=uncovered,
        coverage=rules.share(enterprises - uncovered, enterprises),
        target=_measured(target, sum(permits.values()), registrations) if target else None,
    )


def _measured(target: rules.Target, permits: int, registrations: int) -> TargetRead:
    return TargetRead(
        on=target.on,
        permits=target.permits,
        registrations=target.registrations,
        source=target.source,
        permits_reached=permits >= target.permits,
        registrations_reached=registrations >= target.registrations,
    )


async def uncovered(
    session: AsyncSession, rows: RowScope, *, query: PageQuery, on: date | None
) -> Page[UncoveredEnterprise]:
    found, following = await repository.uncovered_page(
        session, rows=rows, query=query, day=on or clock.today()
    )
    items = [
        UncoveredEnterprise.model_validate(each.model_dump(include=set(UncoveredEnterprise.model_fields)))
        for each in found
    ]
    return Page(items=items, next_cursor=following)


async def completion(session: AsyncSession, rows: RowScope, *, year: int | None) -> Completion:
    """Which execution reports came, by the quarter in which their period ended and by kind."""
    today = clock.today()
    found = await repository.tallies(session, rows=rows, today=today, year=year)
    return Completion(
        on=today,
        items=[_row(start, kind, tally) for (start, kind), tally in found.items()],
    )


def _row(start: date, kind: str, tally: rules.Tally) -> CompletionRow:
    return CompletionRow.model_validate(
        {
            **asdict(tally),
            "year": start.year,
            "quarter": (start.month + 2) // 3,
            "kind": kind,
            "due": tally.due,
            "completed": rules.share(tally.in_time + tally.late, tally.due),
            "punctual": rules.share(tally.in_time, tally.due),
        }
    )
