"""The names of industries, as the management catalogue has them."""

from __future__ import annotations

from datetime import date

import pytest

from services.permits.catalogue.editions import catalogue
from services.permits.catalogue.industries import industry_name

DAY = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("4430", "热力生产和供应"),
        ("443", "热力生产和供应"),
        ("1351", "屠宰及肉类加工"),
        ("0810", "铁矿采选"),
        ("8411", "医院"),
        ("3011", "水泥、石灰和石膏制造"),
        ("9999", None),
        ("4", None),
        ("", None),
    ],
)
def test_an_industry_is_called_as_the_row_of_the_catalogue_does(code: str, name: str | None) -> None:
    assert industry_name(code, DAY) == name


def test_before_the_first_edition_none_has_a_name() -> None:
    assert industry_name("4430", date(1990, 1, 1)) is None


def test_every_code_that_a_row_is_about_has_a_name() -> None:
    edition = catalogue().on(DAY)
    assert edition is not None
    codes = {code for row in edition.rows for code in row.codes}
    assert len(codes) > 200
    assert {code for code in codes if industry_name(code, DAY) is None} == set()
