"""A report against the ledger of its period (排污许可管理条例 art. 21, 22, 37)."""

from __future__ import annotations

from decimal import Decimal

from services.kit.findings import Findings
from services.permits.reports import rules_ledger as rules
from services.permits.reports.rules_ledger import Ran, Recorded, Used

LEDGER = Recorded(
    {"MF0001": Decimal(1920), "MF0002": Decimal(100), "TA001": Decimal(1800)}, {("燃煤", "t"): Decimal(500)}
)
FIVE = Decimal("0.05")


def codes(found: Findings) -> list[tuple[str, str]]:
    return [(error.pointer, error.code) for error in found.errors]


class TestArticle37:
    def test_no_facility_runs_for_more_hours_than_the_days_of_production_have(self) -> None:
        for days, expected in ((80, []), (79, [("/production_days", "fewer_days_than_ledger")])):
            found = Findings()
            rules.check_production_days(found, LEDGER, production_days=days)
            assert codes(found) == expected

    def test_no_facility_runs_for_more_hours_than_the_period_has(self) -> None:
        ran = [Ran("MF0001", Decimal(2160)), Ran("TA001", Decimal("2160.5"))]
        rules.check_hours(found := Findings(), ran, period_days=90)
        assert codes(found) == [("/facilities/1/run_hours", "too_many_hours")]

    def test_treatment_runs_while_what_it_serves_does(self) -> None:
        found = Findings()
        rules.check_treatment(found, LEDGER, [("TA001", ["MF0001", "MF0002"])], FIVE)
        assert codes(found) == [("", "treatment_ran_less")]
        for serves in (("TA001", ["MF0002"]), ("TA001", ["MF0009"]), ("TA002", ["MF0001"])):
            rules.check_treatment(nothing := Findings(), LEDGER, [serves], FIVE)
            assert nothing.errors == []


class TestArticle21:
    def test_hours_and_quantities_are_those_of_the_ledger_but_for_five_per_cent(self) -> None:
        found = Findings()
        ran = [Ran("MF0001", Decimal(2016)), Ran("TA001", Decimal(1900)), Ran("MF0009", Decimal(1))]
        used = [
            Used("燃煤", Decimal(474), "t"),
            Used("燃煤", Decimal(474), "kg"),
            Used("石灰石", Decimal(9), "t"),
        ]
        rules.check_stated(found, LEDGER, ran, used, FIVE)
        assert codes(found) == [
            ("/facilities/1/run_hours", "differs_from_ledger"),
            ("/materials/0/quantity", "differs_from_ledger"),
        ]

    def test_hj_944_each_facility_and_material_is_said_once(self) -> None:
        found = Findings()
        ran = [Ran("MF0001", Decimal(1)), Ran("MF0001", Decimal(2))]
        used = [Used("燃煤", Decimal(1), "t"), Used("燃煤", Decimal(1), "kg"), Used("燃煤", Decimal(2), "t")]
        rules.check_once(found, ran, used)
        assert codes(found) == [
            ("/facilities/1/facility_code", "value_repeated"),
            ("/materials/2/name", "value_repeated"),
        ]
