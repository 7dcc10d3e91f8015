"""Use cases of obligations: they follow from a permit, change and end with it, and are read."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import audit, clock
from services.kit.auth import Principal, RowScope
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.permits.obligations import overrides, queries, repository, rules
from services.permits.obligations.errors import NotOwed, ObligationNotFound
from services.permits.obligations.events import OBLIGATION_REOPENED, tell_changed, tell_reopened
from services.permits.obligations.models import Obligation
from services.permits.obligations.rules_changes import VOID, Kept, changes
from services.permits.obligations.rules_due import ARTICLE_REPORT, Override
from services.permits.obligations.schemas import NoticeRead, ObligationDetail, ObligationRead
from services.permits.permits.models import Permit, PermitVersion
from services.permits.permits.schemas import ReportingDuties

_DAY = timedelta(days=1)


async def generate(session: AsyncSession, permit: Permit, version: PermitVersion) -> None:
    """Adds what a permit that was issued owes over its life."""
    await _bring_in_line(session, permit, [], since=date.min, reason=_reason(version))


async def follow(session: AsyncSession, permit: Permit, version: PermitVersion) -> None:
    """What is owed for periods that end on a new version's first day or later follows from it; periods that had ended
    before it, and whatever was reported, stay."""
    kept = await repository.of_permit(session, permit.id)
    await _bring_in_line(session, permit, kept, since=version.effective_from, reason=_reason(version))


def _reason(version: PermitVersion) -> str:
    return f"许可证第{version.version}版不再要求（{ARTICLE_REPORT}）"


async def void_after(session: AsyncSession, permit: Permit, *, held_to: date, basis: str) -> None:
    """The permit was held to `held_to` and no longer: what it would have owed for later days is void."""
    kept = await repository.of_permit(session, permit.id)
    reason = f"许可证自{held_to + _DAY}起失效（{basis}）"
    await _bring_in_line(session, permit, kept, since=held_to + _DAY, ended_on=held_to, reason=reason)


async def _bring_in_line(
    session: AsyncSession,
    permit: Permit,
    kept: Sequence[Obligation],
    *,
    since: date,
    reason: str,
    ended_on: date | None = None,
) -> None:
    """Adds, changes and voids obligations until they are what the permit asks for since a day."""
    notices = await known_overrides(session)
    versions = (await repository.versions_of(session, [permit.id]))[permit.id]
    wanted = duties_of(versions, notices, ended_on=ended_on)
    by_key = {(each.kind, each.period_start): each for each in kept}
    plan = changes([_kept(each) for each in kept], wanted, since=since)
    for duty in plan.add:
        by_key[duty.key] = _new_row(permit, duty)
        session.add(by_key[duty.key])
    await session.flush()
    for key in plan.void:
        _stand(session, by_key[key], standing=VOID, reason=reason, covered_by=None)
    for duty in (*plan.add, *plan.become):
        covering = by_key.get(duty.covered_by) if duty.covered_by else None
        _stand(
            session,
            by_key[duty.key],
            told=duty in plan.become,
            standing=duty.standing,
            reason=duty.reason,
            covered_by=covering.id if covering else None,
            due_on=duty.due_on,
            due_basis=duty.due_basis,
            basis=duty.basis,
        )
    await session.flush()


def _kept(obligation: Obligation) -> Kept:
    return Kept(
        reported=obligation.report_id is not None,
        **obligation.model_dump(include={"kind", "period_start", "period_end", "standing"}),
    )


def _new_row(permit: Permit, duty: rules.Duty) -> Obligation:
    return Obligation(
        id=new_id(),
        permit_id=permit.id,
        permit_number=permit.permit_number,
        uscc=permit.uscc,
        kind=duty.kind,
        period_start=duty.period_start,
        period_end=duty.period_end,
        due_on=duty.due_on,
        due_basis=duty.due_basis,
        basis=duty.basis,
        standing=duty.standing,
        reason=duty.reason,
        created_at=clock.now(),
    )


def _stand(session: AsyncSession, obligation: Obligation, *, told: bool = True, **becomes: Any) -> None:
    """Sets what is not so already, and tells where it matters to who reports."""
    standing, due_on = obligation.standing, obligation.due_on
    for name, value in becomes.items():
        if getattr(obligation, name) != value:
            setattr(obligation, name, value)
    if told and (obligation.standing, obligation.due_on) != (standing, due_on):
        tell_changed(session, obligation, previous_standing=standing, previous_due_on=due_on)


async def known_overrides(session: AsyncSession) -> list[Override]:
    """The notices that ship and the bureau's own, which count as newer where both are of one day."""
    own = await repository.overrides(session)
    return [overrides.fact(each) for each in overrides.shipped()] + [overrides.fact(each) for each in own]


def duties_of(
    versions: Iterable[PermitVersion], notices: Sequence[Override], *, ended_on: date | None = None
) -> list[rules.Duty]:
    """What a permit owes over its life, as its versions say."""
    return rules.duties_of(rules.holdings(facts_of(versions), ended_on=ended_on), overrides=notices)


