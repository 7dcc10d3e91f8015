"""Limits of an ordinary day that are not the same on all days of a report's period. Pure: no clock, no database.

Sources: 排污许可管理条例 (Order 736) art. 14-16 (a permit changes by another version, from its day on), art. 19, 21
(records say on which day it was), art. 22 (a report covers its whole period), art. 34 (over the permitted value). How a
figure is judged whose day nobody knows is ours (decision 0044).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from services.kit.findings import Findings, pointer
from services.kit.texts import Text
from services.permits.permits.rules import LimitFact
from services.permits.reports import rules
from services.permits.reports.rules import Exceedance, ValueFact, multiple_of
from services.permits.reports.rules_limits import CONCENTRATION_FIGURES, Key, Limits, figure_for, key_of
from services.permits.reports.rules_units import said

_DAY = timedelta(days=1)
_OF_A_DAY = (None, "instant", "hour", "day")
"""Averaging periods of limits that the records of one day can be over."""
_SOME_DAYS = Text(
    zh="不符合报告期内部分日期的许可限值（{days}），自行监测记录未表明数值出现在哪一天",
    en="not within the limit of some days of the period ({days}); no self-monitoring record shows on which day it was",
)


class Stretch(NamedTuple):
    """Days of a period, both included, with the limits of the permit version that held on them."""

    first: date
    last: date
    limits: Iterable[LimitFact]


class Measured(NamedTuple):
    """The highest record of a day, as the figure that it is held against limits as."""

    day: date
    outlet_code: str
    pollutant_code: str
    unit: str
    figure: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Changing:
    """A limit that is not the same on all days on which the permit has its line."""

    facts: Sequence[LimitFact]
    """Each with its own days, the oldest first; all in one unit, held against one figure."""
    always: bool
    """Whether one of them held on each of those days."""

    @property
    def line(self) -> tuple[str, str, str]:
        newest = self.facts[-1]
        return (*key_of(newest), newest.kind)

    @property
    def strictest(self) -> LimitFact:
        """条例 art. 34: whoever keeps it kept the limit of every day."""
        lower = max((each.lower_value for each in self.facts if each.lower_value is not None), default=None)
        return self._bounded(min(each.strictest for each in self.facts), lower)

    @property
    def laxest(self) -> LimitFact:
        """条例 art. 34: whoever is over it was over the limit of any day."""
        lowers = [each.lower_value for each in self.facts]
        lower = None if None in lowers else min(each for each in lowers if each is not None)
        return self._bounded(max(each.strictest for each in self.facts), lower)

    def _bounded(self, value: Decimal, lower: Decimal | None) -> LimitFact:
        return replace(self.facts[-1], value=value, promised_value=None, lower_value=lower)


@dataclass(frozen=True, slots=True)
class OfPeriod:
    """What a period's limits are, line by line."""

    limits: Limits
    """One of each line and kind: the strictest of the period; of yearly amounts the last."""
    by_day: Sequence[LimitFact]
    """The same, each as often as it changed, with its own days."""
    changing: Sequence[Changing]


def of_period(stretches: Sequence[Stretch]) -> OfPeriod:
    """条例 art. 14-16, 22: each line that the permit had on any of these days, with the limits that held on them.

    `stretches` are in the order of their days. A yearly amount (art. 34(1)) is the one that held on the last of the
    days on which the permit had the line: for most the year's end, as for the totals of a permit. Limits of one kind in
    another unit than the last, or over another time, are compared with no figure: on their days there is none.
    """
    start, end = stretches[0].first, stretches[-1].last
    lines: dict[Key, list[tuple[date, date, Mapping[str, LimitFact]]]] = {}
    for stretch in stretches:
        of_stretch: dict[Key, list[LimitFact]] = {}
        for fact in stretch.limits:
            of_stretch.setdefault(key_of(fact), []).append(fact)
        for key, facts in of_stretch.items():
            lines.setdefault(key, []).extend(_spans(facts, stretch.first, stretch.last))
    limits: list[LimitFact] = []
    by_day: list[LimitFact] = []
    changing: list[Changing] = []
    for _, spans in sorted(lines.items()):
        for kind in sorted({kind for *_, held in spans for kind in held}):
            facts = _joined(kind, spans, start, end)
            if kind == "annual_amount":
                facts = facts[-1:] if kind in spans[-1][2] else []
                by_day += facts
                limits += facts
                continue
            by_day += facts
            known = Changing(
                compared := [each for each in facts if _compares(each, facts[-1])],
                len(compared) == len(facts) and all(kind in held for *_, held in spans),
            )
            if len(compared) == 1 and known.always:
                limits += compared
            else:
                limits.append(known.strictest)
                changing.append(known)
    return OfPeriod(Limits(limits), by_day, changing)


