"""What ended, as one process hears of it and another reads on from it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.auth import Principal
from services.kit.endings import Endings
from services.kit.problems import Unauthorized


def somebody(**changes: Any) -> Principal:
    return Principal("p", "P", roles=("clerk",), scopes=frozenset(), **changes)


def refused(endings: Endings, **claims: Any) -> str | None:
    try:
        endings.refuse(somebody(**claims))
    except Unauthorized as problem:
        return str(problem.extra["code_hint"])
    return None


HEARD = st.tuples(st.sampled_from(["session", "delegation"]), st.integers(1, 6))


@given(st.lists(st.lists(HEARD, max_size=5), max_size=6), st.integers(0, 6))
def test_who_reads_on_knows_what_the_first_one_knows_whenever_it_began_and_whoever_began_anew(
    batches: list[list[tuple[str, int]]], restart: int
) -> None:
    gateway, service, position = Endings(), Endings(), ""
    told: list[tuple[str, int]] = []
    for number, batch in enumerate(batches):
        if number == restart:  # another gateway, which read the same from the database
            gateway = Endings()
            batch = [*told, *batch]
        for kind, value in batch:
            if kind == "session":
                gateway.sessions.heard(f"s{value}")
            else:
                gateway.delegations.heard(f"d.{value}")
        told += batch
        position = service.take(gateway.after(position))
        assert gateway.after(position) == {"position": position, "sessions": [], "delegations": []}
    for value in range(1, 7):
        for claims in ({"session": f"s{value}"}, {"acting_for": f"d.{value}"}):
            assert refused(service, **claims) == refused(gateway, **claims)
        assert (refused(service, session=f"s{value}") == "session_ended") is (("session", value) in told)


def test_the_memory_of_the_other_process_is_not_believed_by_its_number_alone() -> None:
    first, second = Endings(), Endings()
    first.sessions.heard("a")
    second.sessions.heard("b")
    assert second.after(first.journal.position)["sessions"] == ["b"]


@pytest.mark.parametrize("position", ["", ".", "x.1", "1", "\u00b2", "٣", f"{'9' * 64}", "a.b.c"])
def test_a_position_that_is_none_is_the_beginning(position: str) -> None:
    endings = Endings()
    endings.sessions.heard("a")
    assert endings.after(position)["sessions"] == ["a"]


@pytest.mark.parametrize(
    "news",
    [
        *(None, [], "x", {}, {"position": 7, "sessions": [], "delegations": []}),
        *({"position": "x", "sessions": [1], "delegations": []}, {"position": "x", "sessions": []}),
    ],
)
def test_what_is_no_news_is_refused(news: Any) -> None:
    with pytest.raises(ValueError, match="no news"):
        Endings().take(news)


async def test_who_waits_is_woken_by_the_next_end() -> None:
    endings = Endings()
    waiting = asyncio.create_task(endings.journal.moved_past(endings.journal.position, seconds=30))
    await asyncio.sleep(0)
    endings.sessions.heard("a")
    await asyncio.wait_for(waiting, 20)


async def test_who_waits_for_nothing_waits_no_longer_than_it_said() -> None:
    endings = Endings()
    await asyncio.wait_for(endings.journal.moved_past(endings.journal.position, seconds=0.05), 20)


def test_a_system_has_nothing_that_could_end() -> None:
    assert refused(Endings()) is None
