"""What a yearly plan must satisfy, each rule by its name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from services.kit.findings import Findings
from services.waste.plans import rules
from services.waste.plans.rules import PlanLineFact

RECEIVER, OTHER = "91152501XY70000153", "91152501XY7000023X"
LINE = PlanLineFact("900-249-08", RECEIVER, "recycle", Decimal(1000))


@pytest.mark.parametrize(
    ("filed_on", "late"),
    [(date(2026, 1, 5), 0), (date(2026, 3, 31), 0), (date(2026, 4, 1), 1), (date(2025, 12, 30), 0)],
)
def test_days_late_hj_1259_by_31_march(filed_on: date, late: int) -> None:
    assert rules.days_late(2026, filed_on=filed_on) == late


@pytest.mark.parametrize(("year", "right"), [(2025, False), (2026, True), (2027, True), (2028, False)])
def test_check_year_hj_1259_this_year_or_the_next(year: int, *, right: bool) -> None:
    found = Findings()
    rules.check_year(found, year=year, today=date(2026, 11, 23))
    assert (found.errors == []) is right


def test_check_lines_each_transfer_once_and_to_registered_receivers() -> None:
    found = Findings()
    lines = [LINE, PlanLineFact("900-249-08", OTHER, "recycle", Decimal(1)), LINE]
    rules.check_lines(found, lines, receivers=frozenset({RECEIVER}))
    assert [(error.pointer, error.code) for error in found.errors] == [
        ("/lines/1/receiver_uscc", "receiver_not_registered"),
        ("/lines/2", "plan_line_repeated"),
    ]
