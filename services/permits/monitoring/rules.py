"""What a self-monitoring record (自行监测记录) must satisfy, and what records add up to. Pure: no clock, no database.

Sources: 排污许可管理条例 (Order 736) art. 19: the holder monitors as the permit says, keeps the original records for
five years at least and answers for their truth; HJ 819-2017 section 7 (what a record says; from memory); HJ 91.1-2019
(what is below the detection limit counts as half of it in a mean; from memory, so `BelowDetection`).
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from services.kit.findings import Findings
from services.kit.texts import Text

ARTICLE_MONITORING = "排污许可管理条例 第十九条"
SOURCE_RECORDS = "HJ 819-2017"
SOURCE_CODES = "HJ 608-2017"
MEAN_PLACES = Decimal("0.000001")
EXACT = Context(prec=100)

OF_GAS = frozenset({"mg/m3", "ug/m3", "g/m3", "ng-TEQ/m3", "kg/h", "g/h", "grade", "dimensionless"})
OF_WATER = frozenset({"mg/L", "ug/L", "g/L", "MPN/L", "dimensionless"})
STANDARD = {
    "ug/m3": ("mg/m3", Decimal("0.001")),
    "g/m3": ("mg/m3", Decimal(1000)),
    "ug/L": ("mg/L", Decimal("0.001")),
    "g/L": ("mg/L", Decimal(1000)),
    "g/h": ("kg/h", Decimal("0.001")),
}
"""The unit that figures of a unit are kept and compared in, and the factor; its own where it is not named."""
MOST_DIGITS = {
    **{"mg/m3": 7, "ug/m3": 10, "g/m3": 4, "ng-TEQ/m3": 13},
    **{"mg/L": 7, "ug/L": 10, "g/L": 4, "MPN/L": 13},
    **{"kg/h": 7, "g/h": 10, "grade": 1, "dimensionless": 7},
}
"""Digits before the point that a figure can have. Ours: a cubic metre of gas or a litre of water does not hold ten
kilogrammes, nothing sends out ten thousand tonnes an hour."""

_ONE_PLACE = Text(zh="应填写排放口或监测点位之一", en="name an outlet or a monitoring point, one of the two")
_OUTLET = Text(zh="当日有效的许可证没有排放口{place}", en="the permit of that day has no outlet {place}")
_SAY_SO = Text(
    zh="{text}；确为许可证外排放口的，填写 unpermitted_outlet",
    en="{text}; if it is an outlet that the permit does not have, say so in `unpermitted_outlet`",
)
_PERMITTED = Text(zh="当日有效的许可证有排放口{place}", en="the permit of that day has the outlet {place}")
_NEEDS_OUTLET = Text(
    zh="许可证外排放口应填写排放口编号", en="an outlet that is not permitted is named by its code"
)
_POINT = Text(
    zh="当日有效的监测方案没有点位“{place}”", en="the monitoring plan of that day has no point “{place}”"
)
_POLLUTANT = Text(
    zh="当日有效的许可证和监测方案中{place}没有污染物{pollutant}",
    en="neither the permit nor the monitoring plan of that day has {pollutant} at {place}",
)
_UNIT = Text(zh="{place}的数据不能以{unit}计", en="what is measured at {place} is not measured in {unit}")
_METHOD = Text(zh="手工监测应写明监测方法标准", en="manual monitoring names the standard of its method")
_LABORATORY = Text(zh="手工监测应写明监测单位", en="manual monitoring names its laboratory")
_LIMIT = Text(
    zh="低于检出限时，数值应为检出限，大于零",
    en="below the detection limit the value is that limit, above zero",
)
_RANGE = Text(
    zh="超出测量范围时，数值应为测量范围上限，大于零",
    en="above the measuring range the value is its upper end, above zero",
)
_IMPOSSIBLE = Text(zh="{value} {unit}不可能，请检查单位", en="{value} {unit} cannot be; check the unit")


@dataclass(frozen=True, slots=True)
class BelowDetection:
    """What a value below its detection limit counts for in a mean: half of the limit (from memory)."""

    share: Decimal = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Sum:
    """What the records of one pollutant at one place by one means add up to over a period."""

    place: str
    pollutant_code: str
    means: str
    unit: str
    count: int
    below_detection: int
    maximum: Decimal
    """The largest value; where all are below detection, the largest detection limit."""
    total: Decimal
    """Of the values that count as they are."""
    total_below: Decimal
    """Of the detection limits of the others."""

    def mean(self, below: BelowDetection) -> Decimal:
        """The arithmetic mean, to six places, half up."""
        counted = EXACT.add(self.total, EXACT.multiply(self.total_below, below.share))
        return EXACT.divide(counted, Decimal(self.count)).quantize(MEAN_PLACES, ROUND_HALF_UP, EXACT)

    def with_more(self, other: Sum) -> Sum:
        """Both together, where they are of the same in the same unit."""
        detected = [each for each in (self, other) if each.below_detection < each.count] or [self, other]
        return replace(
            self,
            count=self.count + other.count,
            below_detection=self.below_detection + other.below_detection,
            maximum=max(each.maximum for each in detected),
            total=EXACT.add(self.total, other.total),
            total_below=EXACT.add(self.total_below, other.total_below),
        )


@dataclass(frozen=True, slots=True)
class OfMonth:
    """The same of one month, of the values over one averaging time: `instant`, `hour` or `day`."""

    first: date
    averaging: str
    sum: Sum


def check_place(
    found: Findings,
    *,
    outlet_code: str | None,
    point: str | None,
    pollutant_code: str,
    permitted: Mapping[str, Set[str]],
    unpermitted_outlet: bool = False,
) -> None:
    """条例 art. 19: it is measured at an outlet or a point, and of a pollutant, that the permit of that day has.

    Art. 36(1): another outlet is a violation, and a figure of it is kept where its sender says that it is one: a number
    that was mistyped is refused.
    """
    place = outlet_code or point
    if place is None or (outlet_code is not None and point is not None):
        found.add("/outlet_code", "one_place", _ONE_PLACE, article=SOURCE_RECORDS, rests_on=("/point",))
        return
    if unpermitted_outlet:
        _check_unpermitted(found, outlet_code, permitted)
        return
    name, text = ("outlet_code", _OUTLET) if outlet_code is not None else ("point", _POINT)
    if place not in permitted:
        code = "outlet_not_permitted" if name == "outlet_code" else "point_not_permitted"
        rests_on, text = ("/sampled_at", "/unpermitted_outlet"), text.format(place=place)
        if name == "outlet_code":
            text = Text(zh=_SAY_SO.zh.format(text=text.zh), en=_SAY_SO.en.format(text=text.en))
        found.add(f"/{name}", code, text, article=ARTICLE_MONITORING, rests_on=rests_on)
    elif pollutant_code not in permitted[place]:
        text = _POLLUTANT.format(place=place, pollutant=pollutant_code)
        found.add(
            "/pollutant_code",
            "pollutant_not_permitted",
            text,
            article=ARTICLE_MONITORING,
            rests_on=("/sampled_at", f"/{name}"),
        )


def _check_unpermitted(found: Findings, outlet_code: str | None, permitted: Mapping[str, Set[str]]) -> None:
    where, rests_on = "/unpermitted_outlet", ("/sampled_at", "/outlet_code")
    if outlet_code is None:
        found.add("/outlet_code", "outlet_needed", _NEEDS_OUTLET, article=SOURCE_CODES, rests_on=(where,))
    elif outlet_code in permitted:
        text = _PERMITTED.format(place=outlet_code)
        found.add(where, "outlet_is_permitted", text, article=ARTICLE_MONITORING, rests_on=rests_on)


def check_unit(found: Findings, *, outlet_code: str | None, unit: str) -> None:
    """条例 art. 13: gas is measured in mass per m3 or per hour, water in mass per litre; never one for the other."""
    if outlet_code is None:
        return
    if unit not in (OF_GAS if outlet_code.startswith("DA") else OF_WATER):
        text = _UNIT.format(place=outlet_code, unit=unit)
        found.add("/unit", "unit_mismatch", text, article=SOURCE_CODES, rests_on=("/outlet_code",))


def check_manual(found: Findings, *, means: str, method_standard: str | None, laboratory: str | None) -> None:
    """HJ 819-2017 section 7: a manual record says by which method and by whom it was made."""
    if means != "manual":
        return
    if method_standard is None:
        found.add("/method_standard", "method_needed", _METHOD, article=SOURCE_RECORDS, rests_on=("/means",))
    if laboratory is None:
        found.add(
            "/laboratory", "laboratory_needed", _LABORATORY, article=SOURCE_RECORDS, rests_on=("/means",)
        )


def check_qualifier(found: Findings, *, qualifier: str, value: str) -> None:
    """HJ 819-2017 section 7: what was not detected is written as below its detection limit, not as zero; nor is what
    went over the measuring range above nothing."""
    if is_bare(qualifier, value):
        text = _LIMIT if qualifier == "<" else _RANGE
        code = "detection_limit_needed" if qualifier == "<" else "measuring_range_needed"
        found.add("/value", code, text, article=SOURCE_RECORDS, rests_on=("/qualifier",))


def is_bare(qualifier: str | None, value: str) -> bool:
    """Whether a value is said to be below, or above, zero."""
    return qualifier in ("<", ">") and not value.strip("0.")


def check_possible(found: Findings, *, value: str, unit: str) -> None:
    """条例 art. 19: the holder answers for the truth of its records: no figure is one that cannot be."""
    if whole_digits(value) > MOST_DIGITS[unit]:
        text = _IMPOSSIBLE.format(value=value, unit=unit)
        found.add("/value", "value_implausible", text, article=ARTICLE_MONITORING, rests_on=("/unit",))


def whole_digits(value: str) -> int:
    """How many digits a figure has before its point."""
    return len(value.partition(".")[0])


def in_standard(value: Decimal, unit: str) -> tuple[Decimal, str]:
    """条例 art. 13: a figure in the unit that it is compared in, exactly."""
    standard, factor = STANDARD.get(unit, (unit, None))
    return (value if factor is None else EXACT.multiply(value, factor)), standard
