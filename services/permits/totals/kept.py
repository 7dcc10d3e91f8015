"""The figures of years are kept beside what they are made of, so that sums over the city need not work them out.

A round works out those of each permit once, then of the permits of which something has changed since (`changes`). It
pays for itself: nothing that an enterprise or the bureau does waits for it. Sums read the stored figures, and work out
anew those of the permits that the round has not come to yet: nothing that has committed is missing in them, ever.

Figures of another file of control, or of other rules, are another edition: two versions of the service that run beside
each other for a while each have their own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import ModuleType

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import EVERY_ROW, RowScope
from services.kit.rounds import Round
from services.kit.telemetry import log
from services.permits.reports import rules_totals
from services.permits.totals import changes, figures, forecast, queries, rules, stored
from services.permits.totals.changes import EVERY_YEAR
from services.permits.totals.control import Control
from services.permits.totals.figures import Standing
from services.permits.totals.models import FiguresEdition
from services.permits.totals.stored import Grouping, Line, Sum

EVERY = timedelta(minutes=1)
"""A permit that reports many times meanwhile is worked out once. The round has its process's time, which is the
submissions' own: every ten seconds it took a tenth of them from a flood."""
PERMITS_A_STEP, FACTS_A_STEP = 50, 500
"""Few permits: what a step reads of them is worked through in one go, while requests wait."""
UNUSED_AFTER = timedelta(days=1)
_USED_EVERY = timedelta(hours=1)
_CALCULATION: tuple[ModuleType, ...] = (figures, forecast, queries, rules, rules_totals)


@lru_cache(maxsize=8)
def _fingerprint(controlled: str) -> str:
    digest = hashlib.sha256(controlled.encode())
    for module in _CALCULATION:
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()


def fingerprint(control: Control) -> str:
    """Of all that figures are made with, beside what is in the database: the pollutants and their codes, the rules."""
    return _fingerprint(json.dumps([[name, each.codes] for name, each in control.pollutants.items()]))


def lines_of(standing: Standing) -> list[Line]:
    """The rows of one permit in one year."""
    held = standing.held
    of = {
        "permit_number": held.permit_number,
        "year": held.year,
        "uscc": held.uscc,
        "industry_code": held.industry_code,
    }
    if not standing.figures:
        return [{**of, "pollutant": stored.NOTHING_KNOWN, "complete": False}]
    return [
        {
            **of,
            "pollutant": each.pollutant,
            "quota_t": _text(each.quota),
            "permitted_t": _text(each.permitted),
            "actual_t": _text(each.actual),
            "expected_t": _text(each.forecast.expected_t if each.forecast else None),
            "complete": each.complete,
        }
        for each in standing.figures
    ]


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


async def sums(
    session: AsyncSession, *, rows: RowScope, year: int, by: Grouping | None, control: Control
) -> list[Sum]:
    """Sums over the caller's permits that held in a year, by group and pollutant, as of now."""
    edition = await stored.edition(session, fingerprint(control))
    instead: list[str] | None = None  # of all permits
    if edition is not None and edition.built_at is not None:
        instead = await changes.since(session, edition.position, years=[year])
    lines: list[Line] = []
    if instead is None or instead:
        found = await figures.standings(
            session, rows=rows, years=range(year, year + 1), control=control, permit_numbers=instead
        )
        lines = [line for each in found for line in lines_of(each)]
    return await stored.sums(
        session,
        rows=rows,
        year=year,
        by=by,
        edition_id=None if edition is None or instead is None else edition.id,
        instead=instead or (),
        lines=lines,
    )


@dataclass(slots=True)
class _Pass:
    """One round's steps, each a transaction: over once all is in line, or by a step that failed, as would the next."""

    is_over: bool = False


def keeping(control: Control) -> Round:
    """Brings the stored figures in line, a few permits at a time."""

    async def due(session: AsyncSession) -> Iterable[_Pass]:
        return [_Pass()] * await _steps_due(session, control)

    async def act(session: AsyncSession, of: _Pass) -> None:
        if of.is_over:
            return
        of.is_over = True
        of.is_over = not await step(session, control)

    return Round("permits.year_figures", EVERY, due, act)


async def _steps_due(session: AsyncSession, control: Control) -> int:
    """How many steps there are to the end at most, as it looks now."""
    edition, now = await stored.edition(session, fingerprint(control)), clock.now()
    if edition is None or edition.built_at is None:
        left = await stored.count_permits_after(session, edition.built_to if edition else "")
        return left // PERMITS_A_STEP + 1
    new = await changes.newest_position(session) - edition.position
    return -(-new // PERMITS_A_STEP) or int(edition.used_at < now - _USED_EVERY)


async def step(session: AsyncSession, control: Control) -> bool:
    """One step of a round, in the caller's transaction: some more permits, or what some more facts have changed.

    Whether there is more to do.
    """
    now = clock.now()
    edition = await stored.locked(session, fingerprint(control), now)
    work = _build if edition.built_at is None else _follow
    is_more = await work(session, edition, control)
    if edition.used_at < now - _USED_EVERY:
        edition.used_at = now
        await session.flush()
        await stored.forget_unused(session, now - UNUSED_AFTER)
    session.add(edition)
    return is_more


async def _build(session: AsyncSession, edition: FiguresEdition, control: Control) -> bool:
    numbers = await stored.permits_after(session, edition.built_to, PERMITS_A_STEP)
    if numbers:
        await _work_out(session, edition, numbers, EVERY_YEAR, control)
        edition.built_to = numbers[-1]
    if len(numbers) < PERMITS_A_STEP:
        edition.built_at = clock.now()
        taken = (edition.built_at - edition.begun_at).total_seconds()
        log.info("year_figures_built", seconds=round(taken, 1))
    return edition.built_at is None


async def _follow(session: AsyncSession, edition: FiguresEdition, control: Control) -> bool:
    """What facts without a position changed may be worked out now; it is again once they have one."""
    newest = await changes.newest_position(session)
    until = min(newest, edition.position + FACTS_A_STEP)
    changed: dict[str, range] = {}
    for each in await changes.between(session, edition.position, until):
        known = changed.get(each.permit_number)
        if known is None and len(changed) == PERMITS_A_STEP:
            until = each.position - 1
            break
        changed[each.permit_number] = _both(known, each.years)
    by_years: dict[range, list[str]] = {}
    for number, years in changed.items():
        by_years.setdefault(years, []).append(number)
    for years, numbers in by_years.items():
        await _work_out(session, edition, numbers, years, control)
    edition.position = until
    return until < newest


def _both(one: range | None, other: range) -> range:
    """The years of both, and those between."""
    return other if one is None else range(min(one[0], other[0]), max(one[-1], other[-1]) + 1)


async def _work_out(
    session: AsyncSession, edition: FiguresEdition, numbers: Iterable[str], years: range, control: Control
) -> None:
    if edition.id is None:
        raise AssertionError("an edition of the database has its number")
    numbers = list(numbers)
    found = await figures.standings(
        session, rows=EVERY_ROW, years=years, control=control, permit_numbers=numbers
    )
    lines = [line for each in found for line in lines_of(each)]
    await stored.replace(session, edition.id, numbers, years, lines)
