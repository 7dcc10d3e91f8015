"""A report over days on which the permit changed: each limit by its own days (条例 art. 14-16, 22, 34); through the
gateway."""

from __future__ import annotations

from copy import deepcopy
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.permits.reading import named, walked
from tests.support.town import OUTLETS, Holder, Town

REPORTS, VIOLATIONS, SO2 = "/v1/permits/reports", "/v1/permits/violations", "a21026"
MONTHLY = {"monthly": True, "quarterly": True, "annual": True}


def outlet(code: str, pollutant: str) -> dict[str, Any]:
    made = {**deepcopy(OUTLETS[0]), "code": code, "name": f"排放口{code}"}
    made["limits"] = [{**made["limits"][0], "pollutant_code": pollutant}]
    return made


@pytest.fixture
async def holder(town: Town) -> Holder:
    """From 2025-02-11 on SO2 is held to 100 mg/m3 and 8 t/a where it was 300 and 12.5, and DA003 stands for DA002."""
    before, after = deepcopy(OUTLETS), deepcopy(OUTLETS)
    after[0]["limits"][0]["value"], after[0]["limits"][1]["value"] = "100", "8"
    made = await town.holder(outlets=[*before, outlet("DA002", "a34000")], reporting=MONTHLY)
    change = town.version_content(
        made.uscc,
        basis={"effective_from": "2025-02-11"},
        outlets=[*after, outlet("DA003", "a34000")],
        reporting=MONTHLY,
    )
    clerk, number = await town.staff("clerk"), made.permit["permit_number"]
    answer = await clerk.post(f"/v1/permits/permits/{number}/versions", change)
    assert answer.status_code == 201, answer.text
    return made


async def owed(holder: Holder, kind: str, start: str) -> int:
    at = [(each["kind"], each["period_start"]) for each in await holder.obligations()]
    return at.index((kind, start))


async def of_february(holder: Holder, **figures: str) -> dict[str, Any]:
    report = await holder.report(await owed(holder, "monthly", "2025-02-01"))
    (line,) = [each for each in report["values"] if each["pollutant_code"] == SO2]
    line |= figures
    return {**report, "production_days": 28, "exceedance_explanation": "脱硫设施检修"}


async def recorded(holder: Holder, day: str, value: str) -> None:
    record = {
        "sampled_at": f"{day}T09:00:00+08:00",
        "outlet_code": "DA001",
        "pollutant_code": SO2,
        "value": value,
        "unit": "mg/m3",
        "means": "automatic",
        "averaging": "hour",
    }
    answer = await holder.post(f"/v1/permits/monitoring/{holder.permit['permit_number']}/records", record)
    assert answer.status_code == 201, answer.text


async def test_article_22_the_blank_and_its_sheet_have_each_line_and_limit_with_its_days(
    holder: Holder,
) -> None:
    obligation = (await holder.obligations())[await owed(holder, "monthly", "2025-02-01")]["id"]
    blank = (await holder.get(f"/v1/permits/obligations/{obligation}/blank")).json()
    shown = {
        (line["outlet_code"], line["outlet_name"], line["pollutant_code"]): [
            (each["kind"], each["value"], each["valid_from"], each["valid_to"]) for each in line["limits"]
        ]
        for line in blank["reference"]
    }
    so2, hourly = ("DA001", "锅炉烟囱", SO2), "hourly_concentration"
    assert shown[so2] == [
        ("annual_amount", "8", "2025-02-11", None),
        (hourly, "300", "2024-01-01", "2025-02-10"),
        (hourly, "100", "2025-02-11", None),
    ]
    assert shown["DA001", "锅炉烟囱", "a21002"] == [(hourly, "300", "2024-01-01", None)]
    assert [key[:2] for key in shown if key[2] == "a34000"] == [
        ("DA002", "排放口DA002"),
        ("DA003", "排放口DA003"),
    ]
    assert [each["outlet_code"] for each in blank["submission"]["values"]] == [key[0] for key in shown]
    sheet = await holder.get(f"/v1/permits/obligations/{obligation}/blank.xlsx")
    assert sheet.status_code == 200, sheet.text
    said = [str(cell) for row in load_workbook(BytesIO(sheet.content)).active.values for cell in row]
    assert any("hourly_concentration 300 mg/m3（2025-02-01至2025-02-10）" in cell for cell in said)
    assert "hourly_concentration 300 mg/m3" in said


