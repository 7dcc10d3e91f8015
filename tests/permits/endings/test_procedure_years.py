"""A revocation with its notice, statement and hearing, under a travelling clock, through the gateway."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.kit.pytest_plugin import MakeDatabase
from services.kit.receipts import check_receipt
from tests.permits.endings.bureau import CALL, DOCUMENT, ENDINGS, NOTICE, RECORD, proposal
from tests.permits.reading import is_problem, named
from tests.support.years import years

pytestmark = pytest.mark.stack


async def test_a_holder_is_told_states_is_heard_and_only_then_loses_its_permit(
    make_database: MakeDatabase,
) -> None:
    async with years(make_database, datetime(2026, 3, 2, 1, tzinfo=UTC)) as (town, journey):
        holder, stranger = await town.holder(), await town.holder()
        reviewer, approver = await town.staff("reviewer"), await town.staff("approver")
        other = await town.caller("reviewer.two", roles=["reviewer"], usccs=[])

        async def on(day: date) -> None:
            journey.to_day(day)
            await town.sign_in_anew(holder, stranger, reviewer, approver, other)

        content = proposal(holder.permit["permit_number"], kind="revoked", ground="serious_breach")
        ending = (await reviewer.post(ENDINGS, content)).json()
        path = f"{ENDINGS}/{ending['id']}"
        assert (ending["procedure"], ending["hearing_until"]) == ("proposed", None)
        approval = {"decision": "approve", "document_number": DOCUMENT}
        assert is_problem(await approver.post(f"{path}/decision", approval), 409, "notice_needed")
        early = await holder.post(f"{path}/hearing-request", {"reason": "有异议"})
        assert is_problem(early, 409, "ending_step_not_open")

        wrong = {**NOTICE, "received_on": "2026-03-01"}
        assert named(await reviewer.post(f"{path}/notice", wrong)) == {("/received_on", "received_outside")}
        told = (await reviewer.post(f"{path}/notice", NOTICE)).json()
        assert (told["procedure"], told["hearing_until"]) == ("notified", "2026-03-09")
        keys = (await town.public.get("/v1/permits/receipt-keys")).json()
        (notice,) = told["history"]
        assert notice["document"]["hearing_until"] == "2026-03-09"
        check_receipt(notice["receipt"]["jws"], keys, document=notice["document"])
        refused = await approver.post(f"{path}/decision", approval)
        assert is_problem(refused, 409, "hearing_open")
        assert refused.json()["not_before"] == "2026-03-10"

        for body in ({"text": "设备雷击损坏，已及时报告"}, {"text": "附维修记录"}):
            assert (await holder.post(f"{path}/statement", body)).status_code == 201
        assert is_problem(await stranger.post(f"{path}/statement", body), 404, "ending_not_found")
        await on(date(2026, 3, 9))
        asked = (await holder.post(f"{path}/hearing-request", {"reason": "对事实有异议"})).json()
        assert asked["procedure"] == "hearing_requested"
        await on(date(2026, 3, 10))
        closed = await approver.post(f"{path}/decision", approval)
        assert is_problem(closed, 409, "ending_step_not_open")

        soon = {**CALL, "held_on": "2026-03-18"}
        assert named(await reviewer.post(f"{path}/hearing", soon)) == {("/held_on", "hearing_too_soon")}
        called = (await reviewer.post(f"{path}/hearing", {**CALL, "held_on": "2026-03-19"})).json()
        assert (called["procedure"], called["hearing_on"]) == ("hearing_called", "2026-03-19")
        record = {**RECORD, "held_on": "2026-03-19"}
        not_yet = await other.post(f"{path}/hearing-record", record)
        assert named(not_yet) == {("/held_on", "hearing_not_held")}
        await on(date(2026, 3, 19))
        own = await reviewer.post(f"{path}/hearing-record", record)
        assert is_problem(own, 409, "ending_four_eyes")
        before = await other.post(f"{path}/hearing-record", {**record, "held_on": "2026-03-18"})
        assert named(before) == {("/held_on", "hearing_before_call")}
        heard = (await other.post(f"{path}/hearing-record", record)).json()
        assert heard["procedure"] == "heard"
        late = await holder.post(f"{path}/hearing-request", {"reason": "再次申请"})
        assert is_problem(late, 409, "ending_step_not_open")

        decided = (await approver.post(f"{path}/decision", approval)).json()
        assert (decided["state"], decided["procedure"]) == ("approved", "approved")
        assert [each["step"] for each in decided["history"]] == [
            "notify",
            "state",
            "state",
            "request_hearing",
            "call_hearing",
            "record_hearing",
        ]
        assert is_problem(await holder.post(f"{path}/statement", body), 409, "ending_step_not_open")
        facts = await holder.get("/v1/permits/events", wait=10, limit=500)
        kinds = {each["type"] for each in facts.json()}
        assert {"permits.ending_notified.v1", "permits.hearing_called.v1"} <= kinds
        assert "permits.hearing_recorded.v1" in kinds


async def test_a_request_that_is_withdrawn_or_late_leaves_the_decision_open(
    make_database: MakeDatabase,
) -> None:
    async with years(make_database, datetime(2026, 3, 2, 1, tzinfo=UTC)) as (town, journey):
        holder = await town.holder()
        reviewer, approver = await town.staff("reviewer"), await town.staff("approver")
        number = holder.permit["permit_number"]
        ending = (
            await reviewer.post(ENDINGS, proposal(number, kind="revoked", ground="serious_breach"))
        ).json()
        path = f"{ENDINGS}/{ending['id']}"
        assert (await reviewer.post(f"{path}/notice", NOTICE)).status_code == 201
        assert (await holder.post(f"{path}/hearing-request", {"reason": "有异议"})).status_code == 201
        back = await holder.post(f"{path}/hearing-request-withdrawal", {"reason": "已整改"})
        assert (back.status_code, back.json()["procedure"]) == (201, "notified")
        journey.to_day(date(2026, 3, 10))
        await town.sign_in_anew(holder, reviewer, approver)
        late = await holder.post(f"{path}/hearing-request", {"reason": "有异议"})
        assert is_problem(late, 409, "hearing_closed")
        approval = {"decision": "approve", "document_number": DOCUMENT}
        assert (await approver.post(f"{path}/decision", approval)).status_code == 201

        second = (
            await reviewer.post(ENDINGS, proposal(number, kind="cancelled", ground="ended_before"))
        ).json()
        cancelled = await approver.post(f"{ENDINGS}/{second['id']}/decision", approval)
        assert (
            cancelled.json()["procedure"] == "approved"
        )  # 行政许可法 art. 70: struck from the register after it
        none = await holder.post(f"{ENDINGS}/{second['id']}/hearing-request", {"reason": "有异议"})
        assert is_problem(none, 409, "ending_step_not_open")
