"""How often the ledger is written, as the permit says, and where it has gaps. Pure: no clock, no database.

Sources: 排污许可管理条例 (Order 736) art. 21: the holder keeps a ledger as the permit says; HJ 944-2018 section 4: how
often each part is written (treatment facilities once a day while they work normally, production by batch or shift).
The requirements are part of an immutable version of the permit: what was wanted on any day follows from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from services.kit.findings import Findings
from services.kit.texts import Text
from services.permits.ledger.rules import ARTICLE_LEDGER, SOURCE_CONTENT, Kind
from services.permits.obligations import rules_sampling
from services.permits.obligations.rules_sampling import HELD_SHARE

WORDS = {**rules_sampling.WORDS, "shift": "班", "batch": "批次", "event": "次发生"}
NAMES = {
    "basic": Text(zh="基本信息", en="basic facts"),
    "production": Text(zh="生产设施运行", en="production"),
    "treatment": Text(zh="污染防治设施运行", en="treatment facilities"),
    "monitoring": Text(zh="监测记录", en="monitoring"),
    "other": Text(zh="其他", en="other matters"),
}
KINDS_OF: Mapping[str, tuple[Kind, ...]] = {
    "basic": (Kind.BASIC,),
    "production": (Kind.PRODUCTION, Kind.MATERIALS),
    "treatment": (Kind.TREATMENT, Kind.ABNORMAL),
    "monitoring": (Kind.MONITORING,),
    "other": (Kind.OTHER, Kind.ABNORMAL),
}
"""Which entries answer a requirement; an abnormal state is written instead of the normal one. Ours."""

_DAY = timedelta(days=1)
_HOURS = 24
_INCOMPLETE = Text(
    zh="台账不全：{name}{facility}应{words}，{first}至{last}缺{missing}期",
    en="the ledger is incomplete: {name} {facility} {words}, {missing} periods from {first} to {last} lack an entry",
)
_NO_BATCH = Text(
    zh="台账不全：生产{days}天，而{name}{facility}（{words}）没有记录",
    en="the ledger is incomplete: {days} days of production, and no entry of {name} {facility} ({words})",
)

Counts = Mapping[tuple[str, str | None], Mapping[date, int]]
"""How many entries were made, by kind and facility, on which day."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one requirement of the permit wants written about one facility (or the whole site), `count` times in
    `every` windows of `per`."""

    category: str
    facility_code: str | None
    count: int
    per: str
    every: int = 1
    form: str = "electronic"

    @property
    def words(self) -> str:
        return f"{self.count}次/{self.every if self.every > 1 else ''}{WORDS[self.per]}"

    @property
    def basis(self) -> str:
        return f"{ARTICLE_LEDGER}; {SOURCE_CONTENT}: {self.words}"

    @property
    def dated(self) -> bool:
        """Whether it says by when; a batch or an event has no day of its own."""
        return self.per not in ("batch", "event")

    @property
    def window(self) -> str:
        """The calendar window in which entries are counted: what is wanted by the hour or shift, in a day. How many
        shifts a day has the permit does not say: one is the least."""
        return "day" if self.per in ("hour", "shift") else self.per

    @property
    def wanted(self) -> int:
        """How many entries a window wants."""
        return max(1, self.count * _HOURS // self.every) if self.per == "hour" else self.count


@dataclass(frozen=True, slots=True)
class Held:
    """The days, both included, on which a requirement holds."""

    asked: Asked
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Gap:
    """A window that lacks entries, or several in a row: from the first day of the first to the last of the last."""

    first: date
    last: date
    wanted: int
    recorded: int
    windows: int = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """How one requirement was kept in a span of days."""

    asked: Asked
    entries: int
    windows: int
    gaps: tuple[Gap, ...]
    """Each window that lacks entries."""

    def before(self, day: date | None) -> Kept:
        """Without the windows that reach into `day` or come after it: production had stopped."""
        gaps = tuple(gap for gap in self.gaps if day is None or gap.last < day)
        return replace(self, gaps=gaps)

    @property
    def state(self) -> str:
        """`on_paper`: not looked for here; `undated`: by batch or event; else `complete` or `incomplete`."""
        if self.asked.form == "paper":
            return "on_paper"
        if not self.asked.dated:
            return "undated"
        return "incomplete" if self.gaps else "complete"


def held(plans: Iterable[tuple[date, date, Iterable[Asked]]]) -> list[Held]:
    """The requirements of a permit's versions, in the order of their days, each with the days on which it holds."""
    return [Held(*each) for each in rules_sampling.unbroken(plans)]


