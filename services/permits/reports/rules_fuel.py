"""A report against the fuel facts of its period: no more sulphur leaves the stacks than was burnt. Pure.

Sources: 排污许可管理条例 (Order 736) art. 21, 22, 37; the material balance of SO2 (technical specifications, from
memory: 2 × B × S, 2 is 64/32). How much treatment can take away is ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from services.kit.findings import Findings
from services.kit.texts import Text
from services.permits.amounts.rules import SULPHUR_DIOXIDE
from services.permits.fuels.facts import FuelFact
from services.permits.reports.rules import ARTICLE_TRUTH, ValueFact
from services.permits.reports.rules_plausibility import Plausibility
from services.permits.reports.rules_units import EXACT, said

_PER_CENT = Decimal("0.02")
"""2 × S, of a share in per cent."""
_DAY = timedelta(days=1)
_MORE = Text(
    zh="二氧化硫排放量{stated} t超过能源消耗记录中硫分全部排放时的{most} t",
    en="{stated} t of SO2 is more than the {most} t that all the sulphur of the fuel facts gives",
)
_LESS = Text(
    zh="二氧化硫排放量{stated} t不足能源消耗记录中硫分全部排放时的{most} t的{share}，请核对治理效率",
    en="{stated} t of SO2 is less than {share} of the {most} t that all the sulphur of the fuel facts gives",
)


def held_in_fuel(facts: Iterable[FuelFact], *, start: date, end: date) -> Decimal | None:
    """条例 art. 21: tonnes of SO2 if all the sulphur of the period's fuel left the stacks; None where the facts do not
    tell it: a day without one, or a fuel in tonnes whose sulphur was not measured."""
    total, next_day = Decimal(0), start
    for fact in sorted(facts, key=lambda each: each.period_start):
        if fact.unit != "t":
            continue
        if fact.sulphur_percent is None:
            return None
        made = EXACT.multiply(EXACT.multiply(fact.quantity, fact.sulphur_percent), _PER_CENT)
        total = EXACT.add(total, made)
        if fact.period_start <= next_day:
            next_day = max(next_day, fact.period_end + _DAY)
    return total if next_day > end else None


def check_fuel(
    found: Findings, less: Findings, values: Sequence[ValueFact], most: Decimal, plausibility: Plausibility
) -> None:
    """条例 art. 37: a report agrees with the fuel: no more SO2 than it holds (`found`), and no less than the best
    treatment leaves of it (`less`)."""
    amounts = [each.amount_t for each in values if each.pollutant_code == SULPHUR_DIOXIDE]
    stated = Decimal(0)
    for amount in amounts:
        if amount is None:
            return
        stated = EXACT.add(stated, amount)
    if not amounts:
        return
    rests_on = ("/values/*/amount_t", "/values/*/amount", "/values/*/amount_unit")
    if stated > EXACT.multiply(most, 1 + plausibility.fuel_tolerance):
        text = _MORE.format(stated=said(stated), most=said(most))
        found.add("/values", "amount_above_fuel", text, article=ARTICLE_TRUTH, rests_on=rests_on)
    elif stated < EXACT.multiply(most, plausibility.fuel_left):
        text = _LESS.format(stated=said(stated), most=said(most), share=said(plausibility.fuel_left))
        less.add("/values", "amount_below_fuel", text, article=ARTICLE_TRUTH, rests_on=rests_on)
