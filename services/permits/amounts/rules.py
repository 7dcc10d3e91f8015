"""Amounts discharged, so that anybody can work them out again with a pocket calculator. Pure: no clock, no database.

Sources: 环境保护税法 art. 10 (which means comes first); MEE method for actual discharges, annex E (the sums; automatic
data with more than 25 % missing do not serve); 排污许可管理条例 art. 21 (what was discharged over limits or in abnormal
states is added). Coefficient and material balance are from memory: the factors are the caller's, the form is ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.kit.findings import Findings
from services.kit.texts import Text
from services.permits.reports.rules_units import EXACT, said, trimmed

ARTICLE_ORDER = "环境保护税法 第十条"
ARTICLE_ADDED = "排污许可管理条例 第二十一条"
SOURCE_METHOD = "污染物实际排放量核算方法 附录E"
SULPHUR_DIOXIDE = "a21026"
"""Its code (HJ 212-2017)."""
ORDER = ("automatic", "manual", "balance", "coefficient")
"""环境保护税法 art. 10: automatic data, then manual monitoring, then factors and balances, which are of one rank;
technical specifications name the balance for SO2 (from memory), so it is taken where both are given."""
MOST_MISSING = Decimal("0.25")
SCALES = {"air": Decimal("1e-9"), "water": Decimal("1e-6")}
UNITS = {"air": ("mg/m3", "m3/h", "h"), "water": ("mg/L", "m3/d", "d")}


@dataclass(frozen=True, slots=True)
class Point:
    """A mean concentration with the flow it was measured in, for `count` hours (air) or days (water)."""

    concentration: Decimal
    flow: Decimal
    count: Decimal = Decimal(1)
    substituted: bool = False
    """Whether it stands in for missing data (HJ 75); it counts in the amount, not as measured."""


@dataclass(frozen=True, slots=True)
class Balance:
    """SO2 from the sulphur in fuel."""

    fuel_t: Decimal
    sulphur: Decimal
    conversion: Decimal
    efficiency: Decimal


@dataclass(frozen=True, slots=True)
class Coefficient:
    """Product or fuel, kg of the pollutant for each unit of it, and what treatment takes away."""

    activity: Decimal
    factor_kg: Decimal
    efficiency: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """All that is known; means that were not used are None."""

    medium: str
    due: Decimal | None = None
    """Hours (air) or days (water) for which automatic data are owed."""
    automatic: Sequence[Point] | None = None
    manual: Sequence[Point] | None = None
    balance: Balance | None = None
    coefficient: Coefficient | None = None
    abnormal: Sequence[Point] = ()
    pollutant: str | None = None
    """Of the amount, by its code; None where it is not said."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line for a calculator: what to type, and what must come out."""

    text: str
    result: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Calculation:
    """One way to the amount, step by step."""

    method: str
    formula: str
    article: str
    steps: tuple[Step, ...]
    amount_t: Decimal


@dataclass(frozen=True, slots=True)
class Amount:
    """The amount by the means that comes first, with what is added to it, and the others beside it."""

    chosen: Calculation
    added: Calculation | None
    amount_t: Decimal
    others: tuple[Calculation, ...]
    missing: Decimal | None
    """Share of the automatic data that is missing."""
    automatic_unusable: bool


_NOTHING = Text(zh="没有可用于核算的数据", en="nothing is given from which the amount could be worked out")
_UNUSABLE = Text(
    zh="自动监测数据缺失{share}%，超过25%，不能用于核算，应给出其他方法的数据",
    en="{share} % of the automatic data are missing, more than 25 %: give what another method needs",
)
_TOO_MANY = Text(zh="有效数据{valid}多于应有数据{due}", en="{valid} measured, more than the {due} due")
_SULPHUR = Text(
    zh="2 × B × S × k × (1 − η)只用于核算排向大气的二氧化硫",
    en="2 × B × S × k × (1 − η) gives sulphur dioxide to air, and nothing else",
)
_SHARE = Text(zh="应在0与1之间", en="between 0 and 1")
_NEGATIVE = Text(zh="不能为负数", en="must not be negative")


