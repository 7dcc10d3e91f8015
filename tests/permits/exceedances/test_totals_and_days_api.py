"""An inspector confirms what a report shows of the plant's total and of days of special periods; the public sees it."""

from __future__ import annotations

from typing import Any

from tests.permits.reading import facts, is_problem
from tests.permits.reports.test_limits_api import holder as holder
from tests.permits.reports.test_limits_api import report_of
from tests.support.town import Holder, Town

PATH, REPORTS, PUBLIC = (
    "/v1/permits/exceedance-confirmations",
    "/v1/permits/reports",
    "/v1/permits/disclosure/reports",
)
DAY = {"day": "2025-02-10", "pollutant_code": "a21026"}


async def sent(holder: Holder, report: dict[str, Any]) -> dict[str, Any]:
    answer = await holder.post(REPORTS, report)
    assert answer.status_code == 201, answer.text
    return answer.json()["report"]


def named(report: dict[str, Any], **what: Any) -> dict[str, Any]:
    about = {"report_id": report["id"], "report_version": 1, "pollutant_code": "a21026"}
    return {**about, "finding": "核对台账与监测数据，情况属实", **what}


async def special(holder: Holder) -> dict[str, Any]:
    report = await report_of(holder, "quarterly", "2025-01-01")
    lines = [{**DAY, "outlet_code": "DA001", "amount_kg": "25"}, {**DAY, "amount_kg": "25"}]
    return await sent(holder, {**report, "special_values": lines})


async def test_article_34_the_total_of_the_plant_is_confirmed_once(town: Town, holder: Holder) -> None:
    report = await report_of(holder, "annual", "2025-01-01")
    total = {"scope": "plant", "pollutant_code": "a21026", "amount_t": "25"}
    made = await sent(holder, {**report, "totals": [total]})
    inspector = await town.staff("inspector")
    of_outlet = named(made, kind="annual_amount", outlet_code="DA001")
    assert is_problem(await inspector.post(PATH, of_outlet), 422, "not_exceeded")
    content = named(made, kind="annual_amount", scope="plant")
    answer = await inspector.post(PATH, content)
    assert answer.status_code == 201, answer.text
    confirmed = answer.json()
    assert (confirmed["outlet_code"], confirmed["scope"], confirmed["value"], confirmed["multiple"]) == (
        "",
        "plant",
        "25",
        "0.25",
    )
    assert (confirmed["day"], confirmed["article"]) == (None, "排污许可管理条例 第三十四条")
    assert is_problem(await inspector.post(PATH, content), 409, "already_confirmed")


async def test_article_35_each_day_and_place_of_a_special_period_is_confirmed_by_itself(
    town: Town, holder: Holder
) -> None:
    made, inspector = await special(holder), await town.staff("inspector")
    outlet = named(made, kind="daily_amount", day="2025-02-10", outlet_code="DA001")
    plant = named(made, kind="daily_amount", day="2025-02-10")
    for content in ({**outlet, "day": "2025-02-11"}, {**outlet, "day": None}, {**plant, "scope": "plant"}):
        assert is_problem(await inspector.post(PATH, content), 422, "not_exceeded")
    first = (await inspector.post(PATH, outlet)).json()
    second = (await inspector.post(PATH, plant)).json()
    found = [
        tuple(
            each[name] for name in ("day", "outlet_code", "limit_value", "multiple", "alert_level", "article")
        )
        for each in (first, second)
    ]
    article = "排污许可管理条例 第三十五条"
    assert found == [
        ("2025-02-10", "DA001", "20", "0.25", "orange", article),
        ("2025-02-10", "", "0", "0", "red", article),
    ]
    assert is_problem(await inspector.post(PATH, plant), 409, "already_confirmed")
    told = await facts(holder, "permits.exceedance_confirmed.v1", 2)
    assert [(each["day"], each["article"]) for each in told] == [("2025-02-10", article)] * 2
    listed = (await holder.get(PATH, report_id=made["id"])).json()["items"]
    assert [each["id"] for each in listed] == [second["id"], first["id"]]


async def test_article_23_the_public_sees_special_exceedances_of_an_accepted_report(
    town: Town, holder: Holder
) -> None:
    made, reviewer = await special(holder), await town.staff("reviewer")
    accepted = await reviewer.post(f"{REPORTS}/{made['id']}/reviews", {"version": 1, "decision": "accept"})
    assert accepted.status_code == 201, accepted.text
    shown = (await town.public.get(f"{PUBLIC}/{made['id']}")).json()["special_exceedances"]
    assert [(each["day"], each["outlet_code"], each["value"], each["multiple"]) for each in shown] == [
        ("2025-02-10", None, "25", None),
        ("2025-02-10", "DA001", "25", "0.25"),
    ]
