"""The year's figures of permits: quota, permitted, reported, remaining, forecast; loaded once for all of them."""

from __future__ import annotations

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.permits.totals import forecast as forecasting
from services.permits.totals import queries, repository, rules, views
from services.permits.totals.control import Control
from services.permits.totals.forecast import Forecast, Period
from services.permits.totals.queries import Held, Reported


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of one pollutant of one permit in one year; t/a. None is not known, never zero."""

    pollutant: str
    quota: Decimal | None
    permitted: Decimal | None
    reports: tuple[Reported, ...]
    last_year: tuple[Reported, ...]
    counted: tuple[Reported, ...] = ()
    forecast: Forecast | None = None

    @property
    def allowed(self) -> Decimal | None:
        """What binds: the lesser of quota and permitted."""
        return min((each for each in (self.quota, self.permitted) if each is not None), default=None)

    @property
    def actual(self) -> Decimal | None:
        amounts = [each.amount_t for each in self.counted if each.amount_t is not None]
        return sum(amounts, Decimal(0)) if amounts else None

    @property
    def remaining(self) -> Decimal | None:
        return None if self.allowed is None else self.allowed - (self.actual or 0)

    @property
    def months(self) -> frozenset[int]:
        return frozenset[int]().union(*(months_of(each) for each in self.counted))

    @property
    def complete(self) -> bool:
        whole = all(each.amount_t is not None and not each.lines_without_amount for each in self.counted)
        return self.months == forecasting.MONTHS and whole


@dataclass(frozen=True, slots=True)
class Standing:
    """One permit in one year."""

    held: Held
    figures: tuple[Figures, ...]


@dataclass(slots=True)
class _Loaded:
    entries: dict[tuple[str, str], list[rules.Entry]] = field(default_factory=lambda: defaultdict(list))
    permitted: queries.Stated = field(default_factory=dict)
    reported: dict[tuple[int, str, str], tuple[Reported, ...]] = field(default_factory=dict)


async def standings(
    session: AsyncSession,
    *,
    rows: RowScope,
    years: range,
    control: Control,
    permit_numbers: Collection[str] | None = None,
) -> list[Standing]:
    """How each permit of the caller stands in each of the years in which it held, pollutant by pollutant.

    By permit and year. Nothing but the year comes from outside of the database: what changes an answer is told in the
    event log (`changes.CHANGES`).
    """
    codes = control.of_code()
    held = await queries.held_in(session, years, rows=rows, permit_numbers=permit_numbers)
    loaded = _Loaded()
    for row in await repository.entries_of(session, {each.permit_number for each in held}):
        for permit in {row.from_permit, row.to_permit} - {None}:
            loaded.entries[permit or "", row.pollutant].append(views.fact(row))
    loaded.permitted = await queries.permitted_in(session, held, codes)
    since = range(years[0] - 1, years[-1] + 1)
    lines: dict[tuple[int, str, str], list[Reported]] = defaultdict(list)
    for each in await queries.reported_in(session, since, codes, rows=rows, permit_numbers=permit_numbers):
        lines[each.period_start.year, each.permit_number, codes[each.code]].append(each)
    loaded.reported = {key: merged(found) for key, found in lines.items()}
    made = []
    for each_held in held:
        made.append(Standing(each_held, tuple(_figures_of(each_held, control, loaded))))
        await asyncio.sleep(0)  # a city's permits take seconds: others have their turn between two of them
    return made


def _figures_of(held: Held, control: Control, loaded: _Loaded) -> Iterable[Figures]:
    year = held.year
    for pollutant, known in control.pollutants.items():
        entries = [
            each
            for each in loaded.entries.get((held.permit_number, pollutant), [])
            if each.from_year <= year  # an account that is opened later is none yet, not one of zero
        ]
        limit = rules.permitted_under(
            loaded.permitted.get((held.version_id, year, code), {}) for code in known.codes
        )
        now = loaded.reported.get((year, held.permit_number, pollutant), ())
        then = loaded.reported.get((year - 1, held.permit_number, pollutant), ())
        if not (entries or limit is not None or now):
            continue
        account = rules.Account(rules.Kind.PERMIT, held.permit_number)
        quota = rules.quota(entries, account, year) if entries else None
        yield with_forecast(year, Figures(pollutant, quota, limit, now, then))


def with_forecast(year: int, figures: Figures) -> Figures:
    """The figures with which reports count, and where they lead. A report without an amount forecasts nothing."""
    periods = {period_of(each): each for each in figures.reports if each.amount_t is not None}
    counted = forecasting.counted(periods)
    before = [period_of(each) for each in figures.last_year if each.amount_t is not None]
    used = [periods[each] for each in counted]
    covered = frozenset[int]().union(*(each.months for each in counted))
    unstated = [
        each for each in figures.reports if each.amount_t is None and months_of(each).isdisjoint(covered)
    ]
    year_end = forecasting.forecast(year, counted, before)
    return replace(figures, counted=(*used, *unstated), forecast=year_end)


def merged(reports: Iterable[Reported]) -> tuple[Reported, ...]:
    """One line a report, where a pollutant is counted under several codes."""
    by_report: dict[uuid.UUID, Reported] = {}
    for each in reports:
        known = by_report.get(each.report_id)
        by_report[each.report_id] = each if known is None else _added(known, each)
    return tuple(by_report.values())


def _added(one: Reported, other: Reported) -> Reported:
    stated = [each.amount_t for each in (one, other) if each.amount_t is not None]
    blank = one.lines_without_amount + other.lines_without_amount
    amount = sum(stated, Decimal(0)) if stated else None
    return replace(one, amount_t=amount, lines_without_amount=blank)


def months_of(report: Reported) -> frozenset[int]:
    """The months that a report is about; its period lies within one year."""
    return _months(report.period_start.month, report.period_end.month)


@lru_cache(maxsize=78)
def _months(first: int, last: int) -> frozenset[int]:
    return frozenset(range(first, last + 1))


def period_of(report: Reported) -> Period:
    return Period(months_of(report), report.amount_t or Decimal(0), report.production_days)