def check_inputs(found: Findings, where: str, inputs: Inputs) -> None:
    """环境保护税法 art. 10: there is something to work with, and each number is one that can be."""
    for name, points in (
        ("automatic", inputs.automatic),
        ("manual", inputs.manual),
        ("abnormal", inputs.abnormal),
    ):
        for index, point in enumerate(points or ()):
            for member in ("concentration", "flow", "count"):
                if getattr(point, member) < 0:
                    at = (
                        f"{where}/{name}/points/{index}" if name == "automatic" else f"{where}/{name}/{index}"
                    )
                    found.add(f"{at}/{member}", "negative_value", _NEGATIVE)
    _check_factors(found, where, inputs)
    share = missing_share(inputs)
    if share is not None and share < 0:
        text = _TOO_MANY.format(valid=said(_measured(inputs)), due=said(inputs.due or Decimal(0)))
        found.add(f"{where}/automatic/due", "more_than_due", text, article=SOURCE_METHOD)
    if _first(inputs) is None:
        if share is not None and share > MOST_MISSING:
            text = _UNUSABLE.format(share=said(_percent(share)))
            found.add(f"{where}/automatic", "automatic_unusable", text, article=SOURCE_METHOD)
        else:
            rests_on = tuple(f"{where}/{name}" for name in (*ORDER, "automatic/points"))
            found.add(where, "amount_without_data", _NOTHING, article=ARTICLE_ORDER, rests_on=rests_on)


def _check_factors(found: Findings, where: str, inputs: Inputs) -> None:
    if inputs.balance is not None and (
        inputs.medium != "air" or inputs.pollutant not in (None, SULPHUR_DIOXIDE)
    ):
        rests_on = ("/medium", f"{where.rpartition('/')[0]}/pollutant_code")
        found.add(
            f"{where}/balance", "balance_not_of_sulphur", _SULPHUR, article=SOURCE_METHOD, rests_on=rests_on
        )
    shares = ("sulphur", "conversion", "efficiency")
    for name, given in (("balance", inputs.balance), ("coefficient", inputs.coefficient)):
        for member in given.__slots__ if given is not None else ():
            value: Decimal = getattr(given, member)
            if member in shares and not 0 <= value <= 1:
                found.add(f"{where}/{name}/{member}", "share_out_of_range", _SHARE)
            elif value < 0:
                found.add(f"{where}/{name}/{member}", "negative_value", _NEGATIVE)


def missing_share(inputs: Inputs) -> Decimal | None:
    """MEE method, annex E: the share of the hours or days due for which nothing was measured."""
    if inputs.automatic is None or not inputs.due:
        return None
    return EXACT.divide(EXACT.subtract(inputs.due, _measured(inputs)), inputs.due)


def amount(inputs: Inputs) -> Amount:
    """环境保护税法 art. 10: the amount by the first usable means; 条例 art. 21: abnormal discharges added.

    Raises ValueError where `check_inputs` finds nothing to work with.
    """
    first = _first(inputs)
    if first is None:
        raise ValueError("nothing to work with")
    ways = [_by(method, inputs) for method in ORDER if _given(method, inputs)]
    chosen = next(way for way in ways if way.method == first)
    added = measured("abnormal", inputs.medium, inputs.abnormal, ARTICLE_ADDED) if inputs.abnormal else None
    total = EXACT.add(chosen.amount_t, added.amount_t) if added else chosen.amount_t
    share = missing_share(inputs)
    return Amount(
        chosen,
        added,
        trimmed(total),
        tuple(way for way in ways if way is not chosen),
        share,
        share is not None and share > MOST_MISSING,
    )


def _given(method: str, inputs: Inputs) -> bool:
    return bool(getattr(inputs, method))


def _first(inputs: Inputs) -> str | None:
    share = missing_share(inputs)
    unusable = share is not None and share > MOST_MISSING
    return next(
        (each for each in ORDER if _given(each, inputs) and not (each == "automatic" and unusable)), None
    )


