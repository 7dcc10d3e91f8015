"""Violations follow from reports, are found by inspectors, and end by facts or four eyes; through the gateway."""

from __future__ import annotations

import asyncio
import uuid
from copy import deepcopy
from typing import Any

import pytest

from tests.permits.reading import is_problem, named, walked
from tests.support.town import Caller, Holder, Town

REPORTS, PATH = "/v1/permits/reports", "/v1/permits/violations"


def with_so2(report: dict[str, Any], figure: str) -> dict[str, Any]:
    report = deepcopy(report)
    for value in report["values"]:
        if value["pollutant_code"] == "a21026":
            value["concentration_max"] = figure
    return {**report, "exceedance_explanation": "脱硫设施检修，已恢复运行"}


async def sent(holder: Holder, figure: str) -> dict[str, Any]:
    """A report for the first open period with this SO2 maximum (limit 300)."""
    answer = await holder.post(REPORTS, with_so2(await holder.report(), figure))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def corrected(holder: Holder, submitted: dict[str, Any], figure: str) -> None:
    document = submitted["document"]
    content = {name: document[name] for name in ("production_days", "values")}
    version = {"corrects_version": submitted["version"], "reason": "抄录有误"}
    answer = await holder.post(
        f"{REPORTS}/{submitted['report']['id']}/versions", with_so2({**content, **version}, figure)
    )
    assert answer.status_code == 201, answer.text
    submitted["version"] += 1


async def of(caller: Caller, **filters: Any) -> list[dict[str, Any]]:
    """What the caller sees, oldest first."""
    return [row for page in await walked(caller, PATH, **filters) for row in page][::-1]


@pytest.fixture
async def inspectors(town: Town) -> tuple[Caller, Caller]:
    other = await town.caller(f"inspector.{uuid.uuid4().hex[:8]}", roles=["inspector"], usccs=[])
    return await town.staff("inspector"), other


async def test_article_37_a_late_report_leaves_one_violation_with_its_days(town: Town) -> None:
    holder = await town.holder()
    submitted = await holder.submitted()
    (late,) = [each for each in await of(holder) if each["report_id"] == submitted["report"]["id"]]
    assert (late["kind"], late["state"], late["resolution"]) == ("non_receipt", "resolved", "received")
    assert (late["days_late"], late["severe"]) == (submitted["report"]["days_late"], True)
    assert (late["penalty"]["article"], late["penalty"]["each_time"]) == ("排污许可管理条例 第三十七条", True)
    assert (late["penalty"]["min_yuan"], late["penalty"]["max_yuan"]) == (5000, 20000)


async def test_article_34_a_value_over_its_limit_is_a_violation_with_article_and_multiple(town: Town) -> None:
    holder = await town.holder()
    report = await sent(holder, "450")
    (found,) = await of(await town.staff("inspector"), report_id=report["report"]["id"], kind="numeric")
    assert (found["limit_value"], found["value"], found["multiple"]) == ("300", "450", "0.50")
    assert (found["state"], found["severe"], found["chronic"]) == ("open", True, False)
    assert found["penalty"]["article"] == "排污许可管理条例 第三十四条"


async def test_a_correction_changes_ends_and_reopens_the_one_violation_and_history_is_kept(
    town: Town,
) -> None:
    holder = await town.holder()
    submitted = await sent(holder, "450")
    for figure in ("390", "300", "301", "301"):
        await corrected(holder, submitted, figure)
    (found,) = await of(holder, kind="numeric")
    read = (await holder.get(f"{PATH}/{found['id']}")).json()
    history = [(each["step"], each["figures"]["value"], each["figures"]["state"]) for each in read["history"]]
    assert history == [
        ("open", "450", "open"),
        ("change", "390", "open"),
        ("resolve", "390", "resolved"),
        ("reopen", "301", "open"),
    ]
    assert (read["value"], read["multiple"], read["severe"]) == ("301", "0.00", False)


async def test_the_next_period_within_the_limit_is_back_into_compliance(town: Town) -> None:
    holder = await town.holder()
    await sent(holder, "450")
    await sent(holder, "299")
    (found,) = await of(holder, kind="numeric")
    assert (found["state"], found["resolution"]) == ("resolved", "back_into_compliance")


