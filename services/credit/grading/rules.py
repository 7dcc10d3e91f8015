"""Scores and grades (环境信用评价). Pure: the same pack, entries and day give the same answer anywhere.

The numbers are in rule packs (`packs/*.json`), because each province has its own. What is here is the arithmetic
that the point systems share: a start value, points for a time, a maximum, bands (江苏12分制 and its kind).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from services.kit.texts import Text

ARTICLE_BANDS = "评分与等级划分"
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Clause:
    """What one kind of fact is worth, and for how many months; None: for ever."""

    code: str
    kinds: tuple[str, ...]
    title: Text
    points: Decimal
    valid_months: int | None
    article: str


@dataclass(frozen=True, slots=True)
class Band:
    """A grade and the score from which it is given; None: whatever is below the others."""

    code: str
    name: Text
    at_least: Decimal | None


@dataclass(frozen=True, slots=True)
class Pack:
    """The rules of one jurisdiction from one day on. `digest` is the SHA-256 of its RFC 8785 form."""

    id: str
    digest: str
    title: Text
    jurisdiction: str
    source: str
    valid_from: date
    valid_to: date | None
    start: Decimal
    maximum: Decimal
    effect_after_days: int
    bands: tuple[Band, ...]
    clauses: Mapping[str, Clause]

    def in_force_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a pack makes of a fact: points, and the days on which they count, both included."""

    points: Decimal
    effective_from: date
    effective_to: date | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An admitted record as the log has it: judged by the rules of its day."""

    index: int
    kind: str
    clause: str | None
    points: Decimal
    effective_from: date
    effective_to: date | None


class Standing(StrEnum):
    """Whether an entry counts on a day."""

    COUNTS = "counts"
    NOT_YET = "not_yet_effective"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in a score's explanation."""

    entry: Entry
    standing: Standing


@dataclass(frozen=True, slots=True)
class Score:
    """`value` is the score, `raw` the sum before the maximum was applied."""

    value: Decimal
    raw: Decimal
    band: Band
    lines: tuple[Line, ...]

    @property
    def counted(self) -> list[int]:
        """Log indices of the entries that count, in order."""
        return [line.entry.index for line in self.lines if line.standing is Standing.COUNTS]


def judge(pack: Pack, *, clause: str | None, decision_date: date) -> Judgement:
    """Points and validity of a fact decided on this day (规则包 effect: 自信息产生之日起第15日起算).

    Without a clause (a clean inspection, an incident that led to no decision) it counts nothing and does not end.
    KeyError for a clause that the pack does not have.
    """
    if clause is None:
        return Judgement(_NOTHING, decision_date, None)
    rule = pack.clauses[clause]
    begin = decision_date + timedelta(days=pack.effect_after_days)
    end = None if rule.valid_months is None else _add_months(begin, rule.valid_months) - timedelta(days=1)
    return Judgement(rule.points, begin, end)


def standing_on(entry: Entry, day: date) -> Standing:
    """Rolling validity: an entry counts from its first day to its last, both included."""
    if day < entry.effective_from:
        return Standing.NOT_YET
    if entry.effective_to is not None and entry.effective_to < day:
        return Standing.EXPIRED
    return Standing.COUNTS


def score(pack: Pack, entries: Iterable[Entry], valid_at: date) -> Score:
    """The score on a day: start value plus the points that count, at most the maximum.

    The order of the entries makes no difference: the maximum is applied once, to the sum.
    """
    ordered = sorted(entries, key=lambda entry: entry.index)
    lines = tuple(Line(entry, standing_on(entry, valid_at)) for entry in ordered)
    counting = (line.entry.points for line in lines if line.standing is Standing.COUNTS)
    raw = sum(counting, pack.start)
    value = min(raw, pack.maximum)
    return Score(value, raw, grade_of(pack.bands, value), lines)


def grade_of(bands: Sequence[Band], value: Decimal) -> Band:
    """The highest band whose limit the score reaches (江苏: 绿11–12, 蓝6–10, 黄3–5, 红1–2, 黑≤0)."""
    return next(band for band in bands if band.at_least is None or value >= band.at_least)


def _add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
