"""What a fuel fact must satisfy (能源消耗量). Pure: no clock, no database.

Sources: 排污许可管理条例 art. 21 (the ledger keeps what was burnt), 碳排放权交易管理暂行条例 art. 11 (activity data
with their raw records). One fact serves the air report (material balance of SO2) and the greenhouse-gas report: it is
stated once, so the same fuel is never stated twice for the same days.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from uuid import UUID

from services.kit.findings import Findings
from services.kit.texts import Text
from services.permits.fuels.facts import FuelFact

ARTICLE_LEDGER = "排污许可管理条例 第二十一条"
ARTICLE_ACTIVITY = "碳排放权交易管理暂行条例 第十一条"
HIGHEST_SULPHUR = Decimal(15)
"""Per cent. Ours: no coal on sale has more, and a fraction taken for a percentage is the commonest error."""
MOST_HEAT = {"t": Decimal(60), "10^4 m3": Decimal(600)}
"""GJ per unit. Ours: no fuel has more; kJ/kg and kcal/kg taken for GJ/t are 10³ and 10² too many."""
MOST_CARBON = Decimal("0.1")
"""tC/GJ. Ours: blast-furnace gas, with most, has 0.07; kilograms taken for tonnes are 10³ too many."""

SULPHUR_TOLERANCE = Decimal("0.01")
"""How far a stated share of sulphur may be from that of the facts, for rounding. Ours."""
_EXACT = Context(prec=60)

_NOT_OF_PERIOD = Text(
    zh="本期本排放口没有此能源消耗记录", en="there is no such fuel fact of this period and outlet"
)
_NEWER = Text(zh="该记录已更正为第{version}版", en="the fact was corrected: its version is {version}")
_TONNES = Text(zh="物料衡算只用以吨计的燃料", en="a material balance takes fuels in tonnes")
_REPEATED = Text(zh="同一记录重复", en="the same fact appears twice")
_FUEL_DIFFERS = Text(zh="所列记录的燃料合计为{fuel}吨", en="the facts that are named add up to {fuel} t")
_SULPHUR_DIFFERS = Text(
    zh="所列记录的平均硫分为{sulphur}", en="the facts that are named have {sulphur} of sulphur"
)
_UNKNOWN = Text(zh="没有燃料{fuel}", en="{fuel} is no fuel of the list")
_REVERSED = Text(zh="期间止早于期间起", en="the period ends before it begins")
_TWO_YEARS = Text(zh="期间不能跨年度", en="the period lies in one calendar year")
_FUTURE = Text(zh="期间尚未结束", en="the period is not over")
_SULPHUR = Text(zh="该燃料不填硫分", en="this fuel has no sulphur content to state")
_TOO_MUCH = Text(zh="硫分不能超过{most}%", en="sulphur is at most {most} %")
_TOO_HOT = Text(
    zh="低位发热量不能超过{most} GJ/{unit}，请检查单位", en="at most {most} GJ/{unit}; check the unit"
)
_TOO_BLACK = Text(
    zh="单位热值含碳量不能超过{most} tC/GJ，请检查单位", en="at most {most} tC/GJ; check the unit"
)
_TWICE = Text(zh="该燃料在该期间已有记录", en="the same fuel is recorded for some of these days")


@dataclass(frozen=True, slots=True)
class Span:
    """Of which outlet's combustion units (none: of the whole site), and for which days, both included."""

    outlet_code: str | None
    start: date
    end: date

    def overlaps(self, other: Span) -> bool:
        """Whether both tell of the same fuel: on a common day, at the same outlet or one of them at all."""
        same = self.outlet_code == other.outlet_code or None in (self.outlet_code, other.outlet_code)
        return same and self.start <= other.end and other.start <= self.end


def check_period(found: Findings, *, start: date, end: date, today: date) -> None:
    """碳交易条例 art. 11: a report is of one calendar year, so is each of its facts; what is not over is not known."""
    if end < start:
        found.add("/period_end", "validity_reversed", _REVERSED, rests_on=("/period_start",))
    elif start.year != end.year:
        article = ARTICLE_ACTIVITY
        found.add(
            "/period_end", "period_of_two_years", _TWO_YEARS, article=article, rests_on=("/period_start",)
        )
    if end >= today:
        found.add("/period_end", "period_not_over", _FUTURE, article=ARTICLE_LEDGER)


def check_fuel(
    found: Findings, fuel: str, known: Collection[str], *, has_sulphur: bool, sulphur: Decimal | None
) -> None:
    """条例 art. 21: a fuel of the list; with its sulphur where it has any, in per cent."""
    if fuel not in known:
        text = _UNKNOWN.format(fuel=fuel)
        found.add("/fuel", "fuel_unknown", text, article=ARTICLE_LEDGER)
    elif sulphur is not None and not has_sulphur:
        found.add("/sulphur_percent", "sulphur_superfluous", _SULPHUR, rests_on=("/fuel",))
    if sulphur is not None and sulphur > HIGHEST_SULPHUR:
        text = _TOO_MUCH.format(most=HIGHEST_SULPHUR)
        found.add("/sulphur_percent", "sulphur_implausible", text, article=ARTICLE_LEDGER)


