"""An inspector confirms a reported exceedance, through the gateway."""

from __future__ import annotations

from typing import Any

from tests.support.town import Holder, Town

PATH = "/v1/permits/exceedance-confirmations"


async def exceeding(holder: Holder) -> dict[str, Any]:
    """A submitted report with one SO2 maximum of 450 against 300 mg/m3."""
    report = await holder.report()
    report["values"] = [
        {**value, "concentration_max": "450"} if value["pollutant_code"] == "a21026" else value
        for value in report["values"]
    ]
    report["exceedance_explanation"] = "脱硫设施检修，已恢复运行"
    answer = await holder.post("/v1/permits/reports", report)
    assert answer.status_code == 201, answer.text
    return answer.json()["report"]


def confirmation(report: dict[str, Any], **changes: Any) -> dict[str, Any]:
    content = {
        "report_id": report["id"],
        "report_version": 1,
        "outlet_code": "DA001",
        "pollutant_code": "a21026",
        "kind": "hourly_concentration",
        "finding": "核对台账与监测数据，情况属实",
    }
    return {**content, **changes}


async def test_an_inspector_confirms_what_the_report_shows(town: Town) -> None:
    report = await exceeding(await town.holder())
    inspector = await town.staff("inspector")
    answer = await inspector.post(PATH, confirmation(report))
    assert answer.status_code == 201, answer.text
    assert answer.json()["value"] == "450"
    assert answer.json()["multiple"] == "0.50"


async def test_the_confirmation_is_told_once_in_the_feed(town: Town) -> None:
    holder = await town.holder()
    report = await exceeding(holder)
    inspector = await town.staff("inspector")
    await inspector.post(PATH, confirmation(report))
    events = await holder.get("/v1/permits/events", type="permits.exceedance_confirmed.v1", wait=10)
    assert [event["data"]["report_id"] for event in events.json()] == [report["id"]]
    assert events.json()[0]["data"]["article"] == "排污许可管理条例 第三十四条"


async def test_a_second_confirmation_of_the_same_is_a_conflict(town: Town) -> None:
    report = await exceeding(await town.holder())
    inspector = await town.staff("inspector")
    await inspector.post(PATH, confirmation(report))
    again = await inspector.post(PATH, confirmation(report))
    assert (again.status_code, again.json()["code"]) == (409, "already_confirmed")


async def test_what_the_report_does_not_show_cannot_be_confirmed(town: Town) -> None:
    report = await exceeding(await town.holder())
    inspector = await town.staff("inspector")
    answer = await inspector.post(PATH, confirmation(report, pollutant_code="a21002"))
    assert (answer.status_code, answer.json()["code"]) == (422, "not_exceeded")
    assert answer.json()["article"] == "排污许可管理条例 第二十七条"


async def test_a_version_that_is_not_there_is_a_conflict(town: Town) -> None:
    report = await exceeding(await town.holder())
    inspector = await town.staff("inspector")
    answer = await inspector.post(PATH, confirmation(report, report_version=2))
    assert (answer.status_code, answer.json()["code"]) == (409, "version_superseded")


async def test_an_enterprise_cannot_confirm_but_sees_its_own(town: Town) -> None:
    holder, other = await town.holder(), await town.holder()
    report = await exceeding(holder)
    assert (await holder.post(PATH, confirmation(report))).status_code == 403
    await (await town.staff("inspector")).post(PATH, confirmation(report))
    assert len((await holder.get(PATH)).json()["items"]) == 1
    assert (await other.get(PATH)).json()["items"] == []


async def test_article_27_what_two_inspectors_dismissed_is_not_confirmed(town: Town) -> None:
    report = await exceeding(await town.holder())
    inspector, other = (
        await town.staff("inspector"),
        await town.caller("i.two", roles=["inspector"], usccs=[]),
    )
    found = await inspector.get("/v1/permits/violations", kind="numeric", uscc=report["uscc"], limit=10)
    (violation,) = [each for each in found.json()["items"] if each["report_id"] == report["id"]]
    path = f"/v1/permits/violations/{violation['id']}"
    proposed = await inspector.post(f"{path}/dismissals", {"version": 1, "reason": "标准气体过期"})
    assert proposed.status_code == 201, proposed.text
    decision = {"version": 2, "decision": "dismiss", "comment": "属实"}
    decided = await other.post(f"{path}/dismissals/decisions", decision)
    assert decided.status_code == 201, decided.text
    answer = await inspector.post(PATH, confirmation(report))
    assert (answer.status_code, answer.json()["code"]) == (409, "exceedance_dismissed")
    assert answer.json()["violation"] == path