async def test_two_quarters_in_a_row_are_chronic_by_configuration(town: Town) -> None:
    holder = await town.holder()
    for _ in range(2):
        await sent(holder, "310")
    first, second = await of(holder, kind="numeric")
    assert (first["chronic"], second["chronic"]) == (False, True)
    assert [each["id"] for each in await of(holder, chronic="true")] == [second["id"]]


async def test_they_are_found_by_outlet_pollutant_and_the_days_that_their_period_touches(town: Town) -> None:
    holder = await town.holder()
    for _ in range(2):
        await sent(holder, "310")
    first, second = await of(holder, kind="numeric")
    assert first["period_end"] < second["period_start"]
    both = [first["id"], second["id"]]
    for filters, expected in (
        ({"pollutant_code": "a21026"}, both),
        ({"pollutant_code": "a21002"}, []),
        ({"outlet_code": "DA001", "pollutant_code": "a21026"}, both),
        ({"outlet_code": "DA002"}, []),
        ({"period_from": first["period_end"]}, both),
        ({"period_from": second["period_start"]}, both[1:]),
        ({"period_until": first["period_end"]}, both[:1]),
        ({"period_from": first["period_end"], "period_until": second["period_start"]}, both),
        ({"period_from": "2099-01-01"}, []),
    ):
        assert [each["id"] for each in await of(holder, kind="numeric", **filters)] == expected, filters
    assert is_problem(await holder.get(PATH, period_from="2026-02-30"), 400, "invalid_parameter")


async def test_what_an_inspector_found_is_entered_once_and_confirmed_as_over(
    town: Town, inspectors: tuple[Caller, Caller]
) -> None:
    holder, inspector = await town.holder(), inspectors[0]
    content = {
        "kind": "wrong_outlet",
        "permit_number": holder.permit["permit_number"],
        "outlet_code": "DA009",
        "period_start": "2026-01-10",
        "period_end": "2026-01-10",
        "finding": "现场发现许可证外的排放口",
    }
    twice = await asyncio.gather(*(inspector.post(PATH, content) for _ in range(2)))
    assert sorted(answer.status_code for answer in twice) == [201, 409]
    entered = next(answer for answer in twice if answer.status_code == 201).json()
    assert entered["penalty"]["article"] == "排污许可管理条例 第三十六条"
    assert (await holder.get(f"{PATH}/{entered['id']}")).json()["finding"] == content["finding"]
    path = f"{PATH}/{entered['id']}/resolutions"
    over = {"version": 1, "resolved_on": "2026-01-20", "finding": "已封堵"}
    early = await inspector.post(path, {**over, "resolved_on": "2026-01-09"})
    assert named(early) == {("/resolved_on", "day_too_early")}
    done = await inspector.post(path, over)
    assert (done.json()["state"], done.json()["resolution"]) == ("resolved", "confirmed")
    assert is_problem(await inspector.post(path, over), 409, "violation_changed")
    assert is_problem(await inspector.post(path, {**over, "version": 2}), 409, "violation_step_not_open")


async def test_everything_wrong_with_a_finding_is_named_at_once(inspectors: tuple[Caller, Caller]) -> None:
    content = {
        "kind": "wrong_outlet",
        "permit_number": "1",
        "period_start": "2999-01-10",
        "period_end": "2999-01-09",
        "finding": "x",
    }
    answer = await inspectors[0].post(PATH, content)
    assert named(answer) == {
        ("/permit_number", "permit_number_length"),
        ("/outlet_code", "outlet_missing"),
        ("/period_end", "validity_reversed"),
        ("/period_end", "day_in_future"),
    }


async def test_nobody_breaks_a_permit_before_it_holds(town: Town, inspectors: tuple[Caller, Caller]) -> None:
    holder = await town.holder()
    content = {
        "kind": "wrong_outlet",
        "permit_number": holder.permit["permit_number"],
        "period_start": "2024-12-31",
        "period_end": "2024-12-30",
        "finding": "现场检查",
    }
    answer = await inspectors[0].post(PATH, content)
    assert named(answer) == {
        ("/outlet_code", "outlet_missing"),
        ("/period_start", "before_permit"),
        ("/period_end", "validity_reversed"),
    }
    articles = {each["code"]: each.get("article") for each in answer.json()["errors"]}
    assert articles["outlet_missing"] == articles["before_permit"] == "排污许可管理条例 第二十五条"


