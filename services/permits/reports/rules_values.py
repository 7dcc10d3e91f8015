"""What a line says, in the units in which limits are stated. Pure: no clock, no database.

Sources: 排污许可管理条例 art. 13 (units of permits), HJ 944-2018 (content of reports).
"""

from __future__ import annotations

from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple

from services.kit.findings import Findings
from services.kit.texts import Text
from services.permits.reports.rules import SOURCE_CONTENT, ValueFact, medium_of
from services.permits.reports.rules_units import converted, fits

ARTICLE_CONTENT = "排污许可管理条例 第十三条"
STANDARD = {"air": "mg/m3", "water": "mg/L"}
_NOT_THIS_UNIT = Text(
    zh="单位{unit}不能换算为限值的单位{standard}", en="{unit} is not a unit of what is limited in {standard}"
)
_NO_UNIT = Text(zh="填写amount时应说明单位", en="`amount` needs its unit")
_TWO_AMOUNTS = Text(zh="amount与amount_t只填一项", en="give `amount` or `amount_t`, not both")
_TOO_LONG = Text(
    zh="换算为{standard}后超过18位整数或12位小数", en="in {standard} it has more than 18 digits or 12 places"
)


class Stated(NamedTuple):
    """One line as it was sent: figures with their units and qualifiers."""

    outlet_code: str
    pollutant_code: str
    concentration_max: Decimal | None
    concentration_average: Decimal | None
    amount_t: Decimal | None
    method: str | None
    no_data_code: str | None
    concentration_unit: str | None = None
    concentration_max_qualifier: str | None = None
    concentration_average_qualifier: str | None = None
    amount: Decimal | None = None
    amount_unit: str | None = None
    amount_qualifier: str | None = None
    volume_m3: Decimal | None = None
    rate_max: Decimal | None = None
    rate_unit: str | None = None
    rate_max_qualifier: str | None = None


CONVERTED = ("concentration_unit", "amount", "rate_unit")
"""What a line says so that a figure of it is converted; one that says none of them is kept as it was stated."""
_CONVERTED, _NOTHING = attrgetter(*CONVERTED), (None,) * len(CONVERTED)
_AS_IT_IS = attrgetter(*(name for name in ValueFact._fields if name != "amount_named"))


def as_it_is(line: Any) -> ValueFact | None:
    """条例 art. 13: a line without units of its own is in those of the limits; None for another.

    `line` has the members of `Stated`: most lines are such, and need none made.
    """
    return ValueFact(*_AS_IT_IS(line)) if _CONVERTED(line) == _NOTHING else None


def in_standard_units(found: Findings, where: str, stated: Stated, unit: str | None) -> ValueFact:
    """条例 art. 13: the line in the unit of its limit and in tonnes; what cannot be converted is a finding.

    Without a unit a figure is in the unit of its limit already.
    """
    unit = unit or STANDARD[medium_of(stated.outlet_code)]
    top, average = (
        _in(found, where, name, figure, stated.concentration_unit, unit)
        for name, figure in (
            ("concentration_max", stated.concentration_max),
            ("concentration_average", stated.concentration_average),
        )
    )
    return ValueFact(
        outlet_code=stated.outlet_code,
        pollutant_code=stated.pollutant_code,
        concentration_max=top,
        concentration_average=average,
        amount_t=_tonnes(found, where, stated),
        method=stated.method,
        no_data_code=stated.no_data_code,
        concentration_max_qualifier=stated.concentration_max_qualifier,
        concentration_average_qualifier=stated.concentration_average_qualifier,
        amount_qualifier=stated.amount_qualifier,
        volume_m3=stated.volume_m3,
        rate_max=_in(found, where, "rate_max", stated.rate_max, stated.rate_unit, "kg/h"),
        rate_max_qualifier=stated.rate_max_qualifier,
        amount_named="amount_t" if stated.amount is None else "amount",
    )


def _tonnes(found: Findings, where: str, stated: Stated) -> Decimal | None:
    if stated.amount is None:
        return stated.amount_t
    rests_on = (f"{where}/amount_unit", f"{where}/amount_t")
    if stated.amount_t is not None:
        found.add(
            f"{where}/amount", "amount_stated_twice", _TWO_AMOUNTS, article=SOURCE_CONTENT, rests_on=rests_on
        )
    if stated.amount_unit is None:
        found.add(f"{where}/amount_unit", "unit_missing", _NO_UNIT, article=SOURCE_CONTENT, rests_on=rests_on)
    return _in(found, where, "amount", stated.amount, stated.amount_unit, "t")


def _in(
    found: Findings, where: str, name: str, figure: Decimal | None, unit: str | None, standard: str
) -> Decimal | None:
    if figure is None or unit is None or unit == standard:
        return figure
    result = converted(figure, unit, standard)
    if result is None:
        unit_at = f"{where}/{name.partition('_')[0]}_unit"
        text = _NOT_THIS_UNIT.format(unit=unit, standard=standard)
        if not any(error.pointer == unit_at for error in found.errors):
            rests_on = (f"{where}/outlet_code", f"{where}/pollutant_code")
            found.add(unit_at, "unit_incompatible", text, article=ARTICLE_CONTENT, rests_on=rests_on)
        return None
    if not fits(result):
        found.add(f"{where}/{name}", "figure_out_of_range", _TOO_LONG.format(standard=standard))
        return None
    return result
