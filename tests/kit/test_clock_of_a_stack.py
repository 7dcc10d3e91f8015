"""A whole stack lives by the clock of the test that started it; the one beside it does not notice."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.kit import clock
from services.kit.pytest_plugin import MakeDatabase
from tests.support.town import Town
from tests.support.years import years

pytestmark = pytest.mark.stack


async def test_a_stack_lives_through_years_and_tokens_end_on_the_way(
    town: Town, make_database: MakeDatabase
) -> None:
    neighbour, today = await town.staff("clerk"), clock.today()
    async with years(make_database, datetime(2026, 3, 2, 1, tzinfo=UTC)) as (travelled, journey):
        clerk = await travelled.staff("clerk")
        first = await clerk.post(
            "/v1/permits/enterprises", travelled.enterprise_content(travelled.new_uscc())
        )
        assert first.json()["created_at"].startswith("2026-03-02")

        journey.to_day(date(2029, 11, 5))
        late = await clerk.get("/v1/permits/enterprises")
        assert (late.status_code, late.json()["code_hint"]) == (401, "token_expired")
        await travelled.sign_in_anew(clerk)
        second = await clerk.post(
            "/v1/permits/enterprises", travelled.enterprise_content(travelled.new_uscc())
        )
        assert second.json()["created_at"].startswith("2029-11-05")

        beside = await neighbour.post("/v1/permits/enterprises", town.enterprise_content(town.new_uscc()))
        assert not beside.json()["created_at"].startswith("2029")
    assert clock.today() == today