async def test_samples_are_missing_at_no_outlet_that_the_permit_does_not_have(
    town: Town, inspectors: tuple[Caller, Caller]
) -> None:
    holder = await town.holder()
    content = {
        "kind": "frequency",
        "permit_number": holder.permit["permit_number"],
        "outlet_code": "DA009",
        "period_start": "2026-01-01",
        "period_end": "2026-01-31",
        "finding": "一月份未采样",
    }
    refused = await inspectors[0].post(PATH, content)
    assert named(refused) == {("/outlet_code", "outlet_not_permitted")}
    assert refused.json()["errors"][0]["article"] == "排污许可管理条例 第十九条、第三十六条第五项"
    entered = await inspectors[0].post(PATH, {**content, "outlet_code": "DA001"})
    assert entered.status_code == 201, entered.text


async def test_a_dismissal_takes_four_eyes_and_new_figures_undo_it(
    town: Town, inspectors: tuple[Caller, Caller]
) -> None:
    holder, (one, other) = await town.holder(), inspectors
    submitted = await sent(holder, "450")
    (found,) = await of(holder, kind="numeric")
    path = f"{PATH}/{found['id']}/dismissals"
    decision = {"version": 2, "decision": "dismiss", "comment": "标准样品核查时段"}
    assert is_problem(
        await other.post(f"{path}/decisions", {**decision, "version": 1}), 409, "violation_step_not_open"
    )
    proposed = await one.post(path, {"version": 1, "reason": "设备校准数据"})
    assert (proposed.status_code, proposed.json()["dismissal_proposed"]) == (201, True)
    assert (await holder.get(f"{PATH}/{found['id']}")).json()["dismissal_proposed"] is False
    assert is_problem(await one.post(f"{path}/decisions", decision), 409, "dismissal_four_eyes")
    dismissed = await other.post(f"{path}/decisions", decision)
    assert (dismissed.json()["state"], dismissed.json()["resolution"]) == ("dismissed", "dismissed")
    await corrected(holder, submitted, "450")
    assert [each["state"] for each in await of(holder, kind="numeric")] == ["dismissed"]
    await corrected(holder, submitted, "460")
    (again,) = await of(holder, kind="numeric")
    assert (again["id"], again["state"]) == (found["id"], "open")


async def test_a_refused_dismissal_leaves_it_as_it_was(town: Town, inspectors: tuple[Caller, Caller]) -> None:
    holder, (one, other) = await town.holder(), inspectors
    await sent(holder, "450")
    (found,) = await of(holder, kind="numeric")
    path = f"{PATH}/{found['id']}/dismissals"
    await one.post(path, {"version": 1, "reason": "设备校准数据"})
    keep = {"version": 2, "decision": "keep", "comment": "理由不成立"}
    both = await asyncio.gather(*(other.post(f"{path}/decisions", keep) for _ in range(2)))
    assert sorted(answer.status_code for answer in both) == [201, 409]
    (kept,) = await of(holder, kind="numeric")
    assert (kept["state"], kept["dismissal_proposed"]) == ("open", False)
    read = (await holder.get(f"{PATH}/{found['id']}")).json()
    assert [each["step"] for each in read["history"]] == ["open"]
    seen = (await one.get(f"{PATH}/{found['id']}")).json()
    assert [each["step"] for each in seen["history"]] == ["open", "propose", "keep"]


async def test_another_enterprise_sees_none_of_it_and_decides_nothing(
    town: Town, inspectors: tuple[Caller, Caller]
) -> None:
    holder, other = await town.holder(), await town.holder()
    await sent(holder, "450")
    (found,) = await of(holder, kind="numeric")
    assert is_problem(await other.get(f"{PATH}/{found['id']}"), 404, "violation_not_found")
    assert await of(other, uscc=holder.uscc) == []
    for caller in (holder, await town.staff("reviewer")):
        answer = await caller.post(f"{PATH}/{found['id']}/dismissals", {"version": 1, "reason": "x"})
        assert is_problem(answer, 403, "forbidden")
    nobody = await inspectors[0].post(f"{PATH}/{uuid.uuid4()}/dismissals", {"version": 1, "reason": "x"})
    assert is_problem(nobody, 404, "violation_not_found")
