"""The sample city on days that are awkward: the end of February, New Year, a leap day."""

from __future__ import annotations

from datetime import date

import pytest

from infra.sample.city import make_city
from infra.sample.types import SampleCity, SamplePermit

DAYS = (date(2025, 2, 28), date(2026, 11, 23), date(2027, 1, 1), date(2028, 2, 29))
CITIES = {day: make_city(day) for day in DAYS}


@pytest.fixture(params=DAYS, ids=str)
def city(request: pytest.FixtureRequest) -> SampleCity:
    return CITIES[request.param]


@pytest.fixture
def permits(city: SampleCity) -> dict[str, SamplePermit]:
    return {permit.permit_number: permit for permit in city.permits}
