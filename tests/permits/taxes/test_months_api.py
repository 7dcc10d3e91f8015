"""Reports of months beside the tax of their quarter, through the gateway."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from tests.permits.reading import is_problem
from tests.permits.taxes.test_api import REPORTS, sulphur
from tests.support.taxes import declared
from tests.support.town import Holder, Town

MONTHLY = {"monthly": True, "quarterly": False, "annual": True}
JANUARY, FEBRUARY, MARCH = ("2025-01-01", "2025-02-01", "2025-03-01")


async def of_month(holder: Holder, first: str, amount: str, **changes: Any) -> dict[str, Any]:
    owed = await holder.obligations()
    at = [(each["kind"], each["period_start"]) for each in owed].index(("monthly", first))
    report = await holder.report(at)
    report["values"][sulphur(report)[0]] |= {"amount_t": amount, **changes}
    return {**report, "production_days": 20}


async def sent(holder: Holder, first: str, amount: str, **changes: Any) -> httpx.Response:
    return await holder.post(REPORTS, await of_month(holder, first, amount, **changes))


def notes(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 201, answer.text
    return [(each["code"], each["detail_zh"]) for each in answer.json()["warnings"]]


async def compared(town: Town, report_id: str) -> dict[str, Any]:
    answer = await (await town.staff("reviewer")).get(f"{REPORTS}/{report_id}/tax-comparison")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_months_are_compared_once_all_three_are_in_and_before_it_is_said_which_lack(town: Town) -> None:
    holder = await town.holder(reporting=MONTHLY)
    told = await declared(town, holder, "0.45")
    first = await sent(holder, FEBRUARY, "0.10")
    [(code, text)] = notes(first)
    assert code == "tax_month_lacking"
    assert "2025-01、2025-03" in text
    [(code, text)] = notes(await sent(holder, JANUARY, "0.10"))
    assert (code, "2025-03" in text, "2025-02" in text) == ("tax_month_lacking", True, False)
    february = first.json()["report"]["id"]
    waiting = await compared(town, february)
    assert (waiting["months_lacking"], waiting["lines"], waiting["declarations"]) == ([MARCH], [], [])

    refused = await sent(holder, MARCH, "0.10")
    assert is_problem(refused, 422, "report_invalid")
    [error] = refused.json()["errors"]
    assert (error["code"], error["article"]) == ("amount_differs_from_tax", "环境保护税法 第十条")
    assert "三个月的报告合计0.3 t" in error["detail_zh"]
    explained = await sent(holder, MARCH, "0.10", override_reason="税务申报含无组织排放")
    assert [code for code, _ in notes(explained)] == ["amount_differs_from_tax"]
    for report_id in (february, explained.json()["report"]["id"]):
        found = await compared(town, report_id)
        assert (found["compared_start"], found["compared_end"]) == (JANUARY, "2025-03-31")
        assert (found["months_lacking"], found["declarations"]) == ([], [told["id"]])
        assert [(each["reported_t"], each["agrees"]) for each in found["lines"]] == [("0.30", False)]


async def test_months_that_add_up_to_the_quarter_need_no_reason(town: Town) -> None:
    holder = await town.holder(reporting=MONTHLY)
    for month, amount in ((JANUARY, "0.10"), (FEBRUARY, "0.15")):
        assert notes(await sent(holder, month, amount)) == []
    await declared(town, holder, "0.45")
    assert notes(await sent(holder, MARCH, "0.20")) == []


async def test_a_month_that_was_returned_lacks(town: Town) -> None:
    holder, reviewer = await town.holder(reporting=MONTHLY), await town.staff("reviewer")
    january = (await sent(holder, JANUARY, "0.10")).json()["report"]["id"]
    assert notes(await sent(holder, FEBRUARY, "0.10")) == []
    decision = {"version": 1, "decision": "return", "comment": "排放量有误"}
    assert (await reviewer.post(f"{REPORTS}/{january}/reviews", decision)).status_code == 201
    await declared(town, holder, "0.45")
    [(code, text)] = notes(await sent(holder, MARCH, "0.10"))
    assert (code, "2025-01没有" in text) == ("tax_month_lacking", True)


async def test_a_month_that_is_part_of_the_quarters_report_is_compared_with_that(town: Town) -> None:
    holder = await town.holder(reporting={**MONTHLY, "quarterly": True, "merge_upward": True})
    await declared(town, holder, "0.45")
    for month in (JANUARY, FEBRUARY):
        assert notes(await sent(holder, month, "0.10")) == []
    owed = await holder.obligations()
    quarter = [(each["kind"], each["period_start"]) for each in owed].index(("quarterly", JANUARY))
    report = await holder.report(quarter)
    report["values"][sulphur(report)[0]]["amount_t"] = "0.30"
    refused = await holder.post(REPORTS, report)
    assert [each["code"] for each in refused.json()["errors"]] == ["amount_differs_from_tax"]


async def test_of_the_last_two_months_that_come_at_once_one_is_compared(town: Town) -> None:
    holder = await town.holder(reporting=MONTHLY)
    assert notes(await sent(holder, JANUARY, "0.10")) == []
    await declared(town, holder, "0.45")
    reports = [await of_month(holder, month, "0.10") for month in (FEBRUARY, MARCH)]
    answers = await asyncio.gather(*(holder.post(REPORTS, each) for each in reports))
    assert sorted(each.status_code for each in answers) == [201, 422]


async def test_the_reduced_tax_of_a_month_is_judged_by_its_own_report(town: Town) -> None:
    """环境保护税法 art. 13, 18: the other months need not be in; the quarter's reduction is one for all of them."""
    holder = await town.holder(reporting=MONTHLY)
    line = {"pollutant_code": "a21026", "amount": "0.45", "unit": "t", "levied_percent": 75}
    await declared(town, holder, lines=[line])
    low = await sent(holder, JANUARY, "0.10", concentration_average="150", concentration_max="280")
    assert [code for code, _ in notes(low)] == ["tax_month_lacking"]
    high = await sent(holder, FEBRUARY, "0.10", concentration_average="250", concentration_max="280")
    assert {code for code, _ in notes(high)} == {"tax_month_lacking", "tax_reduction_unfounded"}
    found = await compared(town, high.json()["report"]["id"])
    [judged] = found["reductions"]
    assert (judged["month"], judged["source"], judged["mean"], judged["founded"]) == (
        *(FEBRUARY, "report", "250"),
        False,
    )
