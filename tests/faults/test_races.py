"""Two requests for one thing at the same moment: one wins, the other is told the same every time."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from typing import Any

import httpx
import pytest

from tests.faults.support.records import REPORTS, each, records
from tests.support.town import Holder, Town

ROUNDS = 20


async def at_once(*requests: Any) -> tuple[httpx.Response, httpx.Response]:
    """The answers to two requests: (the one that won, the other), by status."""
    first, second = await asyncio.gather(*requests)
    return (first, second) if first.status_code < second.status_code else (second, first)


async def holders_with_reports(town: Town, reports: int) -> list[tuple[Holder, dict[str, Any]]]:
    """So many reports that are due, of as few new enterprises as have them."""
    due: list[tuple[Holder, dict[str, Any]]] = []
    while len(due) < reports:
        holder = await town.holder()
        open_ones = len(await holder.obligations())
        due += [(holder, await holder.report(index)) for index in range(open_ones)]
    return due[:reports]


async def test_of_two_submissions_of_one_report_exactly_one_wins_every_time(town: Town) -> None:
    due = await holders_with_reports(town, ROUNDS)
    for holder, body in due:
        won, lost = await at_once(holder.post(REPORTS, body), holder.post(REPORTS, body))
        assert (won.status_code, lost.status_code) == (201, 409)
        refusal = lost.json()
        assert refusal["code"] == "already_reported"
        assert refusal["report"] == f"{REPORTS}/{won.json()['report']['id']}"
    submitted = Counter(holder.uscc for holder, _ in due)
    for holder in {holder.uscc: holder for holder, _ in due}.values():
        assert await records(town.stack.databases["permits"], holder) == each(submitted[holder.uscc])


async def test_five_submissions_of_one_report_have_one_winner(town: Town) -> None:
    holder = await town.holder()
    body = await holder.report()
    answers = await asyncio.gather(*(holder.post(REPORTS, body) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert await records(town.stack.databases["permits"], holder) == each(1)


async def test_two_requests_with_one_key_get_one_answer_every_time(town: Town) -> None:
    due = await holders_with_reports(town, ROUNDS)
    for holder, body in due:
        key = str(uuid.uuid4())
        answers = await asyncio.gather(*(holder.post(REPORTS, body, key=key) for _ in range(2)))
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].content == answers[1].content
        assert sorted("idempotency-replayed" in answer.headers for answer in answers) == [False, True]
    submitted = Counter(holder.uscc for holder, _ in due)
    for holder in {holder.uscc: holder for holder, _ in due}.values():
        assert await records(town.stack.databases["permits"], holder) == each(submitted[holder.uscc])


async def test_one_key_for_two_bodies_at_once_stores_one_of_them(town: Town) -> None:
    for holder, body in await holders_with_reports(town, 5):
        key, other = str(uuid.uuid4()), {**body, "production_days": 79}
        won, lost = await at_once(*(holder.post(REPORTS, sent, key=key) for sent in (body, other)))
        assert (won.status_code, lost.status_code) == (201, 422)
        assert lost.json()["code"] == "idempotency_key_reused"


async def test_of_two_corrections_of_one_version_exactly_one_wins(town: Town) -> None:
    holder = await town.holder()
    body = await holder.report()
    report = (await holder.post(REPORTS, body)).json()["report"]["id"]
    stated = {name: value for name, value in body.items() if name != "obligation_id"}
    for version in range(1, 9):
        correction = {**stated, "corrects_version": version, "reason": "更正"}
        path = f"{REPORTS}/{report}/versions"
        won, lost = await at_once(holder.post(path, correction), holder.post(path, correction))
        assert (won.status_code, lost.status_code) == (201, 409)
        assert won.json()["version"] == version + 1
        assert (lost.json()["code"], lost.json()["version"]) == ("version_superseded", version + 1)


@pytest.mark.parametrize("decisions", [("accept", "accept"), ("accept", "return"), ("return", "return")])
async def test_of_two_reviews_of_one_version_exactly_one_wins(town: Town, decisions: tuple[str, str]) -> None:
    reviewer = await town.staff("reviewer")
    for holder, body in await holders_with_reports(town, 4):
        report = (await holder.post(REPORTS, body)).json()["report"]["id"]
        path = f"{REPORTS}/{report}/reviews"
        won, lost = await at_once(
            *(
                reviewer.post(path, {"version": 1, "decision": decision, "comment": "核对"})
                for decision in decisions
            )
        )
        assert (won.status_code, lost.status_code) == (201, 409)
        assert lost.json()["code"] == "step_not_open"
        assert len(won.json()["reviews"]) == 1
        assert (await reviewer.get(f"{REPORTS}/{report}")).json()["state"] == won.json()["state"]


async def test_a_correction_and_a_review_at_once_never_accept_what_nobody_read(town: Town) -> None:
    reviewer = await town.staff("reviewer")
    for holder, body in await holders_with_reports(town, 8):
        report = (await holder.post(REPORTS, body)).json()["report"]["id"]
        stated = {name: value for name, value in body.items() if name != "obligation_id"}
        correction = {**stated, "corrects_version": 1, "reason": "更正"}
        won, lost = await at_once(
            holder.post(f"{REPORTS}/{report}/versions", correction),
            reviewer.post(f"{REPORTS}/{report}/reviews", {"version": 1, "decision": "accept"}),
        )
        assert (won.status_code, lost.status_code) == (201, 409)
        now = (await reviewer.get(f"{REPORTS}/{report}")).json()
        assert (now["state"], now["version"], lost.json()["code"]) in (
            ("submitted", 2, "version_superseded"),
            ("accepted", 1, "step_not_open"),
        )
