"""A report against the fuel facts of its period (排污许可管理条例 art. 21, 22, 37)."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal

import pytest

from services.kit.findings import Findings
from services.permits.fuels.facts import FuelFact
from services.permits.reports.rules_fuel import check_fuel, held_in_fuel
from services.permits.reports.rules_plausibility import Plausibility
from tests.permits.reports.facts import TRUTH, line, seen
from tests.support.fuels import recorded
from tests.support.town import Town

START, MIDDLE, END = date(2025, 1, 1), date(2025, 2, 10), date(2025, 3, 31)


def burnt(start: date, end: date, sulphur: str | None = "0.5", unit: str = "t") -> FuelFact:
    """A thousand of a fuel."""
    return FuelFact(
        fact_id=uuid.uuid4(),
        version=1,
        permit_number="x001P",
        uscc="x",
        fuel="lignite",
        kind="fuel",
        outlet_code=None,
        period_start=start,
        period_end=end,
        quantity=Decimal(1000),
        unit=unit,
        sulphur_percent=Decimal(sulphur) if sulphur else None,
        net_calorific_value=None,
        carbon_content=None,
        source_document="过磅单",
    )


@pytest.mark.parametrize(
    ("facts", "most"),
    [
        ([burnt(START, END)], "10"),
        ([burnt(MIDDLE, END, "1"), burnt(START, MIDDLE)], "30"),
        ([burnt(START, MIDDLE)], None),
        ([burnt(START, date(2025, 2, 8)), burnt(MIDDLE, END)], None),
        ([burnt(START, END), burnt(START, END, None)], None),
        ([burnt(START, END), burnt(START, END, None, "MWh")], "10"),
        ([], None),
    ],
)
def test_article_21_the_sulphur_of_the_fuel_is_known_where_every_day_has_its_fact(
    facts: list[FuelFact], most: str | None
) -> None:
    found = held_in_fuel(facts, start=START, end=END)
    assert found == (Decimal(most) if most else None)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("10.5", []),
        ("10.51", [("/values", "amount_above_fuel", TRUTH)]),
        ("0.05", []),
        ("0.049", [("/values", "amount_below_fuel", TRUTH)]),
        (None, []),
    ],
)
def test_article_37_no_more_sulphur_leaves_than_was_burnt(
    amount: str | None, expected: list[tuple[str, str, str | None]]
) -> None:
    so2 = line(amount_t=amount, method="manual") if amount else line()
    found, less = Findings(), Findings()
    check_fuel(found, less, [so2, line("a21002", amount_t="99")], Decimal(10), Plausibility())
    assert [*seen(found), *seen(less)] == expected


async def test_a_report_that_its_fuel_contradicts_needs_a_reason(town: Town) -> None:
    holder = await town.holder()
    await recorded(holder, quantity="10", sulphur_percent="0.5")
    report = await holder.report()
    answer = (await holder.post("/v1/permits/reports/checks", report)).json()
    assert [each["code"] for each in answer["errors"]] == ["amount_above_fuel"]
    assert "1.25 t" in answer["errors"][0]["detail_en"]
    sent = await holder.post("/v1/permits/reports", {**report, "override_reason": "原料含硫"})
    assert [each["code"] for each in sent.json()["warnings"]] == ["amount_above_fuel"]
