"""Performance classes through the gateway: declared, reviewed up the chain, noticed, in effect, downgraded, public."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from services.kit.ids import new_id_text
from services.permits.performance.rules import SOURCE_CHAIN
from tests.support.performance import (
    DECLARATIONS,
    OF_PERMIT,
    declaration,
    noticed,
    put_into_effect,
    review,
)
from tests.support.quotas import entered
from tests.support.town import Town

DISCLOSURE = "/v1/permits/performance/disclosure"


async def test_a_class_goes_up_the_chain_and_takes_effect_after_its_notice(town: Town) -> None:
    holder, reviewer = await town.holder(), await town.staff("reviewer")
    made = await noticed(town, holder)
    assert (made["state"], made["open_steps"]) == ("noticed", ["take_effect", "refuse"])
    assert made["receipt"]["jws"].count(".") == 2
    path = f"{DECLARATIONS}/{made['id']}/steps"
    own_work = await reviewer.post(path, review("take_effect", town.today))
    assert (own_work.status_code, own_work.json()["code"]) == (409, "performance_four_eyes")
    second = await town.caller(f"r.{holder.uscc.lower()}", roles=["reviewer"], usccs=[])
    early = await second.post(path, review("take_effect", town.today))
    assert {each["code"] for each in early.json()["errors"]} == {"notice_running"}
    shown = (await town.public.get("/v1/permits/performance/notices", params={"limit": 500})).json()["items"]
    assert made["notice_until"] in [each["notice_until"] for each in shown if each["uscc"] == holder.uscc]
    [notice] = [each["notice_id"] for each in shown if each["uscc"] == holder.uscc]
    read = (await town.public.get(f"/v1/permits/disclosure/notices/{notice}")).json()
    assert (read["kind"], read["state"], read["closes_on"]) == ("performance", "open", made["notice_until"])
    said = await town.public.post(
        f"/v1/permits/disclosure/notices/{notice}/comments",
        json={"text": "请公开自评依据"},
        headers={"Idempotency-Key": new_id_text()},
    )
    assert said.status_code == 201, said.text
    day = await put_into_effect(town, made)
    own = f"{OF_PERMIT}/{holder.permit['permit_number']}"
    before = (await holder.get(own, on=(day - timedelta(days=1)).isoformat())).json()
    after = (await holder.get(own, on=day.isoformat())).json()
    assert (before["given_class"], before["exempt"]) == (None, False)
    assert (after["given_class"], after["exempt"], after["holding"]["ground"]) == ("A", True, "rating")
    query = {"on": day.isoformat(), "given_class": "A", "limit": 500}
    listed = (await town.public.get(DISCLOSURE, params=query)).json()["items"]
    assert holder.permit["permit_number"] in [each["permit_number"] for each in listed]


async def test_the_notice_of_a_class_that_is_refused_is_ended(town: Town) -> None:
    holder, reviewer = await town.holder(), await town.staff("reviewer")
    made = await noticed(town, holder)
    shown = (await town.public.get("/v1/permits/performance/notices", params={"limit": 500})).json()["items"]
    [notice] = [each["notice_id"] for each in shown if each["uscc"] == holder.uscc]
    public = f"/v1/permits/disclosure/notices/{notice}"
    before = (await town.public.get(public)).json()
    assert (before["state"], before["ended_on"], before["end_reason"]) == ("open", None, None)
    refused = review("refuse", town.today, opinion="公示期间查实申报材料不实")
    entered(await reviewer.post(f"{DECLARATIONS}/{made['id']}/steps", refused))
    after = (await town.public.get(public)).json()
    assert (after["state"], after["ended_on"]) == ("ended", town.today.isoformat())
    assert after["end_reason"] == "申报未通过审核，公示终止"
    still = await town.public.get("/v1/permits/disclosure/notices", params={"open": "true", "limit": 500})
    assert notice not in [each["id"] for each in still.json()["items"]]
    said = await town.public.post(
        f"{public}/comments", json={"text": "请说明"}, headers={"Idempotency-Key": new_id_text()}
    )
    assert (said.status_code, said.json()["code"]) == (409, "notice_not_open")
    assert said.json()["ended_on"] == town.today.isoformat()


async def test_the_notice_of_a_class_is_not_cut_short_while_the_class_may_take_effect(town: Town) -> None:
    holder, reviewer = await town.holder(), await town.staff("reviewer")
    made = await noticed(town, holder)
    shown = (await town.public.get("/v1/permits/performance/notices", params={"limit": 500})).json()["items"]
    [notice] = [each["notice_id"] for each in shown if each["uscc"] == holder.uscc]
    path = f"/v1/permits/notices/{notice}/ending"
    cut = await reviewer.post(path, {"reason": "公示内容有误"})
    assert (cut.status_code, cut.json()["code"]) == (409, "notice_of_declaration"), cut.text
    assert cut.json()["article"] == SOURCE_CHAIN
    public = f"/v1/permits/disclosure/notices/{notice}"
    assert (await town.public.get(public)).json()["state"] == "open"
    refused = review("refuse", town.today, opinion="公示内容有误，另行申报")
    entered(await reviewer.post(f"{DECLARATIONS}/{made['id']}/steps", refused))
    assert (await town.public.get(public)).json()["state"] == "ended"
    again = await reviewer.post(path, {"reason": "公示内容有误"})
    assert (again.status_code, again.json()["code"]) == (409, "notice_over")


async def test_one_that_is_refused_before_its_notice_has_none_to_end(town: Town) -> None:
    holder, reviewer = await town.holder(), await town.staff("reviewer")
    made = entered(await holder.post(DECLARATIONS, declaration(holder)))
    path = f"{DECLARATIONS}/{made['id']}/steps"
    refused = entered(await reviewer.post(path, review("refuse", town.today, opinion="材料不全")))
    assert refused["state"] == "refused"


async def test_a_downgrade_holds_from_its_day_and_the_past_stays(town: Town) -> None:
    holder, approver = await town.holder(), await town.staff("approver")
    day = await put_into_effect(town, await noticed(town, holder))
    own, later = f"{OF_PERMIT}/{holder.permit['permit_number']}", day + timedelta(days=30)
    down = {
        **{"given_class": "C", "effective_from": later.isoformat()},
        **{"reason": "预警期间未落实减排措施", "basis": "锡环发〔2027〕2号"},
    }
    lowered = entered(await approver.post(f"{own}/downgrades", down))
    assert [each["given_class"] for each in lowered["history"]] == ["A", "C"]
    for on, given_class in ((day, "A"), (later, "C")):
        assert (await holder.get(own, on=on.isoformat())).json()["given_class"] == given_class
    again = await approver.post(f"{own}/downgrades", {**down, "given_class": "B"})
    assert [each["code"] for each in again.json()["errors"]] == ["class_not_lower"]
    back = await approver.post(f"{own}/downgrades", {**down, "effective_from": day.isoformat()})
    assert [each["code"] for each in back.json()["errors"]] == ["before_present_class"]
    assert (await holder.post(f"{own}/downgrades", down)).status_code == 403


async def test_a_review_lowers_but_does_not_raise_and_skips_nothing(town: Town) -> None:
    holder, reviewer = await town.holder(), await town.staff("reviewer")
    made = entered(await holder.post(DECLARATIONS, declaration(holder, "B")))
    path = f"{DECLARATIONS}/{made['id']}/steps"
    skipped = await reviewer.post(path, review("region_review", town.today))
    assert (skipped.status_code, skipped.json()["code"]) == (409, "performance_step_not_open")
    raised = await reviewer.post(path, review("county_review", town.today, given_class="A"))
    assert [each["code"] for each in raised.json()["errors"]] == ["class_raised"]
    entered(await reviewer.post(path, review("county_review", town.today)))
    lowered = entered(await reviewer.post(path, review("league_review", town.today, given_class="C")))
    assert (lowered["declared_class"], lowered["granted_class"]) == ("B", "C")
    tomorrow = town.today + timedelta(days=1)
    wrong = await reviewer.post(path, review("refuse", tomorrow, given_class="D"))
    assert {each["code"] for each in wrong.json()["errors"]} == {
        "step_in_future",
        "class_superfluous",
        "comment_required",
    }
    refused = entered(await reviewer.post(path, review("refuse", town.today, opinion="不符合")))
    assert (refused["state"], refused["open_steps"]) == ("refused", [])


async def test_one_declaration_of_a_site_is_open_at_a_time(town: Town) -> None:
    holder = await town.holder()
    answers = await asyncio.gather(*(holder.post(DECLARATIONS, declaration(holder)) for _ in range(3)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409]
    (made,) = (await holder.get(DECLARATIONS)).json()["items"]
    withdrawn = await holder.post(f"{DECLARATIONS}/{made['id']}/withdrawal", None)
    assert withdrawn.json()["state"] == "withdrawn"
    again = await holder.post(f"{DECLARATIONS}/{made['id']}/withdrawal", None)
    assert (again.status_code, again.json()["code"]) == (409, "performance_step_not_open")
    assert (await holder.post(DECLARATIONS, declaration(holder))).status_code == 201


async def test_a_sector_and_a_class_of_the_edition(town: Town) -> None:
    holder = await town.holder()
    for changes, code in (({"sector": "养蜂"}, "sector_unknown"), ({"sector": "玻璃钢"}, "class_unknown")):
        answer = await holder.post(DECLARATIONS, declaration(holder, **changes))
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
    known = (await town.public.get("/v1/permits/performance/editions")).json()["items"]
    assert known[0]["notice_working_days"] == 7


async def test_whoever_declared_does_not_review(town: Town) -> None:
    holder = await town.holder()
    both = await town.caller(
        f"d.{holder.uscc.lower()}", roles=["enterprise", "reviewer"], usccs=[holder.uscc]
    )
    made = entered(await both.post(DECLARATIONS, declaration(holder)))
    answer = await both.post(f"{DECLARATIONS}/{made['id']}/steps", review("county_review", town.today))
    assert (answer.status_code, answer.json()["code"]) == (409, "performance_four_eyes")


async def test_another_enterprise_reaches_nothing(town: Town) -> None:
    holder, other, approver = await town.holder(), await town.holder(), await town.staff("approver")
    made = entered(await holder.post(DECLARATIONS, declaration(holder)))
    path = f"{DECLARATIONS}/{made['id']}"
    for answer in (
        await other.get(path),
        await other.post(f"{path}/withdrawal", None),
        await other.post(DECLARATIONS, declaration(holder)),
        await other.get(f"{OF_PERMIT}/{holder.permit['permit_number']}"),
    ):
        assert answer.status_code == 404, answer.text
    assert (await other.get(DECLARATIONS, uscc=holder.uscc)).json()["items"] == []
    nowhere = f"{OF_PERMIT}/{other.uscc}009P/downgrades"
    down = {"given_class": "D", "effective_from": "2026-01-01", "reason": "?", "basis": "?"}
    assert (await approver.post(nowhere, down)).status_code == 404
    unrated = await approver.post(f"{OF_PERMIT}/{other.permit['permit_number']}/downgrades", down)
    assert [each["code"] for each in unrated.json()["errors"]] == ["not_rated"]
