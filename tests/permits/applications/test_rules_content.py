"""What an application must hold, and what it is told of time (条例 art. 6, 8, 11, 14, 40)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from services.kit.findings import Findings
from services.permits.applications.periods import PeriodsError, load, periods

TODAY = date(2025, 3, 17)
"""A Monday."""


def codes(found: Findings) -> list[tuple[str, str]]:
    return [(each.pointer, each.code) for each in found.errors]


class TestPeriodsOfACity:
    def test_the_newest_that_has_begun_holds(self, tmp_path: Path) -> None:
        entry = '[[change]]\nsince = {since}\nworking_days = {days}\nbasis = "b"\nnote = "n"\n'
        remedies = (
            "[[remedies]]\nsince = 2021-03-01\nreconsideration_days = 60\nlitigation_months = 6\n"
            'basis = "b"\nnote = "n"\n'
        )
        file = tmp_path / "periods.toml"
        file.write_text(
            entry.format(since="2027-01-01", days=10) + entry.format(since="2021-03-01", days=20) + remedies,
            "utf-8",
        )
        found = load(file)
        assert [found.change_on(day).days for day in (date(2021, 3, 1), date(2026, 12, 31))] == [20, 20]
        assert found.change_on(date(2027, 1, 1)).days == 10
        assert found.pre_disclosure_on(TODAY) is None

    @pytest.mark.parametrize(
        "text", ["", "[[change]]\nsince = 2021-03-01\n", "[[change]]\nx = 1", "not toml ["]
    )
    def test_a_file_that_cannot_be_used_says_why(self, tmp_path: Path, text: str) -> None:
        file = tmp_path / "periods.toml"
        file.write_text(text, "utf-8")
        with pytest.raises(PeriodsError):
            load(file)

    def test_before_the_law_nothing_was_disclosed(self) -> None:
        assert periods().pre_disclosure_on(date(2020, 1, 1)) is None
