"""Tax declarations through the gateway: told by the bureau, corrected by superseding, and reports beside them."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from tests.permits.endings.bureau import execute
from tests.permits.monitoring.test_api import record
from tests.permits.reading import facts, is_problem
from tests.permits.registrations.forms import REGISTRATIONS, form
from tests.support.taxes import TAXES, declaration, declared
from tests.support.town import Holder, Town

REPORTS = "/v1/permits/reports"


async def test_a_declaration_is_kept_in_tonnes_and_corrected_by_another(town: Town) -> None:
    holder, clerk = await town.holder(), await town.staff("clerk")
    lines = [
        {"pollutant_code": "a21026", "amount": "1500", "unit": "kg", "levied_percent": 75},
        {"pollutant_code": "a21002", "amount": "0.2", "unit": "t"},
    ]
    answer = await clerk.post(TAXES, declaration(holder, lines=lines))
    made = answer.json()
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"{TAXES}/{made['id']}"
    assert [(each["pollutant_code"], each["amount_t"], each["levied_percent"]) for each in made["lines"]] == [
        ("a21002", "0.2", 100),
        ("a21026", "1.500", 75),
    ]
    twice = await clerk.post(TAXES, declaration(holder))
    assert is_problem(twice, 409, "tax_declaration_exists")
    assert twice.json()["declaration"] == f"{TAXES}/{made['id']}"
    correction = declaration(holder, "2", supersedes=made["id"], reason="更正申报")
    newer = (await clerk.post(TAXES, correction)).json()
    assert (await holder.get(f"{TAXES}/{made['id']}")).json()["superseded_by"] == newer["id"]
    assert is_problem(await clerk.post(TAXES, correction), 409, "tax_declaration_superseded")
    listed = (await holder.get(TAXES, year=2025, quarter=1)).json()["items"]
    assert [each["id"] for each in listed] == [newer["id"], made["id"]]
    told = await facts(holder, "permits.tax_declared.v1", 2)
    assert [each["supersedes"] for each in told] == [None, made["id"]]


async def test_the_same_quarter_is_declared_once_however_many_come_at_once(town: Town) -> None:
    holder, clerk = await town.holder(), await town.staff("clerk")
    answers = await asyncio.gather(*(clerk.post(TAXES, declaration(holder)) for _ in range(3)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409]


async def test_a_year_is_declared_by_quarters_or_as_a_whole_art_18(town: Town) -> None:
    by_quarter, as_whole, clerk = await town.holder(), await town.holder(), await town.staff("clerk")
    year = {"year": 2024, "quarter": None, "declared_on": "2025-01-10"}
    second = {"year": 2024, "quarter": 2, "declared_on": "2024-07-10"}
    made = await declared(town, by_quarter, **second)
    twice = await clerk.post(TAXES, declaration(by_quarter, **year))
    assert is_problem(twice, 409, "tax_year_declared")
    assert twice.json()["declaration"] == f"{TAXES}/{made['id']}"
    whole = await declared(town, as_whole, **year)
    twice = await clerk.post(TAXES, declaration(as_whole, **second))
    assert is_problem(twice, 409, "tax_year_declared")
    assert twice.json()["declaration"] == f"{TAXES}/{whole['id']}"
    # Corrections, other quarters and other years are of their own.
    await declared(town, as_whole, "2", **year, supersedes=whole["id"], reason="更正申报")
    await declared(town, by_quarter, year=2024, quarter=3, declared_on="2024-10-10")
    await declared(town, as_whole)


async def test_a_year_and_its_quarter_at_once_are_declared_once(town: Town) -> None:
    holder, clerk = await town.holder(), await town.staff("clerk")
    year = {"year": 2024, "quarter": None, "declared_on": "2025-01-10"}
    quarters = [{"year": 2024, "quarter": at, "declared_on": "2025-01-10"} for at in (1, 2, 3)]
    answers = await asyncio.gather(
        *(clerk.post(TAXES, declaration(holder, **each)) for each in (year, *quarters))
    )
    taken = [each.json()["quarter"] for each in answers if each.status_code == 201]
    assert taken in ([None], [1, 2, 3])
    assert {each.json()["code"] for each in answers if each.status_code == 409} == {"tax_year_declared"}


async def test_everything_wrong_with_a_declaration_is_said_at_once(town: Town) -> None:
    holder, other, clerk = await town.holder(), await town.holder(), await town.staff("clerk")
    line = {"pollutant_code": "a21026", "amount": "1", "unit": "t"}
    wrong = declaration(holder, year=2099, permit_number=other.permit["permit_number"], lines=[line, line])
    answer = await clerk.post(TAXES, {**wrong, "reason": "没有更正"})
    assert is_problem(answer, 422, "tax_declaration_invalid")
    assert {(each["pointer"], each["code"]) for each in answer.json()["errors"]} == {
        ("/permit_number", "permit_of_another"),
        ("/quarter", "period_not_over"),
        ("/declared_on", "declared_too_early"),
        ("/lines/1/pollutant_code", "value_repeated"),
        ("/reason", "reason_superfluous"),
    }
    first = await declared(town, holder)
    of_another = declaration(holder, quarter=2, declared_on="2025-07-10", supersedes=first["id"], reason="误")
    answer = await clerk.post(TAXES, of_another)
    assert {(each["pointer"], each["code"]) for each in answer.json()["errors"]} == {
        ("/quarter", "correction_of_another")
    }
    early = declaration(holder, year=2024, declared_on="2025-04-09", supersedes=first["id"])
    answer = await clerk.post(TAXES, early)
    assert {(each["pointer"], each["code"]) for each in answer.json()["errors"]} == {
        ("/reason", "reason_needed"),
        ("/year", "correction_of_another"),
        ("/declared_on", "correction_before"),
    }


@pytest.mark.parametrize("year", [2017, None, 0, "2025"])
async def test_a_year_that_cannot_be_is_refused_with_whatever_else_is_wrong(town: Town, year: Any) -> None:
    holder, clerk = await town.holder(), await town.staff("clerk")
    for quarter in (None, 1, 4):
        content = declaration(holder, year=year, quarter=quarter, reason="没有更正")
        answer = await clerk.post(TAXES, content)
        assert is_problem(answer, 422, "invalid_document")
        assert {each["pointer"] for each in answer.json()["errors"]} == {"/year", "/reason"}


async def test_enterprises_read_their_own_and_tell_none(town: Town) -> None:
    holder, other = await town.holder(), await town.holder()
    made = await declared(town, holder)
    assert (await holder.get(f"{TAXES}/{made['id']}")).status_code == 200
    assert is_problem(await other.get(f"{TAXES}/{made['id']}"), 404, "tax_declaration_not_found")
    assert (await other.get(TAXES, uscc=holder.uscc)).json()["items"] == []
    assert (await holder.post(TAXES, declaration(holder, quarter=2))).status_code == 403


async def quarterly(holder: Holder) -> tuple[dict[str, Any], dict[str, Any]]:
    """A report of a quarter, and the quarter that it is of."""
    for index, due in enumerate(await holder.obligations()):
        if due["kind"] == "quarterly":
            start, end = (date.fromisoformat(due[name]) for name in ("period_start", "period_end"))
            quarter = {
                "year": start.year,
                "quarter": (start.month + 2) // 3,
                "declared_on": (end + timedelta(days=1)).isoformat(),
            }
            return await holder.report(index), quarter
    raise AssertionError("no report of a quarter is owed")


def sulphur(report: dict[str, Any]) -> tuple[int, str]:
    at = next(at for at, each in enumerate(report["values"]) if each["pollutant_code"] == "a21026")
    return at, report["values"][at]["amount_t"]


async def test_a_report_that_differs_from_the_tax_needs_a_reason_that_its_reviewer_reads(town: Town) -> None:
    holder = await town.holder()
    report, quarter = await quarterly(holder)
    at, _ = sulphur(report)
    report["values"][at]["amount_t"] = "0.30"
    await declared(town, holder, "0.45", permit_number=None, **quarter)
    refused = await holder.post(REPORTS, report)
    assert is_problem(refused, 422, "report_invalid")
    [error] = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == (f"/values/{at}/amount_t", "amount_differs_from_tax")
    assert error["article"] == "环境保护税法 第十条"
    report["values"][at]["override_reason"] = "税务申报含无组织排放"
    taken = await holder.post(REPORTS, report)
    assert taken.status_code == 201, taken.text
    reviewer = await town.staff("reviewer")
    read = (await reviewer.get(f"{REPORTS}/{taken.json()['report']['id']}")).json()
    assert [(each["code"], each["reason"]) for each in read["newest"]["warnings"]] == [
        ("amount_differs_from_tax", "税务申报含无组织排放")
    ]


async def test_a_mean_that_is_not_far_enough_below_the_permits_limit_is_noted_and_refuses_nothing(
    town: Town,
) -> None:
    holder = await town.holder()
    report, quarter = await quarterly(holder)
    at, _ = sulphur(report)
    amount = report["values"][at]["amount_t"]
    report["values"][at] |= {"concentration_average": "250", "concentration_max": "280"}
    lines = [{"pollutant_code": "a21026", "amount": amount, "unit": "t", "levied_percent": 75}]
    await declared(town, holder, lines=lines, **quarter)
    taken = await holder.post(REPORTS, report)
    assert taken.status_code == 201, taken.text
    reviewer = await town.staff("reviewer")
    read = (await reviewer.get(f"{REPORTS}/{taken.json()['report']['id']}")).json()
    [warning] = [each for each in read["newest"]["warnings"] if each["code"] == "tax_reduction_unfounded"]
    assert (warning["severity"], warning["reason"]) == ("note", None)
    assert "许可证限值" in warning["detail_zh"]
    assert "the permit's limit, which may be stricter than the standard" in warning["detail_en"]


async def test_a_reduced_tax_is_judged_by_the_records_of_each_month(town: Town) -> None:
    holder = await town.holder()
    report, quarter = await quarterly(holder)
    first = date(quarter["year"], quarter["quarter"] * 3 - 2, 1)
    months = [first.replace(month=first.month + later) for later in range(3)]
    at, amount = sulphur(report)
    report["values"][at] |= {"concentration_average": "150", "concentration_max": "240"}
    outlet = report["values"][at]["outlet_code"]
    # In UTC the second one is still of the month before: months are those of the city.
    kept = [(f"{months[0]}T08:00:00+08:00", "90"), (f"{months[1]}T00:30:00+08:00", "240")]
    for sampled_at, value in kept:
        entered = await holder.post(
            f"/v1/permits/monitoring/{holder.permit['permit_number']}/records",
            {**record(value=value, sampled_at=sampled_at), "outlet_code": outlet},
        )
        assert entered.status_code == 201, entered.text
    lines = [{"pollutant_code": "a21026", "amount": amount, "unit": "t", "levied_percent": 75}]
    await declared(town, holder, lines=lines, **quarter)
    taken = await holder.post(REPORTS, report)
    assert taken.status_code == 201, taken.text
    made, reviewer = taken.json()["report"], await town.staff("reviewer")
    read = (await reviewer.get(f"{REPORTS}/{made['id']}")).json()
    [warning] = [each for each in read["newest"]["warnings"] if each["code"] == "tax_reduction_unfounded"]
    assert (warning["severity"], f"{months[1]:%Y-%m}" in warning["detail_zh"]) == ("note", True)
    assert f"{months[0]:%Y-%m}" not in warning["detail_zh"]
    found = (await reviewer.get(f"{REPORTS}/{made['id']}/tax-comparison")).json()["reductions"]
    assert [(each["month"], each["source"], each["founded"]) for each in found] == [
        (months[0].isoformat(), "manual", True),
        (months[1].isoformat(), "manual", False),
        (months[2].isoformat(), "report", True),
    ]
    assert (found[1]["records"], found[1]["mean"], found[1]["most"]) == (1, "240.000000", "210.00")


@pytest.mark.parametrize(
    ("site_name", "is_compared"), [("一号厂区", True), ("门诊部", False)], ids=["same site", "another site"]
)
async def test_a_return_of_the_enterprise_is_not_compared_where_it_has_a_registered_site_too(
    town: Town, site_name: str, is_compared: bool
) -> None:
    """环境保护税法 art. 10: what the whole enterprise declared is more than what one of its sites discharged."""
    holder = await town.holder()
    report, quarter = await quarterly(holder)
    at, _ = sulphur(report)
    report["values"][at]["amount_t"] = "0.30"
    content = {**form(site_name="门诊部"), "uscc": holder.uscc}
    registered = await holder.post(REGISTRATIONS, content)
    assert registered.status_code == 201, registered.text
    number = registered.json()["receipt_number"]
    renamed = "UPDATE registration SET site_name = $2 WHERE receipt_number = $1"
    await execute(town, renamed, number, site_name)
    await declared(town, holder, "0.45", permit_number=None, **quarter)
    answer = await holder.post(REPORTS, report)
    assert answer.status_code == (422 if is_compared else 201), answer.text


async def test_a_return_that_comes_after_the_report_shows_in_the_comparison(town: Town) -> None:
    holder = await town.holder()
    report, quarter = await quarterly(holder)
    at, _ = sulphur(report)
    report["values"][at]["amount_t"] = "0.30"
    made = (await holder.post(REPORTS, report)).json()["report"]
    reviewer, path = await town.staff("reviewer"), f"{REPORTS}/{made['id']}/tax-comparison"
    empty = (await reviewer.get(path)).json()
    assert (empty["lines"], empty["declarations"], empty["tolerance"]) == ([], [], "0.05")
    told = await declared(town, holder, "0.6", **quarter)
    found = (await reviewer.get(path)).json()
    assert found["declarations"] == [told["id"]]
    assert found["lines"] == [
        {
            "pollutant_code": "a21026",
            "reported_t": "0.30",
            "declared_t": "0.6",
            "levied_percent": 100,
            "difference": "0.5000",
            "agrees": False,
        }
    ]
    stranger = await town.holder()
    assert is_problem(await stranger.get(path), 404, "report_not_found")
