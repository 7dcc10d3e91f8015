"""SQL of what the bureau watches."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import within, within_sites
from services.permits.applications.models import Application
from services.permits.applications.rules import Kind
from services.permits.endings.models import EndingDecision, EndingProposal
from services.permits.enterprises.models import Enterprise
from services.permits.obligations.models import Obligation
from services.permits.permits.models import Permit, PermitVersion
from services.permits.radar import rules
from services.permits.radar.rules import Tally
from services.permits.registrations.models import Registration, RegistrationVersion


def ended(day: date | None, *, of: Any = None) -> sa.Exists:
    """Whether an end of the permit (`of`: its id) was decided, effective on `day`; without a day, whenever it is."""
    permit_id = col(Permit.id) if of is None else of
    statement = (
        sa.select(sa.literal(1))
        .select_from(EndingProposal)
        .join(EndingDecision, col(EndingDecision.proposal_id) == EndingProposal.id)
        .where(col(EndingProposal.permit_id) == permit_id, col(EndingDecision.decision) == "approve")
        .correlate_except(EndingProposal, EndingDecision)
    )
    if day is not None:
        statement = statement.where(col(EndingDecision.effective_on) <= day)
    return statement.exists()


def _holds(day: date) -> sa.ColumnElement[bool]:
    """The permit is within its validity on `day`, and not ended by then."""
    any_version = aliased(PermitVersion)
    version = (
        sa.select(sa.literal(1)).where(col(any_version.permit_id) == Permit.id).correlate_except(any_version)
    )
    begun = version.where(col(any_version.valid_from) <= day).exists()
    not_over = version.where(col(any_version.valid_to) >= day).exists()
    return sa.and_(begun, not_over, ~ended(day))


async def expiring_page(
    session: AsyncSession, *, rows: RowScope, query: PageQuery, until: date, since: date | None
) -> tuple[list[PermitVersion], str | None]:
    """Newest versions that end up to `until` (from `since` on), of permits that are not ended, by their end."""
    statement = (
        select(PermitVersion)
        .join(Permit, col(Permit.id) == PermitVersion.permit_id)
        .where(
            PermitVersion.version == Permit.current_version,
            col(PermitVersion.valid_to) <= until,
            ~ended(None),
        )
    )
    if since is not None:
        statement = statement.where(col(PermitVersion.valid_to) >= since)
    statement = within_sites(rows, statement, col(Permit.uscc), site=col(Permit.permit_number))
    by = [(col(PermitVersion.valid_to), date), (col(PermitVersion.id), uuid.UUID)]
    return await page(session, statement, by=by, query=query)


async def permits_of(
    session: AsyncSession, permit_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, tuple[Permit, str]]:
    """Each permit with its holder's name."""
    statement = (
        select(Permit, Enterprise.name)
        .join(Enterprise, col(Enterprise.uscc) == Permit.uscc)
        .where(col(Permit.id).in_(permit_ids))
    )
    return {permit.id: (permit, name) for permit, name in await session.exec(statement)}


async def renewals_of(session: AsyncSession, permit_numbers: Collection[str]) -> dict[str, Application]:
    """The newest application to renew each of these permits."""
    statement = (
        select(Application)
        .where(col(Application.permit_number).in_(permit_numbers), Application.kind == Kind.RENEWAL)
        .order_by(col(Application.id))
    )
    return {each.permit_number: each for each in await session.exec(statement) if each.permit_number}


async def permits_by_class(session: AsyncSession, *, rows: RowScope, day: date) -> dict[str, int]:
    statement = (
        select(PermitVersion.management_class, sa.func.count())
        .join(Permit, col(Permit.id) == PermitVersion.permit_id)
        .where(PermitVersion.version == Permit.current_version, _holds(day))
        .group_by(col(PermitVersion.management_class))
    )
    statement = within_sites(rows, statement, col(Permit.uscc), site=col(Permit.permit_number))
    return dict((await session.exec(statement)).all())