def kept(asked: Iterable[Held], counts: Counts, *, since: date, until: date) -> list[Kept]:
    """条例 art. 21: how each requirement was kept in the windows that ended in these days, both included."""
    found: dict[Asked, Kept] = {}
    for each in asked:
        if each.first > until or each.last < since:
            continue
        of_day = _by_day(each.asked, counts)
        before = found.get(each.asked, Kept(each.asked, 0, 0, ()))
        windows = list(_windows(each, since, until)) if each.asked.form != "paper" else []
        found[each.asked] = Kept(
            each.asked,
            before.entries + _sum(of_day, max(since, each.first), min(until, each.last)),
            before.windows + len(windows),
            before.gaps + tuple(_gaps(each.asked, windows, of_day)),
        )
    return list(found.values())


def _by_day(asked: Asked, counts: Counts) -> dict[date, int]:
    found: dict[date, int] = {}
    for (kind, facility), days in counts.items():
        if kind in KINDS_OF[asked.category] and asked.facility_code in (None, facility):
            for day, count in days.items():
                found[day] = found.get(day, 0) + count
    return found


def _sum(of_day: Mapping[date, int], first: date, last: date) -> int:
    if first == last:
        return of_day.get(first, 0)
    return sum(count for day, count in of_day.items() if first <= day <= last)


def _windows(each: Held, since: date, until: date) -> Iterable[tuple[date, date]]:
    """Windows that ended within the days and in which the requirement held for at least half."""
    asked = each.asked
    if not asked.dated:
        return
    every = 1 if asked.per in ("hour", "shift") else asked.every
    begin = each.first if every > 1 else max(each.first, since)
    for first, last in rules_sampling.windows(asked.window, begin, min(each.last, until), every=every):
        lived = (min(last, each.last) - max(first, each.first)).days + 1
        if since <= last <= until and Fraction(lived, (last - first).days + 1) >= HELD_SHARE:
            yield first, last


def _gaps(asked: Asked, windows: Iterable[tuple[date, date]], of_day: Mapping[date, int]) -> list[Gap]:
    found = (Gap(first, last, asked.wanted, _sum(of_day, first, last)) for first, last in windows)
    return [gap for gap in found if gap.recorded < gap.wanted]


def runs(gaps: Iterable[Gap]) -> list[Gap]:
    """Windows in a row as one."""
    found: list[Gap] = []
    for gap in gaps:
        if found and found[-1].last + _DAY == gap.first:
            before = found.pop()
            gap = Gap(
                before.first,
                gap.last,
                before.wanted + gap.wanted,
                before.recorded + gap.recorded,
                before.windows + gap.windows,
            )
        found.append(gap)
    return found


def check_kept(
    found: Findings, of_period: Iterable[Kept], *, production_days: int, stopped_from: date | None
) -> None:
    """条例 art. 21: a report of a period in which something was produced rests on a ledger that was kept."""
    if production_days == 0:
        return
    for each in (kept.before(stopped_from) for kept in of_period):
        asked = each.asked
        facts: dict[str, object] = {"facility": asked.facility_code or "", "words": asked.words}
        if each.state == "incomplete":
            text = _INCOMPLETE
            facts |= {
                "first": each.gaps[0].first,
                "last": each.gaps[-1].last,
                "missing": len(each.gaps),
            }
        elif each.state == "undated" and asked.per == "batch" and each.entries == 0:
            text = _NO_BATCH
            facts["days"] = production_days
        else:
            continue
        name = NAMES[asked.category]
        said = Text(zh=text.zh.format(name=name.zh, **facts), en=text.en.format(name=name.en, **facts))
        rests_on = ("/production_days", "/stopped_from")
        found.add("", "ledger_incomplete", said, article=ARTICLE_LEDGER, rests_on=rests_on)


def years_kept(requirements: Iterable[tuple[str, int]], least: int) -> dict[str, int]:
    """条例 art. 21: how long entries of each kind are kept: five years at least, longer where the permit says so.
    `requirements` are category and years."""
    years = dict.fromkeys(map(str, Kind), least)
    for category, asked in requirements:
        for kind in KINDS_OF[category]:
            years[kind] = max(years[kind], asked)
    return years
