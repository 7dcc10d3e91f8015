"""The seven categories, and how units are counted."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

import pytest

from services.emergency.items.rules import CATEGORIES, UNIT_PLACES, check_quantity
from services.emergency.items.schemas import Category, Unit
from services.kit.findings import Findings


def test_the_categories_are_the_seven_of_the_guide() -> None:
    assert list(CATEGORIES) == list(get_args(Category))
    assert list(CATEGORIES.values()) == [
        "污染源切断", "污染物控制", "污染物收集", "污染物降解", "安全防护", "应急通信和指挥", "环境监测",
    ]  # fmt: skip


def test_every_unit_says_how_it_is_counted() -> None:
    assert list(UNIT_PLACES) == list(get_args(Unit))


@pytest.mark.parametrize(
    ("quantity", "unit", "right"),
    [
        ("1", "piece", True),
        ("1.0", "piece", True),
        ("0.5", "piece", False),
        ("0.25", "m", True),
        ("0.125", "m", False),
        ("0.125", "kg", True),
    ],
)
def test_check_quantity_counts_as_the_unit_is(quantity: str, unit: str, *, right: bool) -> None:
    found = Findings()
    check_quantity(found, "/quantity", quantity=Decimal(quantity), unit=unit)
    assert (not found.errors) == right
