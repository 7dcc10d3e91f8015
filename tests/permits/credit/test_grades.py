"""A grade change of the credit ledger shows on the enterprise. The event is in credit's real feed."""

from __future__ import annotations

from typing import Any

import httpx

from services.credit.grading import events as credit
from services.kit import events
from services.kit.consumers import Consumer, apply_next, http_fetch, replay_from
from services.kit.database import Database
from services.kit.reading import PURPOSE_HEADER
from services.permits.credit.events import GRADE_CHANGED, on_grade_changed
from tests.support.stack import TestStack
from tests.support.town import Caller, Holder, Town


def grade(holder: Holder, letter: str, evaluated_at: str) -> dict[str, Any]:
    return {
        "uscc": holder.uscc,
        "grade": letter,
        "grade_name": f"等级{letter}",
        "previous_grade": None,
        "score": "80",
        "rule_pack": "test",
        "rule_hash": "0" * 64,
        "evaluated_at": evaluated_at,
        "evaluation_index": 1,
    }


async def tell(stack: TestStack, holder: Holder, letter: str, evaluated_at: str) -> None:
    """Credit says so in its own event log, as its own use case does."""
    kit = stack.apps["credit"].state.kit
    async with kit.database.transaction() as session:
        events.wake_after_commit(session, kit.wake)
        events.emit(
            session,
            kind=credit.GRADE_CHANGED,
            subject=f"/v1/credit/subjects/{holder.uscc}",
            owner=holder.uscc,
            fact=credit.GradeChanged.model_validate(grade(holder, letter, evaluated_at)),
        )


async def read_feed(stack: TestStack, reader: Caller, database: Database) -> None:
    """Applies credit's feed to the end."""

    async def token() -> str:
        return reader.token

    async with httpx.AsyncClient(
        trust_env=False, timeout=60, headers={PURPOSE_HEADER: "supervision"}
    ) as client:
        fetch = http_fetch(client, f"{stack.urls['credit']}/v1/credit/events", token=token)
        consumer = Consumer("test.grades", fetch, {GRADE_CHANGED: on_grade_changed})
        while await apply_next(database, consumer, wait=2):
            pass


async def shown(town: Town, holder: Holder) -> Any:
    return (await holder.get(f"/v1/permits/enterprises/{holder.uscc}")).json()["credit"]


async def test_a_grade_change_shows_on_the_enterprise(stack: TestStack, town: Town) -> None:
    holder, clerk = await town.holder(), await town.staff("clerk")
    assert await shown(town, holder) is None
    await tell(stack, holder, "B", "2026-05-01T10:00:00+08:00")
    await read_feed(stack, clerk, stack.apps["permits"].state.kit.database)
    assert (await shown(town, holder))["grade"] == "B"


async def test_a_replay_from_zero_ends_with_the_newest_grade(stack: TestStack, town: Town) -> None:
    holder, clerk = await town.holder(), await town.staff("clerk")
    database = stack.apps["permits"].state.kit.database
    await tell(stack, holder, "B", "2026-05-01T10:00:00+08:00")
    await tell(stack, holder, "D", "2026-06-01T10:00:00+08:00")
    await read_feed(stack, clerk, database)
    before = await shown(town, holder)
    async with database.transaction() as session:
        await replay_from(session, "test.grades", 0)
    await read_feed(stack, clerk, database)
    assert await shown(town, holder) == before
    assert before["grade"] == "D"


async def test_the_etag_changes_with_the_grade(stack: TestStack, town: Town) -> None:
    holder, clerk = await town.holder(), await town.staff("clerk")
    path = f"/v1/permits/enterprises/{holder.uscc}"
    before = (await holder.get(path)).headers["etag"]
    await tell(stack, holder, "A", "2026-05-01T10:00:00+08:00")
    await read_feed(stack, clerk, stack.apps["permits"].state.kit.database)
    answer = await holder.http.get(path, headers={"If-None-Match": before})
    assert answer.status_code == 200
