"""The city against its plan's reduction, and the data that says what the plan is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.permits.totals.control import SHIPPED, ControlError, load
from services.permits.totals.plan import standing


def test_what_the_14th_plan_asks_of_each_year_is_a_straight_line() -> None:
    years = [
        standing(
            base_year=2020, last_year=2025, year=year, percent=Decimal(10), base_t=Decimal(200), actual_t=None
        )
        for year in (2020, 2021, 2025, 2026)
    ]
    assert [each.required_percent for each in years] == [0, 2, 10, 10]
    assert [each.allowed_t for each in years] == [200, 196, 180, 180]
    assert {each.on_track for each in years} == {None}


def test_just_what_is_asked_is_on_track() -> None:
    known = {"base_year": 2020, "last_year": 2025, "year": 2025, "percent": Decimal(8), "base_t": Decimal(50)}
    assert standing(**known, actual_t=Decimal(46)).on_track is True  # type: ignore[arg-type]
    late = standing(**known, actual_t=Decimal("46.000001"))  # type: ignore[arg-type]
    assert (late.on_track, late.reached_percent) == (False, Decimal("7.999998"))


def test_a_figure_that_is_not_known_is_not_guessed() -> None:
    bare = standing(base_year=2020, last_year=2025, year=2023, percent=None, base_t=None, actual_t=Decimal(1))
    assert (bare.required_percent, bare.allowed_t, bare.reached_percent, bare.on_track) == (None,) * 4


@given(st.integers(2019, 2030), st.decimals(0, 100, places=2), st.decimals("0.01", 10**6, places=4))
def test_the_line_never_rises(year: int, percent: Decimal, base: Decimal) -> None:
    known = {"base_year": 2020, "last_year": 2025, "percent": percent, "base_t": base, "actual_t": None}
    now, next_year = (standing(year=each, **known).allowed_t for each in (year, year + 1))  # type: ignore[arg-type]
    assert now is not None
    assert next_year is not None
    assert next_year <= now <= base


def test_the_shipped_file_has_the_four_pollutants_and_the_citys_own_targets() -> None:
    control = load()
    assert set(control.pollutants) == {"cod", "ammonia_nitrogen", "nitrogen_oxides", "vocs"}
    assert {each.pollutant for each in control.targets_in(2025)} == set(control.pollutants)
    assert control.targets_in(2026) == []
    assert all("达到盟考核要求" in each.stated for each in control.targets)
    ratio = control.ratio_on("vocs", date(2026, 1, 1))
    assert ratio is not None
    assert ratio.ratio == 1
    assert control.ratio_on("vocs", date(2014, 12, 31)) is None


def written(folder: Path, change: tuple[str, str]) -> Path:
    path = folder / "control.toml"
    path.write_text(SHIPPED.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    return path


def test_a_city_doubles_a_ratio_by_a_line_of_its_own(tmp_path: Path) -> None:
    line = '[[replacement]]\npollutant = "vocs"\nfrom = 2026-01-01\nratio = "2"\nnote = "臭氧未达标"\n\n[[targets]]'
    path = tmp_path / "control.toml"
    path.write_text(SHIPPED.read_text(encoding="utf-8").replace("[[targets]]", line, 1), encoding="utf-8")
    control = load(path)
    found = [control.ratio_on("vocs", day) for day in (date(2025, 12, 31), date(2026, 1, 1))]
    assert [each.ratio for each in found if each] == [1, 2]
    other = control.ratio_on("cod", date(2026, 1, 1))
    assert other is not None
    assert other.ratio == 1


@pytest.mark.parametrize(
    "change",
    [
        ('pollutant = "*"', 'pollutant = "soot"'),
        ('pollutant = "*"', 'pollutant = "cod"'),
        ('codes = ["w21003"]', 'codes = ["w01018"]'),
        ('ratio = "1"', 'ratio = "0.5"'),
        ("base_year = 2020", "base_year = 2021"),
        ('medium = "water"', 'medium = "soil"'),
        ("[pollutants.cod]", "[pollutants.cod"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(tmp_path: Path, change: tuple[str, str]) -> None:
    with pytest.raises(ControlError):
        load(written(tmp_path, change))
