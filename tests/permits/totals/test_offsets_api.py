"""Replacement of a new source's quota (条例 art. 8), through the gateway."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from services.kit import clock
from services.kit.auth import Principal
from services.kit.database import Database
from services.permits.totals import offsets
from services.permits.totals.errors import OffsetInvalid
from services.permits.totals.schemas import OffsetDecision
from tests.permits.endings.bureau import end
from tests.permits.reading import is_problem
from tests.support.quotas import (
    DECISIONS,
    OFFSETS,
    decision,
    entered,
    granted,
    position_of,
    replacement,
)
from tests.support.town import Holder, Town

NOX = "nitrogen_oxides"
APPROVAL = {"decision": "approve", "opinion": "同意替代", "basis": "二环审〔2026〕8号"}


async def pair(town: Town, held: str = "40") -> tuple[Holder, Holder]:
    """A holder with a project, and another that has quota to give up."""
    holder, source = await town.holder(), await town.holder()
    await granted(town, source, held)
    return holder, source


async def stated(holder: Holder, source: Holder, **changes: Any) -> dict[str, Any]:
    return entered(await holder.post(OFFSETS, replacement(holder, source, **changes)))


async def test_regulation_8_an_approved_replacement_moves_the_tonnes_and_retires_the_rest(
    town: Town,
) -> None:
    holder, source = await pair(town)
    made = await stated(holder, source)
    assert (made["state"], made["ratio"]) == ("submitted", "1")
    assert made["receipt"]["jws"].count(".") == 2
    approver = await town.staff("approver")
    decided = entered(await approver.post(f"{OFFSETS}/{made['id']}/decision", APPROVAL))
    assert decided["state"] == "approved"
    new, old = holder.permit["permit_number"], source.permit["permit_number"]
    assert (await position_of(holder, new, NOX, year=2027))["quota_t"] == "10"
    assert (await position_of(source, old, NOX, year=2026))["quota_t"] == "40"
    assert (await position_of(source, old, NOX, year=2027))["quota_t"] == "27.5"
    moves = (await approver.get("/v1/permits/totals/entries", permit_number=old)).json()["items"]
    assert [(each["move"], each["target"]["kind"], each["tonnes"]) for each in moves[1:]] == [
        ("replacement", "permit", "10"),
        ("reduction", "retired", "2.5"),
    ]
    assert {each["document_id"] for each in moves[1:]} == {made["id"]}
    told = (await source.get("/v1/permits/events", type="permits.quota_moved.v1", wait=10)).json()
    assert [each["data"]["change_t"] for each in told] == ["40", "-10", "-2.5"]


async def test_everything_wrong_with_a_statement_is_said_at_once(town: Town) -> None:
    holder, source = await pair(town)
    nobody = {**replacement(holder, source)["sources"][0], "permit_number": f"{town.new_uscc()}001P"}
    itself = {**nobody, "permit_number": holder.permit["permit_number"], "tonnes": "1"}
    answer = await holder.post(
        OFFSETS,
        replacement(holder, source, needed_t="99", from_year=2020, sources=[nobody, itself]),
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "offset_invalid")
    assert {(each["pointer"], each["code"]) for each in answer.json()["errors"]} == {
        ("/sources", "offset_too_small"),
        ("/sources/0/permit_number", "offset_source_unknown"),
        ("/sources/1/permit_number", "offset_from_itself"),
        ("/from_year", "year_over"),
    }


async def test_a_source_without_the_tonnes_refuses_the_approval_and_nothing_moves(town: Town) -> None:
    holder, source = await pair(town, held="12")
    made = await stated(holder, source)
    approver = await town.staff("approver")
    path = f"{OFFSETS}/{made['id']}/decision"
    answer = await approver.post(path, APPROVAL)
    assert (answer.status_code, answer.json()["code"]) == (409, "quota_short")
    assert (await holder.get(f"{OFFSETS}/{made['id']}")).json()["state"] == "submitted"
    refusal = {**APPROVAL, "decision": "refuse", "opinion": "来源指标不足"}
    assert entered(await approver.post(path, refusal))["state"] == "refused"
    again = await approver.post(path, APPROVAL)
    assert (again.status_code, again.json()["code"]) == (409, "offset_ended")


async def test_an_approval_does_not_reach_back_to_a_year_that_is_over(town: Town) -> None:
    holder, source = await pair(town)
    made = await stated(holder, source, from_year=town.today.year)
    approver = Principal(
        str(uuid.uuid4()), "审批员", roles=("approver",), scopes=frozenset(), every_enterprise=True
    )
    later = datetime(town.today.year + 1, 1, 2, 4, tzinfo=UTC)
    database = Database(town.stack.databases["permits"], pool_size=1)
    approval = OffsetDecision.model_validate(APPROVAL)
    try:
        with clock.at(later), pytest.raises(OffsetInvalid) as refused:
            async with database.transaction() as session:
                await offsets.decide(session, approver, approval, offset_id=uuid.UUID(made["id"]))
    finally:
        await database.close()
    assert [(each.pointer, each.code) for each in refused.value.errors] == [("/decision", "year_over")]
    assert (await holder.get(f"{OFFSETS}/{made['id']}")).json()["state"] == "submitted"


async def test_regulation_2_an_ended_permit_is_given_no_quota(town: Town) -> None:
    holder, source = await pair(town)
    made, number = await stated(holder, source), holder.permit["permit_number"]
    await end(town, holder)
    approver = await town.staff("approver")
    entered(await approver.post(DECISIONS, decision("grant", "5")))
    for answer in (
        await holder.post(OFFSETS, replacement(holder, source)),
        await approver.post(f"{OFFSETS}/{made['id']}/decision", APPROVAL),
        await approver.post(DECISIONS, decision("allocation", "5", number)),
    ):
        assert is_problem(answer, 409, "permit_not_in_force")
        assert answer.json()["standing"] == "annulled"
    assert (await approver.get("/v1/permits/totals/entries", permit_number=number)).json()["items"] == []
    refusal = {**APPROVAL, "decision": "refuse", "opinion": "许可证已撤销"}
    assert entered(await approver.post(f"{OFFSETS}/{made['id']}/decision", refusal))["state"] == "refused"


async def test_an_ended_source_gives_up_what_it_holds(town: Town) -> None:
    holder, source = await pair(town)
    made = await stated(holder, source)
    await end(town, source)
    approver = await town.staff("approver")
    assert entered(await approver.post(f"{OFFSETS}/{made['id']}/decision", APPROVAL))["state"] == "approved"


async def test_two_approvals_at_once_move_the_tonnes_once(town: Town) -> None:
    holder, source = await pair(town)
    made, approver = await stated(holder, source), await town.staff("approver")
    path = f"{OFFSETS}/{made['id']}/decision"
    answers = await asyncio.gather(*(approver.post(path, APPROVAL) for _ in range(3)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409]
    new = await position_of(holder, holder.permit["permit_number"], NOX, year=2027)
    assert new["quota_t"] == "10"


async def test_whoever_stated_does_not_decide(town: Town) -> None:
    holder, source = await pair(town)
    both = await town.caller(
        f"b.{holder.uscc.lower()}", roles=["enterprise", "approver"], usccs=[holder.uscc]
    )
    made = entered(await both.post(OFFSETS, replacement(holder, source)))
    answer = await both.post(f"{OFFSETS}/{made['id']}/decision", APPROVAL)
    assert (answer.status_code, answer.json()["code"]) == (409, "offset_four_eyes")


async def test_a_statement_is_withdrawn_by_its_enterprise_alone(town: Town) -> None:
    holder, source = await pair(town)
    made = await stated(holder, source)
    path = f"{OFFSETS}/{made['id']}"
    for answer in (await source.get(path), await source.post(f"{path}/withdrawal", None)):
        assert (answer.status_code, answer.json()["code"]) == (404, "offset_not_found")
    assert (await holder.post(f"{path}/withdrawal", None)).json()["state"] == "withdrawn"
    again = await holder.post(f"{path}/withdrawal", None)
    assert (again.status_code, again.json()["code"]) == (409, "offset_ended")
    listed = (await holder.get(OFFSETS, state="withdrawn")).json()["items"]
    assert [each["id"] for each in listed] == [made["id"]]


async def test_nobody_states_for_another_enterprises_permit(town: Town) -> None:
    holder, source = await pair(town)
    answer = await source.post(OFFSETS, replacement(holder, source))
    assert (answer.status_code, answer.json()["code"]) == (404, "permit_not_found")


async def test_what_is_wrong_in_shape_and_by_rule_is_said_together(town: Town) -> None:
    holder, source = await pair(town)
    answer = await holder.post(OFFSETS, replacement(holder, source, needed_t=10, from_year=2020))
    assert {(each["pointer"], each["code"]) for each in answer.json()["errors"]} == {
        ("/needed_t", "decimal_string_expected"),
        ("/from_year", "year_over"),
    }
