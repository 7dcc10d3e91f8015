"""When a permit was not kept, what the law has for it, and how it ends. Pure: no clock, no database.

Sources: 排污许可管理条例 art. 25 (what is found is recorded), 34-37 (penalties); United States, 40 CFR 123.45 (severe
and chronic noncompliance, from memory: configuration). Bands and severity are dated data: `data/violations.toml`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.kit.findings import Findings
from services.kit.texts import Text
from services.permits.obligations.rules_sampling import ARTICLE_FREQUENCY
from services.permits.reports.rules_units import EXACT

ARTICLE_INSPECTION = "排污许可管理条例 第二十五条"

_NO_OUTLET = Text(zh="该期间的许可证没有排放口{code}", en="the permit of those days has no outlet {code}")


class Kind(StrEnum):
    """What was broken."""

    NUMERIC = "numeric"  # 超标排放、超总量排放
    SPECIAL_PERIOD = "special_period"  # 特殊时段未停止或者限制排放
    NON_RECEIPT = "non_receipt"  # 未按期提交执行报告
    FREQUENCY = "frequency"  # 自行监测频次不足
    WRONG_OUTLET = "wrong_outlet"  # 排放口不符
    UNDISCLOSED = "undisclosed"  # 未公开
    FUGITIVE = "fugitive"  # 未按规定控制无组织排放


BY_FIGURES = (Kind.NUMERIC, Kind.SPECIAL_PERIOD)
"""What the figures of a report open, change and end."""


class State(StrEnum):
    """How a violation stands."""

    OPEN = "open"  # 未消除
    RESOLVED = "resolved"  # 已消除
    DISMISSED = "dismissed"  # 不成立


class Step(StrEnum):
    """What can happen to a violation after it was found."""

    CHANGE = "change"  # 数据变化
    RESOLVE = "resolve"  # 消除
    REOPEN = "reopen"  # 再次成立
    PROPOSE = "propose"  # 提请认定不成立
    KEEP = "keep"  # 维持
    DISMISS = "dismiss"  # 认定不成立


Standing = tuple[State, bool]
"""The state, and whether somebody has proposed to dismiss it."""

# One inspector proposes, another decides: nothing is dismissed that was not proposed. What is over stays on record.
TRANSITIONS: dict[tuple[State, bool, Step], Standing] = {
    (State.OPEN, False, Step.CHANGE): (State.OPEN, False),
    (State.OPEN, True, Step.CHANGE): (State.OPEN, True),
    (State.RESOLVED, False, Step.CHANGE): (State.RESOLVED, False),
    (State.RESOLVED, True, Step.CHANGE): (State.RESOLVED, True),
    (State.OPEN, False, Step.RESOLVE): (State.RESOLVED, False),
    (State.OPEN, True, Step.RESOLVE): (State.RESOLVED, True),
    (State.RESOLVED, False, Step.REOPEN): (State.OPEN, False),
    (State.RESOLVED, True, Step.REOPEN): (State.OPEN, True),
    (State.DISMISSED, False, Step.CHANGE): (State.DISMISSED, False),
    (State.DISMISSED, False, Step.REOPEN): (State.OPEN, False),
    (State.OPEN, False, Step.PROPOSE): (State.OPEN, True),
    (State.RESOLVED, False, Step.PROPOSE): (State.RESOLVED, True),
    (State.OPEN, True, Step.KEEP): (State.OPEN, False),
    (State.RESOLVED, True, Step.KEEP): (State.RESOLVED, False),
    (State.OPEN, True, Step.DISMISS): (State.DISMISSED, False),
    (State.RESOLVED, True, Step.DISMISS): (State.DISMISSED, False),
}


def after(standing: Standing, step: Step) -> Standing | None:
    """The standing that `step` leads to; None where the step is not open."""
    return TRANSITIONS.get((*standing, step))


def stands_again(resolution: str, *, entered: datetime, closed: datetime) -> bool:
    """条例 art. 36(1): what was found by records stands again by one that came after it was ended or dismissed.

    What ended because corrections left no record stands again with any.
    """
    return resolution == "corrected" or entered > closed


@dataclass(frozen=True, slots=True)
class Penalty:
    """What an article has for a kind of violation, from `since` to `until`, both days included."""

    kinds: tuple[str, ...]
    article: str
    item: str
    min_yuan: int
    max_yuan: int
    each_time: bool
    since: date
    until: date | None
    seen: str
    zh: str
    en: str
    serious_max_yuan: int | None = None

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Severity:
    """When a violation is severe, or chronic (40 CFR 123.45, from memory). Configuration."""

    factors: Mapping[str, Decimal]
    toxic: frozenset[str]
    chronic_months: int
    chronic_window: int
    late_days: int


Month = tuple[int, int]


def figure_cause(
    report_id: UUID, place: str, pollutant_code: str, limit_kind: str, day: date | None = None
) -> str:
    """What makes two findings of a report's figure the same; `day` is one of a special period, `place` an outlet, else
    what a total is of, else the `plant`."""
    line = [str(report_id), place, pollutant_code, limit_kind]
    return ":".join(
        [Kind.NUMERIC, *line] if day is None else [Kind.SPECIAL_PERIOD, line[0], str(day), *line[1:]]
    )


def penalty_on(penalties: Iterable[Penalty], kind: str, day: date) -> Penalty | None:
    """条例 art. 34-37: the band that held on the day of the violation; None where no law of then is known."""
    return next((each for each in penalties if kind in each.kinds and each.holds_on(day)), None)


def check_sampled(found: Findings, *, kind: Kind, outlet_code: str | None, outlets: Collection[str]) -> None:
    """条例 art. 19, 36(5): samples are missing where the permit of those days has them taken, not at another outlet."""
    if kind is Kind.FREQUENCY and outlet_code is not None and outlet_code not in outlets:
        text = _NO_OUTLET.format(code=outlet_code)
        rests_on = ("/kind", "/permit_number", "/period_start", "/period_end")
        found.add("/outlet_code", "outlet_not_permitted", text, article=ARTICLE_FREQUENCY, rests_on=rests_on)


def severe_value(severity: Severity, pollutant_code: str, *, value: Decimal, limit: Decimal) -> bool:
    """40 CFR 123.45 (memory): 1.4 times the limit, 1.2 times for toxic pollutants; of a lower bound (pH), which a
    figure breaks by being less, the bound is as many times the figure."""
    factor = severity.factors["II" if pollutant_code in severity.toxic else "I"]
    low, high = sorted((value, limit))
    return high >= EXACT.multiply(low, factor)


def severe_delay(severity: Severity, days_late: int) -> bool:
    """40 CFR 123.45 (memory): a report more than 30 days late."""
    return days_late > severity.late_days


def months_of(start: date, end: date) -> set[Month]:
    """The months that a period touches."""
    first, last = start.year * 12 + start.month - 1, end.year * 12 + end.month - 1
    return {(index // 12, index % 12 + 1) for index in range(first, last + 1)}


def chronic(severity: Severity, months: Iterable[Month], *, until: date) -> bool:
    """40 CFR 123.45 (memory): a violation in four of the six months that end with the last one.

    A report says no more than its period, so a quarter with a violation counts as its three months.
    """
    last = until.year * 12 + until.month - 1
    window = range(last - severity.chronic_window + 1, last + 1)
    return sum(1 for year, month in set(months) if year * 12 + month - 1 in window) >= severity.chronic_months
