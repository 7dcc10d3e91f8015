"""The last day to confirm a manifest, once the calendar of the year on the way is published (Order 23 art. 18)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.kit import rounds
from services.kit.clock import CITY_TIME
from services.kit.pytest_plugin import MakeDatabase
from services.waste.clocks.recounting import confirmation_days
from tests.support.calendars import NEW_YEAR
from tests.support.waste import WasteTown, plain_line
from tests.support.years import years

pytestmark = pytest.mark.stack


async def test_order_23_article_18_a_provisional_last_day_is_counted_again_once(
    make_database: MakeDatabase,
) -> None:
    async with years(make_database, datetime(2026, 12, 28, 1, tzinfo=UTC)) as (town, _):
        chain = await WasteTown(town).chain()
        path = await chain.arrived(plain_line(mass_kg="10"))
        database = town.stack.apps["waste"].state.kit.database
        deadline = (await chain.receiver.get(path)).json()["confirmation"]
        assert (deadline["due_on"], deadline["provisional"]) == ("2027-01-04", True)
        assert deadline["uncovered_years"] == [2027]
        unchanged = confirmation_days()
        assert await rounds.make(database, unchanged)
        assert unchanged.progress.done == 0
        work = confirmation_days(calendar=lambda: NEW_YEAR)
        for _ in range(2):
            assert await rounds.make(database, work)
        assert (work.progress.done, work.progress.failed) == (1, 0)
        again = (await chain.receiver.get(path)).json()["confirmation"]
        assert (again["due_on"], again["provisional"], again["uncovered_years"]) == ("2027-01-05", False, [])
        last_moment = datetime(2027, 1, 5, 23, 59, 59, 999999, CITY_TIME)
        assert datetime.fromisoformat(again["due_at"]) == last_moment
        assert again["calendar"] == NEW_YEAR.calendar
        assert await rounds.make(database, confirmation_days())  # an older process takes nothing back
        assert (await chain.receiver.get(path)).json()["confirmation"] == again