def facts_of(versions: Iterable[PermitVersion]) -> list[rules.Version]:
    """The versions of a permit as the rules take them."""
    return [
        rules.Version(
            number=each.version,
            valid_from=each.effective_from,
            valid_to=each.valid_to,
            duties=rules.Duties(**ReportingDuties.model_validate(each.reporting).model_dump()),
            industry_code=each.industry_code,
        )
        for each in versions
    ]


async def move_due_days(
    session: AsyncSession, *, kind: str, period_end: date, also: Override | None = None
) -> int:
    """Has the reports of one period that are still to come be due when the notices say, and `also` does; how many were
    moved."""
    waiting = await repository.unreported(session, kind=kind, period_end=period_end)
    versions = await repository.versions_of(session, {each.permit_id for each in waiting})
    notices, moved = [*await known_overrides(session), *([also] if also else [])], 0
    for obligation in waiting:
        wanted = {duty.key: duty for duty in duties_of(versions[obligation.permit_id], notices)}
        duty = wanted.get((obligation.kind, obligation.period_start))
        if duty is not None and duty.due_on != obligation.due_on:
            _stand(session, obligation, due_on=duty.due_on, due_basis=duty.due_basis)
            moved += 1
    await session.flush()
    return moved


def view(obligation: Obligation, *, today: date) -> ObligationRead:
    """An obligation as it stands on `today`."""
    until: date | None = None
    if obligation.report_id is not None:
        state, until = "reported", obligation.reported_on
    elif obligation.standing != "owed":
        state = obligation.standing
    elif obligation.period_end < today:
        state, until = "open", today
    else:
        state = "upcoming"
    late = rules.days_late(obligation.due_on, until) if until else 0
    content = obligation.model_dump(exclude={"permit_id", "reported_on", "created_at", "standing"})
    return ObligationRead.model_validate({**content, "state": state, "days_late": late})


async def get(
    session: AsyncSession, rows: RowScope, obligation_id: uuid.UUID, *, lock: bool = False
) -> Obligation:
    obligation = await repository.by_id(session, obligation_id, rows=rows, lock=lock)
    if obligation is None:
        raise ObligationNotFound()
    return obligation


async def lock_all(
    session: AsyncSession, rows: RowScope, obligation_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, str]:
    """Locks those of these obligations that the caller has; the permit of each. For what reports on many at once."""
    return await repository.lock_all(session, obligation_ids, rows=rows)


async def to_be_reported(session: AsyncSession, rows: RowScope, obligation_id: uuid.UUID) -> Obligation:
    """A copy of the obligation, whose row is locked."""
    obligation = await repository.locked(session, obligation_id, rows=rows)
    if obligation is None:
        raise ObligationNotFound()
    return obligation


def refuse_what_is_not_owed(obligation: Obligation) -> None:
    """409 for a period whose report is waived, part of another, or void."""
    if obligation.standing != "owed":
        covering = f"/v1/permits/obligations/{obligation.covered_by}" if obligation.covered_by else None
        raise NotOwed(standing=obligation.standing, reason=obligation.reason, covered_by=covering)


def reopen(session: AsyncSession, principal: Principal, obligation: Obligation) -> None:
    """条例 art. 22: a period whose report was not the enterprise's own is owed again, and late if its day is past.

    The caller has locked it.
    """
    report_id = obligation.report_id
    if report_id is None:
        return
    before = {"report_id": str(report_id), "reported_on": str(obligation.reported_on)}
    obligation.report_id, obligation.reported_on = None, None
    obligation.repudiated_report_id = report_id
    late = rules.days_late(obligation.due_on, clock.today())
    audit.record(
        session,
        principal,
        action=OBLIGATION_REOPENED,
        entity="obligation",
        entity_id=obligation.id,
        owner=obligation.uscc,
        before=before,
        after={"report_id": None, "repudiated_report_id": str(report_id), "days_late": late},
    )
    tell_reopened(session, obligation, report_id=report_id, days_late=late)


def answer_anew(obligation: Obligation, report_id: uuid.UUID) -> None:
    """The version that was signed anew answers the period; 409 where it is owed no more."""
    refuse_what_is_not_owed(obligation)
    obligation.repudiated_report_id = None
    obligation.report_id, obligation.reported_on = report_id, clock.today()


async def read(session: AsyncSession, rows: RowScope, obligation_id: uuid.UUID) -> ObligationDetail:
    """One obligation, with who was told of it."""
    seen = view(await get(session, rows, obligation_id), today=clock.today())
    notices = [NoticeRead.model_validate(each) for each in await queries.notices_of(session, obligation_id)]
    return ObligationDetail(**seen.model_dump(), notices=notices)


async def listing(
    session: AsyncSession, rows: RowScope, *, query: PageQuery, **filters: Any
) -> Page[ObligationRead]:
    """A page of obligations, by the end of their periods."""
    today = clock.today()
    found, following = await repository.page_of(session, rows=rows, query=query, today=today, **filters)
    return Page(items=[view(each, today=today) for each in found], next_cursor=following)
