"""Which limits hold on a day at an alert level, each with why, and which of them binds. Pure: no clock, no database.

Sources: 排污许可管理条例 (Order 736) art. 13(5) (permitted values; a stricter promise is one of them), 13(7) and 35(2)
(special periods); 大气污染防治法 art. 96 (measures by alert level).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.kit.texts import Text
from services.permits.permits.rules import LimitFact
from services.permits.permits.rules_special import ATTAINMENT_PLAN, HEAVY_POLLUTION, reach

STRICTER_PROMISE = "stricter_promise"
_PERMIT = Text(zh="许可证规定的限值，依据{standard}", en="the permit's limit, by {standard}")
_YEAR = Text(
    zh="许可证规定的第{year}年限值，依据{standard}",
    en="the permit's limit for its year {year}, by {standard}",
)
_PROMISE = Text(
    zh="企业承诺执行的更加严格限值，载入许可证即应遵守",
    en="a stricter limit that the holder promised: stated in the permit, it binds",
)
_ALERT = Text(
    zh="当日为重污染天气{declared}级别，{level}级别及以上适用，依据{standard}",
    en="on a day of heavy-pollution alert {declared}, for {level} and above, by {standard}",
)
_PLAN = Text(
    zh="环境质量限期达标规划期间适用，依据{standard}", en="while the attainment plan runs, by {standard}"
)
_COLOURS = {"yellow": "黄色", "orange": "橙色", "red": "红色"}


@dataclass(frozen=True, slots=True)
class Holding:
    """One limit that holds: its value, on which ground, why, and whether it is the strictest of its kind there."""

    fact: LimitFact
    ground: str
    value: Decimal
    why: Text
    binding: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """What is compared: limits of one pollutant at one place, of one kind, in one unit."""
        fact = self.fact
        return fact.outlet_code, fact.scope, fact.pollutant_code, fact.kind, fact.unit


def in_force(limits: Iterable[LimitFact], *, day: date, level: str | None) -> list[Holding]:
    """Every limit that holds on `day` while the alert is at `level`; of those that compare, the strictest binds."""
    found = [holding for fact in limits if fact.holds_on(day) for holding in _of(fact, level)]
    strictest: dict[tuple[str, ...], Decimal] = {}
    for holding in found:
        strictest[holding.key] = min(holding.value, strictest.get(holding.key, holding.value))
    return [
        Holding(each.fact, each.ground, each.value, each.why, each.value == strictest[each.key])
        for each in found
    ]


def _of(fact: LimitFact, level: str | None) -> list[Holding]:
    if fact.ground == HEAVY_POLLUTION:
        if level is None or fact.alert_level not in reach(level):
            return []
        why = Text(
            zh=_ALERT.zh.format(
                declared=_COLOURS[level], level=_COLOURS[fact.alert_level], standard=fact.standard
            ),
            en=_ALERT.en.format(declared=level, level=fact.alert_level, standard=fact.standard),
        )
        return [Holding(fact, fact.ground, fact.value, why)]
    if fact.ground == ATTAINMENT_PLAN:
        return [Holding(fact, fact.ground, fact.value, _PLAN.format(standard=fact.standard))]
    why = (_YEAR if fact.permit_year else _PERMIT).format(year=fact.permit_year, standard=fact.standard)
    found = [Holding(fact, fact.ground, fact.value, why)]
    if fact.promised_value is not None:
        found.append(Holding(fact, STRICTER_PROMISE, fact.promised_value, _PROMISE))
    return found
