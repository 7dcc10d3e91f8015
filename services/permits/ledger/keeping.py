"""Use cases: whether the ledger was written as often as the permit says; of one permit, of all."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import RowScope
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.permits.batches.views import permit_of
from services.permits.endings import service as endings
from services.permits.ledger import frequencies, rules_frequency
from services.permits.ledger.errors import LedgerSpanTooLong
from services.permits.ledger.rules_frequency import Asked, Held, Kept
from services.permits.ledger.schemas import GapRead, KeptRead, LedgerCompleteness, LedgerKept
from services.permits.obligations import repository as obligations
from services.permits.obligations import rules as duties
from services.permits.obligations import service as permit_facts
from services.permits.permits.models import PermitVersion

MOST_DAYS = 366
_DAY = timedelta(days=1)
_USUAL = timedelta(days=30)


def _span(since: date | None, until: date | None) -> tuple[date, date]:
    """Days that are over: to yesterday, 31 of them where nobody says otherwise."""
    yesterday = clock.today() - _DAY
    until = min(until or yesterday, yesterday)
    since = since or until - _USUAL
    if (until - since).days >= MOST_DAYS or since > until + _DAY:
        raise LedgerSpanTooLong(days=MOST_DAYS)
    return since, until


async def of_permit(
    session: AsyncSession, rows: RowScope, *, permit_number: str, since: date | None, until: date | None
) -> LedgerKept:
    """Each requirement of one permit, and where its ledger has gaps."""
    permit = await permit_of(session, rows, permit_number)
    since, until = _span(since, until)
    found = (await _kept(session, {permit.id: permit.permit_number}, since, until))[permit.id]
    return LedgerKept(
        permit_number=permit.permit_number, since=since, until=until, items=[view(each) for each in found]
    )


async def kept_in(
    session: AsyncSession, *, permit_id: uuid.UUID, permit_number: str, first: date, last: date
) -> list[Kept]:
    """How one permit's ledger was kept in these days, as far as they are over; whoever asks has seen to it that the
    caller may read it."""
    last = min(last, clock.today() - _DAY)
    return (await _kept(session, {permit_id: permit_number}, first, last))[permit_id]


async def listing(
    session: AsyncSession, rows: RowScope, *, query: PageQuery, since: date | None, until: date | None
) -> Page[LedgerCompleteness]:
    """A row a permit whose ledger is asked for, by number: how many periods are over, and how many lack entries."""
    since, until = _span(since, until)
    found, following = await frequencies.page_with_ledger(session, rows=rows, query=query, since=since)
    numbers = {permit.id: permit.permit_number for permit, _ in found}
    by_permit = await _kept(session, numbers, since, until)
    items = []
    for permit, name in found:
        of_permit = by_permit[permit.id]
        gaps = [gap for each in of_permit for gap in each.gaps]
        items.append(
            LedgerCompleteness(
                **permit.model_dump(include={"permit_number", "uscc", "site_name"}),
                enterprise_name=name,
                since=since,
                until=until,
                periods=sum(each.windows for each in of_permit),
                missing=len(gaps),
                missing_since=min((gap.first for gap in gaps), default=None),
            )
        )
    return Page(items=items, next_cursor=following)


def view(each: Kept) -> KeptRead:
    asked = each.asked
    return KeptRead(
        category=asked.category,
        facility_code=asked.facility_code,
        frequency=asked.words,
        basis=asked.basis,
        state=each.state,
        entries=each.entries,
        periods=each.windows,
        missing=len(each.gaps),
        gaps=[
            GapRead(
                first=gap.first,
                last=gap.last,
                periods=gap.windows,
                wanted=gap.wanted,
                recorded=gap.recorded,
            )
            for gap in rules_frequency.runs(each.gaps)
        ],
    )


async def _kept(
    session: AsyncSession, permits: Mapping[uuid.UUID, str], since: date, until: date
) -> dict[uuid.UUID, list[Kept]]:
    """By permit; `permits` are their numbers."""
    asked = await _held(session, list(permits))
    begin = min((each.first for held in asked.values() for each in _starting(held, since)), default=since)
    wanted = [number for permit_id, number in permits.items() if asked[permit_id]]
    counts = await frequencies.counts_by_day(session, wanted, since=min(begin, since), until=until)
    return {
        permit_id: rules_frequency.kept(asked[permit_id], counts.get(number, {}), since=since, until=until)
        for permit_id, number in permits.items()
    }


def _starting(held: Iterable[Held], since: date) -> Iterable[Held]:
    """Requirements whose windows may begin before the span."""
    return (each for each in held if each.last >= since and each.asked.window != "day")


async def _held(session: AsyncSession, permit_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Held]]:
    """What each permit asks of its ledger, and on which days: each version while it holds."""
    versions = await obligations.versions_of(session, permit_ids)
    ended = await endings.bound_until_of(session, permit_ids)
    found: dict[uuid.UUID, list[Held]] = {}
    for permit_id, of_permit in versions.items():
        by_number = {version.version: asked_by(version) for version in of_permit}
        spans = duties.holdings(permit_facts.facts_of(of_permit), ended_on=ended.get(permit_id))
        found[permit_id] = rules_frequency.held(
            (each.first, each.last, by_number[each.version.number]) for each in spans
        )
    return found


def asked_by(version: PermitVersion) -> list[Asked]:
    """The ledger requirements of one version; treatment facilities each have their own (HJ 944-2018 section 4)."""
    terms: Mapping[str, list[dict[str, object]]] = version.terms
    treatment = [str(each["code"]) for each in terms.get("treatment_facilities", [])]
    found = []
    for row in frequencies.requirements(terms):
        facilities: list[str | None] = [*treatment] if row.category == "treatment" and treatment else [None]
        found += [
            Asked(row.category, facility, **row.frequency.model_dump(), form=row.form)
            for facility in facilities
        ]
    return found