async def test_article_22_a_line_of_any_version_of_the_period_is_asked_for_and_no_other(
    holder: Holder,
) -> None:
    report = await of_february(holder)
    kept = [each for each in report["values"] if each["outlet_code"] == "DA001"]
    other = {**kept[0], "outlet_code": "DA009"}
    refused = await holder.post(REPORTS, {**report, "values": [*kept, other]})
    assert named(refused) == {("/values/2/outlet_code", "outlet_not_permitted"), ("/values", "value_missing")}
    told = {"pollutant_code": "a34000", "explanation": "旁路"}
    said = [
        {**told, "outlet": "DA002", "first_day": "2025-02-10", "last_day": "2025-02-12"},
        {**told, "outlet": "DA002", "first_day": "2025-02-11", "last_day": "2025-02-12"},
        {**told, "outlet": "DA003", "first_day": "2025-02-01", "last_day": "2025-02-10"},
    ]
    refused = await holder.post(REPORTS, {**report, "unpermitted_discharges": said})
    assert named(refused) == {("/unpermitted_discharges/0/outlet", "outlet_is_permitted")}
    answer = await holder.post(REPORTS, {**report, "unpermitted_discharges": said[1:]})
    assert answer.status_code == 201, answer.text


async def test_article_34_what_is_over_one_of_two_limits_needs_a_reason_and_is_no_violation(
    holder: Holder,
) -> None:
    report = await of_february(holder, concentration_max="200")
    checked = (await holder.post(f"{REPORTS}/checks", report)).json()
    told = [(each["pointer"], each["code"], each["severity"]) for each in checked["errors"]]
    at = next(at for at, each in enumerate(report["values"]) if each["pollutant_code"] == SO2)
    assert told == [(f"/values/{at}/concentration_max", "over_limit_of_some_days", "soft")]
    assert "2025-02-11" in checked["errors"][0]["detail_en"]
    refused = await holder.post(REPORTS, report)
    assert named(refused) == {told[0][:2]}
    report["values"][at]["override_reason"] = "最大值出现在2月5日"
    answer = await holder.post(REPORTS, report)
    assert answer.status_code == 201, answer.text
    assert answer.json()["exceedances"] == []
    assert not [row for page in await walked(holder, VIOLATIONS, kind="numeric") for row in page]


async def test_article_34_what_is_over_every_limit_of_the_period_is_over_the_laxest(holder: Holder) -> None:
    answer = await holder.post(REPORTS, await of_february(holder, concentration_max="390"))
    assert answer.status_code == 201, answer.text
    (over,) = answer.json()["exceedances"]
    assert (over["limit"], over["value"], over["multiple"]) == ("300", "390", "0.30")


async def test_article_19_the_records_of_the_days_say_which_limit_a_figure_is_held_against(
    holder: Holder,
) -> None:
    report = await of_february(holder, concentration_max="200")
    await recorded(holder, "2025-02-10", "200")
    await recorded(holder, "2025-02-11", "100")
    checked = (await holder.post(f"{REPORTS}/checks", report)).json()
    assert (checked["acceptable"], checked["exceedances"]) == (True, [])
    await recorded(holder, "2025-02-28", "150")
    answer = await holder.post(REPORTS, report)
    assert answer.status_code == 201, answer.text
    (over,) = answer.json()["exceedances"]
    assert (over["limit"], over["value"], over["multiple"]) == ("100", "150", "0.50")
    ((violation,),) = await walked(holder, VIOLATIONS, kind="numeric")
    assert (violation["limit_value"], violation["value"]) == ("100", "150")


async def test_article_34_the_amount_of_a_year_is_judged_by_the_version_at_its_end(holder: Holder) -> None:
    report = await holder.report(await owed(holder, "annual", "2025-01-01"))
    (line,) = [each for each in report["values"] if each["pollutant_code"] == SO2]
    answer = await holder.post(
        REPORTS,
        {
            **report,
            "values": [
                each | {"amount_t": "9", "method": "manual"} if each is line else each
                for each in report["values"]
            ],
            "exceedance_explanation": "检修",
        },
    )
    assert answer.status_code == 201, answer.text
    (over,) = answer.json()["exceedances"]
    assert (over["kind"], over["limit"], over["value"]) == ("annual_amount", "8", "9")


async def test_article_13_limits_of_one_version_with_days_of_their_own_are_judged_by_those(
    town: Town,
) -> None:
    outlets = deepcopy(OUTLETS)
    hourly = outlets[0]["limits"][0]
    outlets[0]["limits"][0] = {**hourly, "valid_to": "2025-02-10"}
    outlets[0]["limits"].append({**hourly, "valid_from": "2025-02-11", "value": "100"})
    holder = await town.holder(outlets=outlets, reporting=MONTHLY)
    refused = await holder.post(REPORTS, await of_february(holder, concentration_max="200"))
    assert {code for _, code in named(refused)} == {"over_limit_of_some_days"}
    await recorded(holder, "2025-02-10", "200")
    answer = await holder.post(REPORTS, await of_february(holder, concentration_max="200"))
    assert (answer.status_code, answer.json()["exceedances"]) == (201, []), answer.text
