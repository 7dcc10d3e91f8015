"""Greenhouse-gas reports through the gateway: one fuel fact, two reports; signed, forwarded, verified, fed back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from tests.permits.reading import named
from tests.support.emitters import (
    EMITTERS,
    GREENHOUSE_REPORTS,
    emissions,
    emitter,
    key_emitter,
    reported,
    step,
)
from tests.support.fuels import FACTS, correction
from tests.support.quotas import entered
from tests.support.town import Town

DISCLOSURE = "/v1/permits/greenhouse/disclosure"


async def test_the_year_is_previewed_signed_and_explained(town: Town) -> None:
    holder = await key_emitter(town)
    made = entered(await holder.post(GREENHOUSE_REPORTS, await emissions(holder)))
    sheet = made["newest"]["sheet"]
    assert (sheet["combustion_t"], sheet["electricity_t"], sheet["total_t"]) == (
        "17470.88",
        "536.60",
        "18007.48",
    )
    assert sheet["lines"][0]["working"] == "10000 × 19.570 × 0.02618 × 0.93 × 44 ÷ 12 = 17470.88 tCO2"
    assert made["newest"]["document"]["sheet"]["total_t"] == "18007.48"
    assert (made["report"]["due_on"], made["report"]["keep_until"]) == ("2026-03-31", "2030-12-31")
    assert made["newest"]["receipt"]["jws"].count(".") == 2
    again = await holder.post(GREENHOUSE_REPORTS, await emissions(holder))
    assert (again.status_code, again.json()["code"]) == (409, "greenhouse_reported")


async def test_two_submissions_at_once_make_one_report(town: Town) -> None:
    holder = await key_emitter(town)
    content = await emissions(holder)
    answers = await asyncio.gather(*(holder.post(GREENHOUSE_REPORTS, content) for _ in range(3)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409]


async def test_one_fact_two_reports_a_signed_one_keeps_the_version_it_used(town: Town) -> None:
    holder = await key_emitter(town)
    report = await reported(holder)
    (coal,) = [
        each for each in (await holder.get(FACTS)).json()["items"] if each["fuel"] == "bituminous_coal"
    ]
    entered(await holder.post(f"{FACTS}/{coal['id']}/versions", correction("9000")))
    path = f"{GREENHOUSE_REPORTS}/{report['id']}"
    seen = (await holder.get(path)).json()
    assert seen["corrected_facts"] == [{"fact_id": coal["id"], "used_version": 1, "newest_version": 2}]
    assert seen["newest"]["sheet"]["total_t"] == "18007.48"
    content: dict[str, Any] = {
        **await emissions(holder),
        **{"corrects_version": 1, "reason": "地磅校准"},
    }
    del content["uscc"], content["year"]
    stale = {**content, "facts": [{**each, "version": 1} for each in content["facts"]]}
    answer = await holder.post(f"{path}/versions", stale)
    assert [each["code"] for each in answer.json()["errors"]] == ["fact_superseded"]
    corrected = entered(await holder.post(f"{path}/versions", content))
    assert corrected["newest"]["sheet"]["combustion_t"] == "15723.79"
    first = (await holder.get(f"{path}/versions/1")).json()
    assert first["sheet"]["total_t"] == "18007.48"
    assert (await holder.get(path)).json()["corrected_facts"] == []


async def test_carbon_regulation_12_from_forwarding_to_feedback_with_its_clock(town: Town) -> None:
    holder, reviewer = await key_emitter(town), await town.staff("reviewer")
    report, today = await reported(holder), town.today.isoformat()
    path = f"{GREENHOUSE_REPORTS}/{report['id']}/steps"
    assert not await _disclosed(town, holder.uscc)
    early = await reviewer.post(path, step("verify", today, conclusion="conforms", verified_t="18007.48"))
    assert (early.status_code, early.json()["code"]) == (409, "greenhouse_step_not_open")
    entered(await reviewer.post(path, step("forward", today)))
    bare = await reviewer.post(path, step("verify", (town.today - timedelta(days=1)).isoformat()))
    assert {each["code"] for each in bare.json()["errors"]} == {"result_missing", "step_before_last"}
    for result in (
        {"conclusion": "conforms", "verified_t": "5"},
        {"conclusion": "corrected", "verified_t": "18007.48"},
    ):
        answer = await reviewer.post(path, step("verify", today, **result))
        assert named(answer) == {("/verified_t", "result_contradicts")}
    verified = entered(
        await reviewer.post(path, step("verify", today, conclusion="corrected", verified_t="18100.5"))
    )
    clock = verified["feedback"]
    assert (clock["started_on"], clock["met_on"], clock["late"]) == (today, None, False)
    assert clock["days_left"] >= 7
    assert clock["basis"] == "碳排放权交易管理暂行条例 第十二条"
    (waiting,) = (await holder.get(GREENHOUSE_REPORTS, state="verified")).json()["items"]
    assert (waiting["feedback_due_on"], waiting["fed_back_on"]) == (clock["due_on"], None)
    done = entered(await reviewer.post(path, step("feed_back", today)))
    assert (done["state"], done["feedback"]["met_on"]) == ("fed_back", today)
    assert [each["step"] for each in done["steps"]] == ["forward", "verify", "feed_back"]
    (shown,) = await _disclosed(town, holder.uscc)
    assert (shown["total_t"], shown["verified_t"]) == ("18007.48", "18100.5")
    assert shown["sites"] == [holder.permit["permit_number"]]
    told = await holder.get("/v1/permits/events", type="permits.greenhouse_verification_fed_back.v1", wait=10)
    assert [each["data"]["report_id"] for each in told.json()] == [report["id"]]


async def _disclosed(town: Town, uscc: str) -> list[dict[str, Any]]:
    items = (await town.public.get(DISCLOSURE, params={"year": 2025, "limit": 500})).json()["items"]
    return [each for each in items if each["uscc"] == uscc]


async def test_a_returned_report_is_corrected_and_a_forwarded_one_is_not(town: Town) -> None:
    holder, reviewer = await key_emitter(town), await town.staff("reviewer")
    report, today = await reported(holder), town.today.isoformat()
    path = f"{GREENHOUSE_REPORTS}/{report['id']}"
    silent = await reviewer.post(f"{path}/steps", step("return", today))
    assert [each["code"] for each in silent.json()["errors"]] == ["comment_required"]
    entered(await reviewer.post(f"{path}/steps", step("return", today, note="电量与发票不符")))
    content: dict[str, Any] = {
        **await emissions(holder),
        **{"corrects_version": 1, "reason": "核对发票"},
    }
    del content["uscc"], content["year"]
    entered(await holder.post(f"{path}/versions", content))
    old = await reviewer.post(f"{path}/steps", step("forward", today))
    assert (old.status_code, old.json()["code"]) == (409, "greenhouse_version_superseded")
    entered(await reviewer.post(f"{path}/steps", step("forward", today, version=2)))
    late = await holder.post(f"{path}/versions", {**content, "corrects_version": 2})
    assert (late.status_code, late.json()["code"]) == (409, "greenhouse_step_not_open")


async def test_everything_wrong_with_a_report_is_said_at_once(town: Town) -> None:
    holder = await key_emitter(town)
    entered(await (await town.staff("clerk")).post(EMITTERS, emitter(holder.uscc, year=town.today.year)))
    content = {**await emissions(holder), "year": town.today.year}
    content["other_gases"] = [{"gas": "xyz", "quantity_t": "1", "process": "?"}] * 2
    answer = await holder.post(GREENHOUSE_REPORTS, content)
    assert (answer.status_code, answer.json()["code"]) == (422, "greenhouse_report_invalid")
    assert {each["code"] for each in answer.json()["errors"]} == {
        "year_not_over",
        "fact_unknown",
        "factor_unknown",
        "gas_repeated",
    }


async def test_only_key_emitters_report_and_each_for_itself(town: Town) -> None:
    holder, other, clerk = await key_emitter(town), await town.holder(), await town.staff("clerk")
    mine = {"uscc": other.uscc, "year": 2025, "facts": []}
    answer = await other.post(GREENHOUSE_REPORTS, mine)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_key_emitter")
    report = await reported(holder)
    path = f"{GREENHOUSE_REPORTS}/{report['id']}"
    for answer in (
        await other.get(path),
        await other.get(f"{path}/versions/1"),
        await other.post(f"{path}/versions", {"facts": [], "corrects_version": 1, "reason": "?"}),
        await other.get(f"/v1/permits/greenhouse/enterprises/{holder.uscc}/sheets/2025"),
        await other.post(GREENHOUSE_REPORTS, {**mine, "uscc": holder.uscc}),
    ):
        assert answer.status_code == 404, answer.text
    assert (await other.get(GREENHOUSE_REPORTS, uscc=holder.uscc)).json()["items"] == []
    again = await clerk.post(EMITTERS, emitter(holder.uscc))
    assert (again.status_code, again.json()["code"]) == (409, "key_emitter_listed")
    unknown = await clerk.post(EMITTERS, emitter(town.new_uscc()))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "enterprise_not_found")
    (listed,) = (await holder.get(EMITTERS)).json()["items"]
    assert (listed["report_id"], listed["state"]) == (report["id"], "submitted")
    assert listed["days_late"] == report["days_late"] > 0


async def test_a_list_is_of_a_year_that_can_be_reported(town: Town) -> None:
    holder, clerk = await town.holder(), await town.staff("clerk")
    for year, code in ((2001, "year_before_rules"), (town.today.year + 2, "year_too_far")):
        answer = await clerk.post(EMITTERS, emitter(holder.uscc, year=year))
        assert (answer.status_code, answer.json()["code"]) == (422, "key_emitter_invalid")
        assert named(answer) == {("/year", code)}
    both = await clerk.post(EMITTERS, emitter(holder.uscc, year=town.today.year + 2, sector=""))
    assert {each["pointer"] for each in both.json()["errors"]} == {"/year", "/sector"}
    entered(await clerk.post(EMITTERS, emitter(holder.uscc, year=town.today.year + 1)))


async def test_whoever_submitted_takes_no_step_of_the_bureau(town: Town) -> None:
    holder = await key_emitter(town)
    both = await town.caller(
        f"g.{holder.uscc.lower()}", roles=["enterprise", "reviewer"], usccs=[holder.uscc]
    )
    report = entered(await both.post(GREENHOUSE_REPORTS, await emissions(holder)))["report"]
    answer = await both.post(
        f"{GREENHOUSE_REPORTS}/{report['id']}/steps", step("forward", town.today.isoformat())
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "greenhouse_four_eyes")


async def test_factors_are_public_with_their_years_and_notes(town: Town) -> None:
    known = (await town.public.get("/v1/permits/greenhouse/factors")).json()
    grid = [each for each in known["items"] if each["about"] == "electricity_bought"]
    assert [(each["from_year"], each["figures"]["factor"]) for each in grid] == [
        (2022, "0.5703"),
        (2023, "0.5366"),
    ]
    assert all("memory" in each["note"] for each in grid)
