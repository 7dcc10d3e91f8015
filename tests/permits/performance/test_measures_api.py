"""一厂一策 through the gateway: filed, confirmed, asked for on a day with an alert."""

from __future__ import annotations

from datetime import date, timedelta

from tests.permits.endings.bureau import end
from tests.permits.reading import is_problem
from tests.support.performance import (
    DECLARATIONS,
    MEASURE_PLANS,
    OF_PERMIT,
    declaration,
    measure,
    noticed,
    plan,
    put_into_effect,
    review,
)
from tests.support.quotas import entered
from tests.support.town import Town


async def test_confirmed_measures_hold_on_their_days_at_their_level(town: Town) -> None:
    holder, reviewer = await town.holder(), await town.staff("reviewer")
    first = entered(await holder.post(MEASURE_PLANS, plan(holder, town.today)))
    path = f"{OF_PERMIT}/{holder.permit['permit_number']}/measures"
    unconfirmed = (await holder.get(path, alert="red")).json()
    assert (unconfirmed["plan_id"], unconfirmed["measures"]) == (None, [])
    entered(await reviewer.post(f"{MEASURE_PLANS}/{first['id']}/decision", {"decision": "confirm"}))
    later = town.today + timedelta(days=60)
    stop = measure("red", None, action="stop")
    second = entered(
        await holder.post(
            MEASURE_PLANS, plan(holder, later, measure("yellow", "30"), measure("orange", "50"), stop)
        )
    )
    entered(await reviewer.post(f"{MEASURE_PLANS}/{second['id']}/decision", {"decision": "confirm"}))
    red = (await reviewer.get(path, alert="red")).json()
    assert (red["version"], [each["reduction_percent"] for each in red["measures"]]) == (1, ["50"])
    yellow = (await reviewer.get(path, alert="yellow", on=later.isoformat())).json()
    assert (yellow["version"], [each["reduction_percent"] for each in yellow["measures"]]) == (2, ["30"])
    stopped = (await reviewer.get(path, alert="red", on=later.isoformat())).json()["measures"]
    assert [each["action"] for each in stopped] == ["stop"]


async def test_everything_wrong_with_a_sheet_is_said_at_once(town: Town) -> None:
    holder = await town.holder()
    wrong = plan(
        holder,
        town.today,
        measure("yellow", "50", outlet_code="DA009"),
        measure("orange", "30"),
        measure("orange", None, process="破碎机", quantity="5"),
    )
    answer = await holder.post(MEASURE_PLANS, wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "measures_invalid")
    assert {(each["pointer"], each["code"]) for each in answer.json()["errors"]} == {
        ("/measures/0/outlet_code", "outlet_not_permitted"),
        ("/measures/2/unit", "unit_missing"),
        ("/measures", "level_without_measure"),
        ("/measures", "measure_weaker"),
    }


async def test_article_96_a_sheet_is_of_days_on_which_there_was_a_permit(town: Town) -> None:
    holder = await town.holder()
    since = date.fromisoformat(holder.permit["valid_from"])
    wrong = plan(holder, since - timedelta(days=1), measure("yellow", "50", outlet_code="DA009"))
    answer = await holder.post(MEASURE_PLANS, wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "measures_invalid")
    assert {(each["pointer"], each["code"]) for each in answer.json()["errors"]} >= {
        ("/effective_from", "before_permit"),
        ("/measures/0/outlet_code", "outlet_not_permitted"),
    }
    entered(await holder.post(MEASURE_PLANS, plan(holder, since)))


async def test_class_a_files_an_empty_sheet_and_others_do_not(town: Town) -> None:
    holder = await town.holder()
    empty = {**plan(holder, town.today), "measures": []}
    refused = await holder.post(MEASURE_PLANS, empty)
    assert {each["code"] for each in refused.json()["errors"]} == {"level_without_measure"}
    day = await put_into_effect(town, await noticed(town, holder))
    filed = entered(await holder.post(MEASURE_PLANS, {**empty, "effective_from": day.isoformat()}))
    assert (filed["state"], filed["measures"]) == ("filed", [])
    path = f"{OF_PERMIT}/{holder.permit['permit_number']}/measures"
    asked = (await holder.get(path, alert="red", on=day.isoformat())).json()
    assert (asked["given_class"], asked["exempt"]) == ("A", True)


