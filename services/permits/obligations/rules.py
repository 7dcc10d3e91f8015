"""Which execution reports a permit owes, for which periods, and by when. Pure: no clock, no database.

Sources: 排污许可管理条例 art. 22 (reports as the permit says); HJ 944-2018 and permits in force (periods, when a
period is too short to report, what may be merged). Due days are what the permit says, not a constant of the law.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from services.kit.findings import Findings
from services.kit.texts import Text
from services.permits.obligations.rules_due import (
    ARTICLE_REPORT,
    MONTHS_OF,
    SOURCE_PERIODS,
    Override,
    own_due,
    settled,
)

KINDS = tuple(MONTHS_OF)
NAMES = {"monthly": "月度", "quarterly": "季度", "half_yearly": "半年", "annual": "年度"}
_DAY = timedelta(days=1)
_STOPPED_AFTER = Text(zh="停产起始日在报告期之后", en="production stopped after the period only")
_STOPPED_DAYS = Text(
    zh="停产前该期只有{days}天，生产天数不能更多",
    en="there are only {days} days of the period before production stopped",
)

Key = tuple[str, date]
"""A kind of report and the first day of its period: one permit owes each once."""


@dataclass(frozen=True, slots=True)
class Duties:
    """What one permit says about its reports (许可证副本: 执行报告要求).

    The `…_from` are where this register takes over: earlier reports were made elsewhere. `merge_upward`: the report
    of a quarter's last month is part of the quarterly one, and that of the fourth quarter of the annual one.
    """

    quarterly: bool
    annual: bool
    quarterly_due_day: int
    annual_due_month: int
    annual_due_day: int
    quarterly_from: date | None = None
    annual_from: date | None = None
    monthly: bool = False
    half_yearly: bool = False
    monthly_due_day: int = 15
    half_yearly_due_day: int = 15
    monthly_from: date | None = None
    half_yearly_from: date | None = None
    merge_upward: bool = False

    def asks_for(self, kind: str) -> bool:
        """Whether the permit wants this kind of report."""
        return bool(getattr(self, kind))

    def kept_from(self, kind: str) -> date:
        """The first day from which this kind is kept here."""
        return getattr(self, f"{kind}_from") or date.min


@dataclass(frozen=True, slots=True)
class Skips:
    """For how long a permit must have been held in a period to owe its report (HJ 944-2018; seen in permits in
    force). For the half-yearly report: from memory."""

    days_for_monthly: int = 10
    months_for_quarterly: int = 1
    months_for_half_yearly: int = 3
    months_for_annual: int = 3

    def enough(self, kind: str, first: date, last: date) -> bool:
        """Whether holding it from `first` to `last`, both included, is long enough."""
        if kind == "monthly":
            return (last - first).days + 1 >= self.days_for_monthly
        return add_months(first, getattr(self, f"months_for_{kind}")) <= last + _DAY

    def reason(self, kind: str) -> str:
        """Why the report of a shorter time is waived."""
        if kind == "monthly":
            return f"{SOURCE_PERIODS}: 当月持证不足{self.days_for_monthly}天，不报送月度执行报告"
        months = getattr(self, f"months_for_{kind}")
        return f"{SOURCE_PERIODS}: 该期持证不足{months}个月，不报送{NAMES[kind]}执行报告"


@dataclass(frozen=True, slots=True)
class Version:
    """What one version of a permit says, and on which days, both included."""

    number: int
    valid_from: date
    valid_to: date
    duties: Duties
    industry_code: str


@dataclass(frozen=True, slots=True)
class Holding:
    """Days, both included, on which one version holds."""

    first: date
    last: date
    version: Version


@dataclass(frozen=True, slots=True)
class Duty:
    """One report of one period: by when it is due and why, or why it is not to be made by itself."""

    kind: str
    period_start: date
    period_end: date
    due_on: date
    due_basis: str
    basis: str
    standing: str = "owed"
    """`owed`; `waived`: the permit was held for too short a time; `merged`: part of the one that covers it."""
    reason: str | None = None
    covered_by: Key | None = None

    @property
    def key(self) -> Key:
        return self.kind, self.period_start


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last day of that month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def periods(kind: str, first: date, last: date) -> Iterator[tuple[date, date]]:
    """The calendar periods that the days from `first` to `last` touch, in order (HJ 944-2018: 自然月、季、年)."""
    months = MONTHS_OF[kind]
    start = date(first.year, (first.month - 1) // months * months + 1, 1)
    while start <= last:
        following = add_months(start, months)
        yield start, following - _DAY
        start = following


def holdings(versions: Iterable[Version], *, ended_on: date | None = None) -> list[Holding]:
    """Which version holds on which days: the newest of those whose days they are (条例 art. 14-16).

    `ended_on` is the last day of a permit that was ended before its time.
    """
    known = [each for each in versions if ended_on is None or each.valid_from <= ended_on]
    last_days = {each: min(each.valid_to, ended_on or date.max) for each in known}
    cuts = sorted({each.valid_from for each in known} | {last + _DAY for last in last_days.values()})
    found: list[Holding] = []
    for first, following in pairwise(cuts):
        holding = [each for each in known if each.valid_from <= first <= last_days[each]]
        if not holding:
            continue
        newest = max(holding, key=lambda each: each.number)
        if found and found[-1].version == newest and found[-1].last + _DAY == first:
            found[-1] = replace(found[-1], last=following - _DAY)
        else:
            found.append(Holding(first, following - _DAY, newest))
    return found


def _asking(held: Sequence[Holding], kind: str) -> list[tuple[date, date]]:
    """The unbroken spans of days on which the permit asks for this kind of report."""
    spans: list[tuple[date, date]] = []
    for each in held:
        if not each.version.duties.asks_for(kind):
            continue
        if spans and spans[-1][1] + _DAY == each.first:
            spans[-1] = (spans[-1][0], each.last)
        else:
            spans.append((each.first, each.last))
    return spans


def duties_of(
    held: Sequence[Holding], *, overrides: Sequence[Override] = (), skips: Skips | None = None
) -> list[Duty]:
    """Every report of a permit over its life, in order of period (条例 art. 22): those that are owed, and those that
    are not, with the reason. Each is what the version says that held last in its period."""
    skips = skips or Skips()
    found: list[Duty] = []
    for kind in KINDS:
        spans = _asking(held, kind)
        if spans:
            of_kind = [
                _duty(kind, period, version, overrides)
                for period in periods(kind, spans[0][0], spans[-1][1])
                if (version := _last_asking(kind, period, held)) is not None
                and version.duties.kept_from(kind) <= period[0]
            ]
            found += _rolled([_waived(each, spans, skips) for each in of_kind])
    return sorted(_merged(found, held), key=lambda each: (each.period_end, KINDS.index(each.kind)))


def _last_asking(kind: str, period: tuple[date, date], held: Sequence[Holding]) -> Version | None:
    touching = [
        each.version
        for each in held
        if each.version.duties.asks_for(kind) and each.first <= period[1] and period[0] <= each.last
    ]
    return touching[-1] if touching else None


def _duty(kind: str, period: tuple[date, date], version: Version, overrides: Sequence[Override]) -> Duty:
    start, end = period
    due_on, due_basis = settled(
        own_due(kind, end, version.duties),
        overrides,
        kind=kind,
        period_end=end,
        industry_code=version.industry_code,
    )
    return Duty(
        kind, start, end, due_on, due_basis, f"{ARTICLE_REPORT}; {SOURCE_PERIODS}: {NAMES[kind]}执行报告"
    )


def _waived(duty: Duty, spans: Sequence[tuple[date, date]], skips: Skips) -> Duty:
    """HJ 944-2018: a period in which the permit was held for too short a time owes no report of its own."""
    parts = [(max(first, duty.period_start), min(last, duty.period_end)) for first, last in spans]
    if any(skips.enough(duty.kind, first, last) for first, last in parts if first <= last):
        return duty
    return replace(duty, standing="waived", reason=skips.reason(duty.kind))


def _rolled(of_kind: list[Duty]) -> list[Duty]:
    """HJ 944-2018: what a waived report would have said is part of the next one, where there is one."""
    following = {earlier.key: later for earlier, later in pairwise(of_kind)}
    return [
        replace(each, covered_by=following[each.key].key, reason=f"{each.reason}，纳入下一期")
        if each.standing == "waived" and each.key in following
        else each
        for each in of_kind
    ]


def _merged(found: list[Duty], held: Sequence[Holding]) -> list[Duty]:
    """HJ 944-2018: of March, June, September and December into the quarter, of the fourth quarter into the year;
    only into one that is made."""
    upper = {"monthly": "quarterly", "quarterly": "annual"}
    by_end = {(each.kind, each.period_end): each for each in found if each.standing == "owed"}
    merged = []
    for each in found:
        covering = by_end.get((upper.get(each.kind, ""), each.period_end))
        version = _last_asking(each.kind, (each.period_start, each.period_end), held)
        if each.standing != "owed" or covering is None or version is None or not version.duties.merge_upward:
            merged.append(each)
            continue
        reason = f"{SOURCE_PERIODS}: 并入{NAMES[covering.kind]}执行报告"
        merged.append(replace(each, standing="merged", reason=reason, covered_by=covering.key))
    return merged


def days_late(due_on: date, submitted_on: date) -> int:
    """Calendar days after the due day; 0 when in time (条例 art. 37 counts each report that is not submitted)."""
    return max(0, (submitted_on - due_on).days)


def may_be_reported(*, period_end: date, today: date, stopped_from: date | None) -> bool:
    """条例 art. 22: a report is about what has been. Where production has stopped for the rest of the period, the
    rest is known to be nothing, and the report need not wait for it."""
    return period_end < today or (stopped_from is not None and stopped_from <= min(today, period_end))


def check_stopped(
    found: Findings, *, stopped_from: date | None, production_days: int, period_start: date, period_end: date
) -> None:
    """条例 art. 22: a stop of production is reported like anything else, and is what it is said to be."""
    if stopped_from is None:
        return
    if stopped_from > period_end:
        found.add("/stopped_from", "stopped_after_period", _STOPPED_AFTER, article=ARTICLE_REPORT)
        return
    days = max(0, (stopped_from - period_start).days)
    if production_days > days:
        found.add(
            "/production_days",
            "produced_while_stopped",
            _STOPPED_DAYS.format(days=days),
            article=ARTICLE_REPORT,
            rests_on=("/stopped_from",),
        )