def _by(method: str, inputs: Inputs) -> Calculation:
    if method == "balance" and inputs.balance is not None:
        return balanced(inputs.balance)
    if method == "coefficient" and inputs.coefficient is not None:
        return factored(inputs.coefficient)
    points = inputs.automatic if method == "automatic" else inputs.manual
    return measured(method, inputs.medium, points or (), SOURCE_METHOD)


def measured(method: str, medium: str, points: Iterable[Point], article: str) -> Calculation:
    """MEE method, annex E: E = Σ(C × Q) × 10⁻⁹ of gas, × 10⁻⁶ of water; equal means are one line."""
    concentration_unit, flow_unit, count_unit = UNITS[medium]
    counts: dict[tuple[Decimal, Decimal], Decimal] = {}
    for point in points:
        key = (point.concentration, point.flow)
        counts[key] = EXACT.add(counts.get(key, Decimal(0)), point.count)
    unit = "mg" if medium == "air" else "g"
    steps, total = [], Decimal(0)
    for (concentration, flow), count in counts.items():
        product = EXACT.multiply(EXACT.multiply(concentration, flow), count)
        total = EXACT.add(total, product)
        text = f"{said(concentration)} {concentration_unit} × {said(flow)} {flow_unit} × {said(count)} {count_unit}"
        steps.append(Step(text, trimmed(product), unit))
    if len(steps) > 1:
        steps.append(Step(f"Σ {len(steps)}", trimmed(total), unit))
    result = trimmed(EXACT.multiply(total, SCALES[medium]))
    power = "10⁻⁹" if medium == "air" else "10⁻⁶"
    steps.append(Step(f"{said(total)} {unit} × {power}", result, "t"))
    return Calculation(method, f"E = Σ(C × Q) × {power}", article, tuple(steps), result)


def balanced(given: Balance) -> Calculation:
    """Material balance of SO2, from memory: 2 × B × S × k × (1 − η); 2 is 64/32, SO2 to sulphur."""
    left = EXACT.subtract(Decimal(1), given.efficiency)
    sulphur = EXACT.multiply(given.fuel_t, given.sulphur)
    made = EXACT.multiply(EXACT.multiply(Decimal(2), sulphur), given.conversion)
    result = trimmed(EXACT.multiply(made, left))
    steps = (
        Step(f"{said(given.fuel_t)} t × {said(given.sulphur)}", trimmed(sulphur), "t S"),
        Step(f"2 × {said(sulphur)} × {said(given.conversion)}", trimmed(made), "t SO2"),
        Step(f"{said(made)} × (1 − {said(given.efficiency)})", result, "t"),
    )
    return Calculation("balance", "E = 2 × B × S × k × (1 − η)", ARTICLE_ORDER, steps, result)


def factored(given: Coefficient) -> Calculation:
    """Coefficient, from memory: activity × factor (kg) × (1 − η) × 10⁻³."""
    left = EXACT.subtract(Decimal(1), given.efficiency)
    made = EXACT.multiply(given.activity, given.factor_kg)
    kept = EXACT.multiply(made, left)
    result = trimmed(EXACT.multiply(kept, Decimal("1e-3")))
    steps = (
        Step(f"{said(given.activity)} × {said(given.factor_kg)} kg", trimmed(made), "kg"),
        Step(f"{said(made)} × (1 − {said(given.efficiency)})", trimmed(kept), "kg"),
        Step(f"{said(kept)} kg × 10⁻³", result, "t"),
    )
    return Calculation("coefficient", "E = P × f × (1 − η) × 10⁻³", ARTICLE_ORDER, steps, result)


def deviation(stated: Decimal, computed: Decimal) -> Decimal:
    """How far a stated amount is from the one worked out, as a share of it; anything from nothing is 1."""
    if computed == 0:
        return Decimal(0) if stated == 0 else Decimal(1)
    return abs(EXACT.divide(EXACT.subtract(stated, computed), computed))


def _measured(inputs: Inputs) -> Decimal:
    total = Decimal(0)
    for point in inputs.automatic or ():
        if not point.substituted:
            total = EXACT.add(total, point.count)
    return total


def _percent(share: Decimal) -> Decimal:
    return EXACT.multiply(share, Decimal(100)).quantize(Decimal("0.01"))