async def test_a_sheet_is_decided_once_by_another_person(town: Town) -> None:
    holder, reviewer = await town.holder(), await town.staff("reviewer")
    both = await town.caller(
        f"m.{holder.uscc.lower()}", roles=["enterprise", "reviewer"], usccs=[holder.uscc]
    )
    filed = entered(await both.post(MEASURE_PLANS, plan(holder, town.today)))
    path = f"{MEASURE_PLANS}/{filed['id']}/decision"
    own = await both.post(path, {"decision": "confirm"})
    assert (own.status_code, own.json()["code"]) == (409, "performance_four_eyes")
    silent = await reviewer.post(path, {"decision": "return"})
    assert [each["code"] for each in silent.json()["errors"]] == ["comment_required"]
    returned = entered(await reviewer.post(path, {"decision": "return", "comment": "补充核查方法"}))
    assert returned["state"] == "returned"
    again = await reviewer.post(path, {"decision": "confirm"})
    assert (again.status_code, again.json()["code"]) == (409, "measure_plan_decided")


async def test_another_enterprises_sheet_is_not_there(town: Town) -> None:
    holder, other = await town.holder(), await town.holder()
    filed = entered(await holder.post(MEASURE_PLANS, plan(holder, town.today)))
    for answer in (
        await other.get(f"{MEASURE_PLANS}/{filed['id']}"),
        await other.post(MEASURE_PLANS, plan(holder, town.today)),
        await other.get(f"{OF_PERMIT}/{holder.permit['permit_number']}/measures", alert="red"),
    ):
        assert answer.status_code == 404, answer.text
    assert (await other.get(MEASURE_PLANS, uscc=holder.uscc)).json()["items"] == []
    assert [each["id"] for each in (await holder.get(MEASURE_PLANS)).json()["items"]] == [filed["id"]]


async def test_what_is_wrong_in_shape_and_by_rule_is_said_together(town: Town) -> None:
    holder = await town.holder()
    wrong = plan(holder, town.today, measure("yellow", "50"), measure("orange", "30"), measure("red", "200"))
    answer = await holder.post(MEASURE_PLANS, wrong)
    assert {each["pointer"] for each in answer.json()["errors"]} == {"/measures/2/reduction_percent"}
    bare = {**measure("red", None), "responsible": ""}
    answer = await holder.post(MEASURE_PLANS, plan(holder, town.today, bare))
    assert {(each["pointer"], each["code"]) for each in answer.json()["errors"]} >= {
        ("/measures/0/reduction_percent", "measure_without_amount"),
    }
    assert {each["pointer"] for each in answer.json()["errors"]} >= {"/measures/0/responsible"}


async def test_without_a_level_the_alert_that_was_declared_for_the_day_counts(town: Town) -> None:
    holder, reviewer = await town.holder(), await town.staff("reviewer")
    day = date(2031, 1, 15)  # of this test alone: alerts hold for the whole city
    filed = entered(await holder.post(MEASURE_PLANS, plan(holder, day)))
    entered(await reviewer.post(f"{MEASURE_PLANS}/{filed['id']}/decision", {"decision": "confirm"}))
    path = f"{OF_PERMIT}/{holder.permit['permit_number']}/measures"
    clear = await holder.get(path, on=day.isoformat())
    assert (clear.status_code, clear.json()["code"]) == (404, "no_alert")
    alert = {
        **{"level": "orange", "region_code": "152501", "basis": "二应急发〔2031〕1号"},
        **{"begins_at": f"{day}T00:00:00+08:00", "ends_at": f"{day}T20:00:00+08:00"},
    }
    entered(await (await town.staff("duty_officer")).post("/v1/permits/alert-periods", alert))
    found = (await holder.get(path, on=day.isoformat())).json()
    assert (found["alert"], found["alert_source"]) == ("orange", "declared")
    assert [each["reduction_percent"] for each in found["measures"]] == ["30"]


async def test_regulation_2_nothing_is_declared_or_filed_under_an_ended_permit(town: Town) -> None:
    holder, reviewer = await town.holder(), await town.staff("reviewer")
    waiting = entered(await holder.post(DECLARATIONS, declaration(holder)))
    await end(town, holder)
    path = f"{DECLARATIONS}/{waiting['id']}/steps"
    passed = await reviewer.post(path, review("county_review", town.today))
    assert is_problem(passed, 409, "permit_not_in_force")
    refusal = review("refuse", town.today, opinion="许可证已撤销")
    assert entered(await reviewer.post(path, refusal))["state"] == "refused"
    for path, content in ((DECLARATIONS, declaration(holder)), (MEASURE_PLANS, plan(holder, town.today))):
        answer = await holder.post(path, content)
        assert is_problem(answer, 409, "permit_not_in_force")
        assert answer.json()["standing"] == "annulled"
