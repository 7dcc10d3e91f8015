"""Days of production beside what was discharged on them (排污许可管理条例 art. 37)."""

from __future__ import annotations

from decimal import Decimal

from services.kit.findings import Findings
from services.permits.reports import rules_production as production
from services.permits.reports.rules import ValueFact
from services.permits.reports.rules_ledger import Ran
from tests.permits.reports.facts import TRUTH, Found, line, seen


class TestZeros:
    def judged(self, *lines: ValueFact, days: int = 80) -> Found:
        found = Findings()
        units = {("DW001", "w01001"): "dimensionless", ("DA001", "a00001"): "grade"}
        production.check_zeros(found, lines, units, production_days=days)
        return seen(found)

    def test_nothing_but_zeros_while_producing(self) -> None:
        zeros = line(concentration_max="0", amount_t="0.00", method="manual")
        assert self.judged(zeros, line("a21002", concentration_max="0")) == [("/values", "all_zero", TRUTH)]

    def test_zeros_for_water_are_not_hidden_by_what_goes_to_air(self) -> None:
        to_water = line("w01018", outlet="DW001", concentration_max="0", amount_t="0", method="manual")
        assert self.judged(line(concentration_max="120"), to_water) == [("/values", "all_zero", TRUTH)]
        assert len(self.judged(line(concentration_max="0"), to_water)) == 2

    def test_a_ph_and_a_grade_do_not_tell_that_anything_was_discharged(self) -> None:
        to_water = line("w01018", outlet="DW001", concentration_max="0")
        acidity = line("w01001", outlet="DW001", concentration_max="7.5")
        assert self.judged(to_water, acidity) == [("/values", "all_zero", TRUTH)]
        assert self.judged(acidity, line("a00001", concentration_max="0")) == []

    def test_one_figure_above_zero_one_no_data_code_or_no_production_is_something_else(self) -> None:
        zero = line(concentration_max="0")
        assert self.judged(zero, line("a21002", concentration_max="0.1")) == []
        assert self.judged(line()) == []
        assert self.judged(zero, days=0) == []


class TestIdleArticle37:
    def judged(self, *lines: ValueFact, days: int = 0) -> Found:
        found = Findings()
        units = {("DW001", "w01001"): "dimensionless"}
        production.check_idle(found, lines, units, production_days=days)
        return seen(found)

    def test_a_figure_above_zero_without_a_day_of_production_has_to_be_explained(self) -> None:
        named = [("/production_days", "discharge_without_production", TRUTH)]
        assert self.judged(line(concentration_max="12")) == named
        assert (
            self.judged(line(amount_t="0.1", method="manual"), line("a21002", concentration_max="1")) == named
        )

    def test_zeros_a_ph_and_a_no_data_code_are_nothing_discharged(self) -> None:
        assert self.judged(line(concentration_max="0", amount_t="0", method="manual")) == []
        assert self.judged(line("w01001", outlet="DW001", concentration_max="7.5")) == []
        assert self.judged(line()) == []

    def test_a_production_facility_that_ran_without_a_day_of_production_has_to_be_explained(self) -> None:
        def judged(days: int, *ran: Ran) -> Found:
            found = Findings()
            production.check_idle_facilities(found, ran, production_days=days)
            return seen(found)

        kiln, scrubber = Ran("MF0001", Decimal("12")), Ran("TA001", Decimal("12"))
        assert judged(0, kiln) == [("/production_days", "ran_without_production", TRUTH)]
        assert judged(0, kiln, Ran("MF0002", Decimal(1)), scrubber) == judged(0, kiln)
        assert judged(0, scrubber, Ran("MF0002", Decimal(0))) == []
        assert judged(1, kiln) == []

    def test_one_day_is_enough(self) -> None:
        assert self.judged(line(concentration_max="12"), days=1) == []