def check_heat(found: Findings, unit: str | None, *, heat: Decimal | None, carbon: Decimal | None) -> None:
    """碳交易条例 art. 11: what was measured of a fuel is in the unit that is asked for: GJ per unit of it, tC/GJ."""
    most = MOST_HEAT.get(unit or "")
    if most is not None and heat is not None and heat > most:
        text = _TOO_HOT.format(most=most, unit=unit)
        rests_on = ("/fuel",)
        where = "/net_calorific_value"
        found.add(where, "heat_implausible", text, article=ARTICLE_ACTIVITY, rests_on=rests_on)
    if carbon is not None and carbon > MOST_CARBON:
        text = _TOO_BLACK.format(most=MOST_CARBON)
        found.add("/carbon_content", "carbon_implausible", text, article=ARTICLE_ACTIVITY)


def check_stated_once(found: Findings, span: Span, others: Iterable[Span]) -> None:
    """条例 art. 21, 碳交易条例 art. 11: one fact, however many reports use it; stated twice it would count twice."""
    if any(span.overlaps(other) for other in others):
        rests_on = ("/period_end", "/fuel", "/outlet_code")
        found.add("/period_start", "fuel_stated_twice", _TWICE, article=ARTICLE_ACTIVITY, rests_on=rests_on)


@dataclass(frozen=True, slots=True)
class Basis:
    """A material balance's fuel and its sulphur as a report states them, and the facts that it names, by version."""

    fuel_t: Decimal
    sulphur: Decimal
    outlet_code: str
    named: tuple[tuple[UUID, int], ...]


def weighted(facts: Sequence[FuelFact]) -> tuple[Decimal, Decimal | None]:
    """B and S of 2 × B × S × k × (1 − η): all the fuel, and its sulphur as a share, weighted by mass, eight places.

    None for the sulphur where a fact states none, or nothing was burnt.
    """
    fuel, sulphur = Decimal(0), Decimal(0)
    for fact in facts:
        if fact.sulphur_percent is None:
            return sum((each.quantity for each in facts), Decimal(0)), None
        fuel = _EXACT.add(fuel, fact.quantity)
        sulphur = _EXACT.add(sulphur, _EXACT.multiply(fact.quantity, fact.sulphur_percent))
    if not fuel:
        return fuel, None
    share = _EXACT.divide(sulphur, _EXACT.multiply(fuel, Decimal(100)))
    return fuel, share.quantize(Decimal("1e-8"), ROUND_HALF_UP, _EXACT)


def check_basis(found: Findings, where: str, basis: Basis, facts: Mapping[UUID, FuelFact]) -> None:
    """条例 art. 21, 22: a balance that names fuel facts rests on them, each in its newest version.

    `where` is the pointer of the balance, `facts` are those of the permit in the period of the report.
    """
    rests_on = tuple(f"{where}/fuel_facts/*/{name}" for name in ("fact_id", "version"))
    used: list[FuelFact] = []
    for index, (fact_id, version) in enumerate(basis.named):
        at, fact = f"{where}/fuel_facts/{index}", facts.get(fact_id)
        if fact is None or fact.outlet_code not in (None, basis.outlet_code):
            found.add(f"{at}/fact_id", "fact_unknown", _NOT_OF_PERIOD, article=ARTICLE_LEDGER)
        elif version != fact.version:
            text = _NEWER.format(version=fact.version)
            found.add(f"{at}/version", "fact_superseded", text, article=ARTICLE_LEDGER)
        elif fact.unit != "t":
            found.add(f"{at}/fact_id", "fact_not_in_tonnes", _TONNES, article=ARTICLE_LEDGER)
        else:
            used.append(fact)
    if len({fact_id for fact_id, _ in basis.named}) != len(basis.named):
        found.add(f"{where}/fuel_facts", "fact_repeated", _REPEATED, rests_on=rests_on)
    elif len(used) == len(basis.named):
        _check_agrees(found, where, basis, used, rests_on)


def _check_agrees(
    found: Findings, where: str, basis: Basis, used: Sequence[FuelFact], rests_on: tuple[str, ...]
) -> None:
    fuel, sulphur = weighted(used)
    if basis.fuel_t != fuel:
        text = _FUEL_DIFFERS.format(fuel=format(fuel, "f"))
        found.add(
            f"{where}/fuel_t", "fuel_differs_from_facts", text, article=ARTICLE_LEDGER, rests_on=rests_on
        )
    if sulphur is not None and abs(basis.sulphur - sulphur) > sulphur * SULPHUR_TOLERANCE:
        text = _SULPHUR_DIFFERS.format(sulphur=format(sulphur, "f"))
        at = f"{where}/sulphur"
        found.add(at, "sulphur_differs_from_facts", text, article=ARTICLE_LEDGER, rests_on=rests_on)