def _spans(
    facts: Sequence[LimitFact], first: date, last: date
) -> Iterator[tuple[date, date, Mapping[str, LimitFact]]]:
    """The days from `first` to `last` on which any of a line's limits holds, cut where one begins or ends; of each
    kind the strictest."""
    turns = {each.valid_from for each in facts}
    turns |= {each.valid_to + _DAY for each in facts if each.valid_to is not None}
    begins = sorted({first, *(day for day in turns if first < day <= last)})
    in_order = sorted(facts, key=attrgetter("strictest"), reverse=True)
    for begin, following in pairwise([*begins, last + _DAY]):
        held = {each.kind: each for each in in_order if each.holds_on(begin)}
        if held:
            yield begin, following - _DAY, held


def _joined(
    kind: str, spans: Iterable[tuple[date, date, Mapping[str, LimitFact]]], start: date, end: date
) -> list[LimitFact]:
    """A line's limits of one kind, those that go on unchanged as one; each on its own days of the period."""
    found: list[LimitFact] = []
    for first, last, held in spans:
        if kind not in held:
            continue
        fact = held[kind]
        if first > start:
            fact = replace(fact, valid_from=first)
        if last < end:
            fact = replace(fact, valid_to=last)
        if found and found[-1].valid_to == first - _DAY and _bounds(found[-1]) == _bounds(fact):
            fact = replace(fact, valid_from=found.pop().valid_from)
        found.append(fact)
    return found


def _bounds(fact: LimitFact) -> tuple[object, ...]:
    return fact.value, fact.strictest, fact.lower_value, fact.unit, figure_for(fact)


def _compares(one: LimitFact, other: LimitFact) -> bool:
    return (one.unit, figure_for(one)) == (other.unit, figure_for(other))


def exceedances(
    found: Findings,
    changing: Iterable[Changing],
    values: Sequence[ValueFact],
    records: Sequence[Measured],
) -> list[Exceedance]:
    """条例 art. 34: of limits that changed within the period what is certainly over one, the worst of each.

    Certain is a record over the limit of its own day (art. 19, 21), and a figure of the period over every limit that
    held in it. A figure that is over some of them, where no record is as high on a day that allowed it, is of a day
    that nobody knows: no exceedance, and to be explained (`found`).
    """
    lines = {value.key: (index, value) for index, value in enumerate(values)}
    certain = []
    for each in changing:
        strictest = each.strictest
        index, value = lines.get(key_of(strictest), (0, None))
        over = rules.exceedances((strictest,), (value,)) if value is not None else ()
        if value is None or not over:
            continue
        of_days = _records_of(each, records)
        shown = [*_over_their_day(each, of_days)]
        if each.always:
            shown += rules.exceedances((each.laxest,), (value,))
        if shown:
            certain.append(max(shown, key=attrgetter("multiple")))
            continue
        (stated,) = over
        is_high = stated.value >= stated.limit
        if not (is_high and any(record.value >= stated.value for record in of_days)):
            _say(found, index, each, stated, is_high=is_high)
    return certain


def _records_of(changing: Changing, records: Iterable[Measured]) -> list[Measured]:
    """The records that are held against a limit; of one over more than a day none is."""
    limit = changing.facts[-1]
    averaging = limit.averaging.period if limit.averaging is not None else None
    asked = (*key_of(limit), limit.unit, figure_for(limit))
    return [each for each in records if averaging in _OF_A_DAY and each[1:-1] == asked]


def _over_their_day(changing: Changing, records: Iterable[Measured]) -> Iterator[Exceedance]:
    """条例 art. 19, 21: each record over the limit of its own day."""
    for record in records:
        for limit in changing.facts:
            bound = limit.strictest
            if limit.holds_on(record.day) and record.value > bound:
                multiple = multiple_of(record.value, bound)
                yield Exceedance(*changing.line, bound, record.value, multiple)


def _say(found: Findings, index: int, changing: Changing, over: Exceedance, *, is_high: bool) -> None:
    broken = [
        each
        for each in changing.facts
        if (over.value >= each.strictest if is_high else (each.lower_value or over.value) > over.value)
    ]
    text = _SOME_DAYS.format(days="; ".join(map(_dated, broken)))
    where = pointer("values", index, str(figure_for(changing.facts[-1])))
    names = (*CONCENTRATION_FIGURES, "rate_max")
    rests_on = tuple(
        pointer("values", index, name)
        for name in (*names, *(f"{name}_qualifier" for name in names), "concentration_unit", "rate_unit")
    )
    found.add(where, "over_limit_of_some_days", text, article=rules.ARTICLE_REPORT, rests_on=rests_on)


def _dated(limit: LimitFact) -> str:
    bounds = [each for each in (limit.lower_value, limit.strictest) if each is not None]
    return f"{'–'.join(map(said, bounds))}: {limit.valid_from} – {limit.valid_to or ''}".rstrip()