async def registrations_on(session: AsyncSession, *, rows: RowScope, day: date) -> tuple[int, int]:
    """How many registrations hold, and how many of them wait for a reviewer."""
    waiting = sa.func.count().filter(col(Registration.for_review))
    statement = select(sa.func.count(), waiting).select_from(Registration).where(_registered(day))
    site = col(Registration.receipt_number)
    return (await session.exec(within_sites(rows, statement, col(Registration.uscc), site=site))).one()


def _registered(day: date) -> sa.ColumnElement[bool]:
    """The version that counted on `day` is no cancellation, and held."""
    any_version, counting = aliased(RegistrationVersion), aliased(RegistrationVersion)
    newest = (
        sa.select(sa.func.max(any_version.version))
        .where(col(any_version.registration_id) == Registration.id, col(any_version.effective_on) <= day)
        .correlate_except(any_version)
        .scalar_subquery()
    )
    held = (
        sa.select(sa.literal(1))
        .where(col(counting.registration_id) == Registration.id, col(counting.version) == newest)
        .where(col(counting.step) != "cancellation", col(counting.valid_to) >= day)
        .correlate_except(counting)
    )
    return held.exists()


def _uncovered(day: date) -> sa.ColumnElement[bool]:
    """Without a permit that holds, and, where a registration is enough, without one of these as well.

    Lists of their own rather than a look for each enterprise: PostgreSQL hashes them once.
    """
    permitted = sa.select(col(Permit.uscc)).where(_holds(day))
    registered = sa.select(col(Registration.uscc)).where(_registered(day))
    no_form = sa.or_(
        col(Enterprise.management_class) != "registration", col(Enterprise.uscc).not_in(registered)
    )
    return sa.and_(col(Enterprise.uscc).not_in(permitted), no_form)


async def enterprises_on(session: AsyncSession, *, rows: RowScope, day: date) -> tuple[int, int]:
    """How many enterprises are registered, and how many of them are not covered."""
    lacking = sa.func.count().filter(_uncovered(day))
    statement = select(sa.func.count(), lacking).select_from(Enterprise)
    return (await session.exec(within(rows, statement, col(Enterprise.uscc)))).one()


async def uncovered_page(
    session: AsyncSession, *, rows: RowScope, query: PageQuery, day: date
) -> tuple[list[Enterprise], str | None]:
    statement = within(rows, select(Enterprise).where(_uncovered(day)), col(Enterprise.uscc))
    return await page(session, statement, by=[(col(Enterprise.uscc), str)], query=query)


async def tallies(
    session: AsyncSession, *, rows: RowScope, today: date, year: int | None
) -> dict[tuple[date, str], Tally]:
    """By the first day of the quarter in which their periods ended, and by kind: how many reports came when.

    The database counts equal days, of which a million reports have a few thousand, by `ix_obligation_tally` alone;
    what they mean is worked out for each of these once.
    """
    end, kind, due = col(Obligation.period_end), col(Obligation.kind), col(Obligation.due_on)
    days = (end, kind, due, col(Obligation.reported_on))
    statement = (
        select(*days, sa.func.count())  # type: ignore[call-overload]
        .where(Obligation.standing == "owed", end < today)
        .group_by(*days)
        .order_by(*days)  # as the index has them: counted as they come, without a table of hashes
    )
    if year is not None:
        statement = statement.where(end >= date(year, 1, 1), end <= date(year, 12, 31))
    statement = within_sites(rows, statement, col(Obligation.uscc), site=col(Obligation.permit_number))
    counted: dict[tuple[date, str], Counter[str]] = {}
    for last, name, due_on, reported_on, count in await session.exec(statement):
        start = date(last.year, (last.month - 1) // 3 * 3 + 1, 1)
        counted.setdefault((start, name), Counter())[rules.outcome(due_on, reported_on, today)] += count
    return {key: Tally(**counted[key]) for key in sorted(counted)}
