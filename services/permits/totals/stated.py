"""What a permit says, or is to say, of yearly amounts under total control. Pure: no clock, no database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from services.permits.permits.schemas import LimitContent, PermitContent, PermitRead, PlantLimitContent
from services.permits.totals import rules
from services.permits.totals.control import Control

Permit = PermitContent | PermitRead


def yearly_amounts(permit: Permit, control: Control, year: int) -> dict[str, Decimal]:
    """条例 art. 13: t/a of each controlled pollutant that the permit limits, at the end of `year` or of the permit."""
    last_day = min(date(year, 12, 31), permit.valid_to)
    stated: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for scope, limit in _amounts(permit):
        if limit.valid_from <= last_day <= (limit.valid_to or last_day):
            stated[limit.pollutant_code][scope] += _strictest(limit)
    found: dict[str, Decimal] = {}
    for pollutant, known in control.pollutants.items():
        permitted = [rules.permitted(stated[code]) for code in known.codes if code in stated]
        amounts = [each for each in permitted if each is not None]
        if amounts:
            found[pollutant] = sum(amounts, Decimal(0))
    return found


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


def _amounts(permit: Permit) -> Iterator[tuple[str, LimitContent | PlantLimitContent]]:
    for outlet in permit.outlets:
        yield from ((outlet.kind, limit) for limit in outlet.limits if limit.kind == "annual_amount")
    yield from ((limit.scope, limit) for limit in permit.plant_limits)


def _strictest(limit: LimitContent | PlantLimitContent) -> Decimal:
    promised = limit.promised_value if isinstance(limit, LimitContent) else None
    return limit.value if promised is None else min(limit.value, promised)
