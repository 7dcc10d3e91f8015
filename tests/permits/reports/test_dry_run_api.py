"""A report is checked before it is sent, and what looks wrong is explained or refused, through the gateway."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.permits.reading import is_problem, named, walked
from tests.support.town import Caller, Holder, Town

PATH = "/v1/permits/reports"
CHECKS = f"{PATH}/checks"


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    return await town.holder()


def changed(report: dict[str, Any], pollutant: str = "a21026", **members: Any) -> dict[str, Any]:
    """The report with these members of one line; None takes one out."""
    report = deepcopy(report)
    for value in report["values"]:
        if value["pollutant_code"] == pollutant:
            value |= members
            for name in [name for name, each in members.items() if each is None]:
                del value[name]
    return report


async def checked(caller: Caller, report: dict[str, Any]) -> dict[str, Any]:
    answer = await caller.post(CHECKS, report)
    assert answer.status_code == 200, answer.text
    return answer.json()


def told(found: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(each["pointer"], each["code"], each["severity"]) for each in found]


async def test_a_right_report_is_acceptable_and_nothing_is_saved(holder: Holder) -> None:
    body = await checked(holder, await holder.report())
    over = {"exceedances": [], "special_exceedances": []}
    assert body == {"acceptable": True, "errors": [], "warnings": [], **over}
    assert await walked(holder, PATH) == [[]]


async def test_hard_soft_and_exceedances_are_told_apart(holder: Holder) -> None:
    report = changed(
        await holder.report(), amount_t="126", concentration_max="450", concentration_average="451"
    )
    report["exceedance_explanation"] = "脱硫设施检修"
    body = await checked(holder, report)
    assert body["acceptable"] is False
    assert told(body["errors"]) == [
        ("/values/1/amount_t", "amount_implausible", "hard"),
        ("/values/1/concentration_average", "average_above_maximum", "soft"),
    ]
    assert [(each["value"], each["multiple"]) for each in body["exceedances"]] == [("450", "0.50")]
    assert "override_reason" in body["errors"][1]["detail_en"]


async def test_shape_and_rules_come_at_once_as_for_a_submission(holder: Holder) -> None:
    report = changed(await holder.report(), method="guess")
    report["production_days"] = 93
    answer = await holder.post(CHECKS, report)
    assert named(answer) == {("/values/1/method", "literal_error"), ("/production_days", "too_many_days")}


async def test_somebody_elses_obligation_is_404_and_the_bureau_files_nothing(
    town: Town, holder: Holder
) -> None:
    report = await holder.report()
    assert is_problem(await (await town.holder()).post(CHECKS, report), 404, "obligation_not_found")
    assert is_problem(await (await town.staff("reviewer")).post(CHECKS, report), 403, "forbidden")


async def test_a_soft_finding_is_refused_until_it_is_explained_and_the_reviewer_sees_why(town: Town) -> None:
    holder = await town.holder()
    zeros = await holder.report()
    for value in zeros["values"]:
        value |= {
            name: "0" for name in value if name in ("concentration_max", "concentration_average", "amount_t")
        }
    refused = await holder.post(PATH, zeros)
    assert is_problem(refused, 422, "report_invalid")
    assert named(refused) == {("/values", "all_zero")}
    answer = await holder.post(PATH, {**zeros, "override_reason": "全季度空载调试"})
    assert answer.status_code == 201, answer.text
    reviewer = await town.staff("reviewer")
    read = (await reviewer.get(answer.headers["location"])).json()["newest"]
    (warning,) = read["warnings"]
    assert (warning["code"], warning["severity"], warning["reason"]) == ("all_zero", "soft", "全季度空载调试")
    assert read["document"]["override_reason"] == "全季度空载调试"


async def test_a_jump_against_the_last_period_needs_a_reason_on_its_line(town: Town) -> None:
    holder = await town.holder()
    last = changed(await holder.report(0), concentration_max="0.2", concentration_average="0.1")
    assert (await holder.post(PATH, last)).status_code == 201
    now = changed(await holder.report(0), concentration_max="200")
    assert now["obligation_id"] != last["obligation_id"]
    refused = await holder.post(PATH, now)
    jumps = {
        (f"/values/1/{name}", "figure_jumped") for name in ("concentration_max", "concentration_average")
    }
    assert named(refused) == jumps
    explained = changed(now, override_reason="上期煤质与负荷极低")
    answer = await holder.post(PATH, explained)
    assert answer.status_code == 201, answer.text
    assert {(each["pointer"], each["code"]) for each in answer.json()["warnings"]} == jumps


async def test_figures_are_kept_in_the_units_of_the_permit_and_shown_as_they_were_stated(town: Town) -> None:
    holder = await town.holder()
    report = changed(
        await holder.report(),
        concentration_max="310000",
        concentration_average="90000",
        concentration_unit="ug/m3",
        concentration_average_qualifier="<",
        amount_t=None,
        amount="2500",
        amount_unit="kg",
    )
    report["exceedance_explanation"] = "脱硫设施检修"
    answer = await holder.post(PATH, report)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert [(each["value"], each["multiple"]) for each in body["exceedances"]] == [("310", "0.03")]
    (stated,) = [each for each in body["document"]["values"] if each["pollutant_code"] == "a21026"]
    assert (stated["concentration_max"], stated["concentration_unit"], stated["amount"]) == (
        "310000",
        "ug/m3",
        "2500",
    )
    blank = await holder.get(f"/v1/permits/obligations/{(await holder.obligations())[0]['id']}/blank")
    (line,) = [each for each in blank.json()["reference"] if each["pollutant_code"] == "a21026"]
    assert (line["previous_concentration_average"], line["previous_amount_t"]) == ("90", "2.5")


async def test_below_the_detection_limit_is_no_exceedance_and_no_zero(holder: Holder) -> None:
    below = changed(await holder.report(), concentration_max="500", concentration_max_qualifier="<")
    body = await checked(holder, below)
    assert told(body["errors"]) == [("/values/1/concentration_max", "compliance_undetermined", "soft")]
    assert body["exceedances"] == []


async def test_less_than_the_enterprise_s_own_monitoring_shows_needs_a_reason(town: Town) -> None:
    holder = await town.holder()
    report = await holder.report()
    (obligation,) = [each for each in await holder.obligations() if each["id"] == report["obligation_id"]]
    record = {
        "pollutant_code": "a21026",
        "sampled_at": f"{obligation['period_start']}T10:00:00+08:00",
        "value": "210",
        "unit": "mg/m3",
        "means": "automatic",
        "outlet_code": "DA001",
    }
    number = holder.permit["permit_number"]
    kept = await holder.post(f"/v1/permits/monitoring/{number}/records", record)
    assert kept.status_code == 201, kept.text
    body = await checked(holder, report)
    assert told(body["errors"]) == [("/values/1/concentration_max", "below_monitored", "soft")]
    shown = changed(report, concentration_max="210")
    assert (await checked(holder, shown))["acceptable"] is True


async def test_the_no_data_codes_are_public_and_each_says_what_it_means(town: Town) -> None:
    answer = await town.public.get("/v1/permits/no-data-codes")
    assert answer.status_code == 200
    meanings = {each["code"]: (each["nodi"], each["zh"]) for each in answer.json()}
    assert meanings["no_discharge"] == ("C", "未排放")
    assert len(meanings) == 13
