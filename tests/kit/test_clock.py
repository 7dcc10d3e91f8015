"""The clock: frozen for one task, or travelling for all that a test has started."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from services.kit import clock

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SOON = timedelta(minutes=1)
"""No test takes as long, so it tells a clock that runs from one that jumped."""


def test_without_a_journey_it_is_now() -> None:
    assert abs(clock.now() - datetime.now(UTC)) < SOON


def test_a_journey_begins_where_it_is_told_and_its_clock_runs() -> None:
    with clock.travelling(START):
        first = clock.now()
        while (second := clock.now()) == first:
            pass  # within one microsecond
    assert START <= first < second < START + SOON


def test_a_journey_without_a_start_begins_now() -> None:
    with clock.travelling():
        assert abs(clock.now() - datetime.now(UTC)) < SOON


def test_it_jumps_to_a_moment_a_day_and_by_a_span() -> None:
    with clock.travelling(START) as journey:
        journey.to(START + timedelta(days=30))
        assert START + timedelta(days=30) <= clock.now() < START + timedelta(days=30) + SOON
        journey.to_day(date(2027, 1, 4))
        assert (clock.today(), clock.now().astimezone(clock.CITY_TIME).hour) == (date(2027, 1, 4), 9)
        journey.on(timedelta(days=366))
        assert clock.today() == date(2028, 1, 5)


def test_it_goes_back_only_where_that_is_said() -> None:
    with clock.travelling(START) as journey:
        with pytest.raises(ValueError, match="is over"):
            journey.to(START - timedelta(seconds=1))
        assert clock.now() >= START
        journey.back_to(START - timedelta(days=1))
        assert clock.today() == date(2026, 3, 1)


@pytest.mark.parametrize("use", ["travelling", "to", "back_to", "at"])
def test_a_moment_needs_its_offset(use: str) -> None:
    naive = datetime(2026, 3, 2, 1, 0)  # noqa: DTZ001 - what is refused
    with clock.travelling(START) as journey, pytest.raises(ValueError, match="offset"):
        if use in ("travelling", "at"):
            with getattr(clock, use)(naive):
                pytest.fail("it was taken")
        getattr(journey, use)(naive)


def test_a_frozen_moment_wins_and_the_journey_goes_on_after_it() -> None:
    moment = datetime(2031, 1, 1, tzinfo=UTC)
    with clock.travelling(START), clock.at(moment):
        assert clock.now() == moment
    with clock.travelling(START) as journey:
        with clock.at(moment):
            journey.to(START + timedelta(days=1))
            assert clock.now() == moment
        assert clock.today() == date(2026, 3, 3)


async def test_every_task_started_within_travels_and_one_that_ran_before_does_not() -> None:
    asked, answers = asyncio.Event(), []

    async def look() -> None:
        await asked.wait()
        answers.append(clock.today())

    async def look_from_a_task_of_its_own() -> None:
        await asyncio.create_task(look())

    before = asyncio.create_task(look())
    with clock.travelling(START) as journey:
        within = asyncio.create_task(look_from_a_task_of_its_own())
        journey.to_day(date(2030, 5, 6))  # after it was started
        asked.set()
        await asyncio.gather(before, within)
        assert await asyncio.to_thread(clock.today) == date(2030, 5, 6)
    assert sorted(answers) == sorted([datetime.now(clock.CITY_TIME).date(), date(2030, 5, 6)])


def test_time_is_as_before_when_the_journey_is_over() -> None:
    with clock.travelling(START) as journey:
        journey.on(timedelta(days=2000))
    assert abs(clock.now() - datetime.now(UTC)) < SOON
