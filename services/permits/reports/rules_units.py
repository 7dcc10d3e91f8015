"""Units of reported figures: each is converted to the unit of its limit, exactly, before anything is compared.

Source: 排污许可管理条例 art. 13 (permits state concentrations in mg/m3 to air and mg/L to water, amounts in t). A
factor of 10³ is the commonest error of a report; so a unit is stated, never guessed, and another quantity is refused.
"""

from __future__ import annotations

from decimal import Context, Decimal

EXACT = Context(prec=100)
"""Enough digits that nothing is rounded: figures have 18 digits over 12 places."""

TONNES = {"t": Decimal(1), "kg": Decimal("0.001"), "g": Decimal("0.000001")}
_FAMILIES: tuple[dict[str, Decimal], ...] = (
    {"mg/m3": Decimal(1), "ug/m3": Decimal("0.001"), "g/m3": Decimal(1000)},
    {"mg/L": Decimal(1), "ug/L": Decimal("0.001"), "g/L": Decimal(1000)},
    {**TONNES, "t/a": Decimal(1)},
    {"kg/h": Decimal(1), "g/h": Decimal("0.001"), "t/h": Decimal(1000)},
)
MOST_DIGITS, MOST_PLACES = 18, 12
"""Of a figure on the wire; a converted one must fit as well."""


def converted(figure: Decimal, unit: str, to: str) -> Decimal | None:
    """`figure` in the unit `to`, exactly; None where the two measure different things (条例 art. 13).

    mg/m3 and mg/L are kept apart: one is of gas, the other of water.
    """
    if unit == to:
        return figure
    family = next((each for each in _FAMILIES if unit in each and to in each), None)
    if family is None:
        return None
    return trimmed(EXACT.divide(EXACT.multiply(figure, family[unit]), family[to]))


def in_tonnes(amount: Decimal, unit: str) -> Decimal:
    """环境保护税法 art. 8: an amount as it is compared, exactly, with the zeros that it was written with."""
    return EXACT.multiply(amount, TONNES[unit])


def fits(figure: Decimal) -> bool:
    """Whether a figure has no more digits and places than may go over the wire."""
    exponent = trimmed(figure).as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return places <= MOST_PLACES and figure.adjusted() < MOST_DIGITS


def trimmed(figure: Decimal) -> Decimal:
    """The same number without the zeros at its end that say nothing, and without an exponent."""
    shorter = figure.normalize(EXACT)
    exponent = shorter.as_tuple().exponent
    return (
        shorter.quantize(Decimal(1), context=EXACT) if isinstance(exponent, int) and exponent > 0 else shorter
    )


def said(figure: Decimal) -> str:
    """A figure as a person writes it: no exponent, no zeros at the end."""
    return format(trimmed(figure), "f")
