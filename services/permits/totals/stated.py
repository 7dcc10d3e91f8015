"""What a permit says, or is to say, of yearly amounts under total control. Pure: no clock, no database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from services.permits.permits.facts import Permit, outlet_facts, plant_facts
from services.permits.permits.rules import LimitFact
from services.permits.totals import rules
from services.permits.totals.control import Control


def yearly_amounts(permit: Permit, control: Control, year: int) -> dict[str, Decimal]:
    """条例 art. 13: t/a of each controlled pollutant that the permit limits, at the end of `year` or of the permit."""
    last_day = min(date(year, 12, 31), permit.valid_to)
    stated: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for scope, limit in _amounts(permit):
        if limit.holds_on(last_day):
            stated[limit.pollutant_code][scope] += limit.strictest
    amounts = {
        name: rules.permitted_under(stated.get(code, {}) for code in known.codes)
        for name, known in control.pollutants.items()
    }
    return {name: amount for name, amount in amounts.items() if amount is not None}


def more_of(before: Permit, after: Permit, control: Control, *, first_year: int) -> list[str]:
    """条例 art. 8, 15: the controlled pollutants of which `after` allows more than `before` in some year of both.

    In Chinese, as an applicant reads them. What `before` does not limit it does not allow.
    """
    last_year = max(first_year, min(before.valid_to.year, after.valid_to.year))
    more = set()
    for year in range(first_year, last_year + 1):
        then: Mapping[str, Decimal] = yearly_amounts(before, control, year)
        now = yearly_amounts(after, control, year)
        more |= {each for each, amount in now.items() if amount > then.get(each, Decimal(0))}
    return [known.zh for name, known in control.pollutants.items() if name in more]


def _amounts(permit: Permit) -> Iterator[tuple[str, LimitFact]]:
    """The yearly amounts, each with its scope, as `rules.permitted` knows them."""
    kinds = {outlet.code: outlet.kind for outlet in permit.outlets}
    yield from (
        (kinds[each.outlet_code], each) for each in outlet_facts(permit) if each.kind == "annual_amount"
    )
    yield from ((each.scope, each) for each in plant_facts(permit))
