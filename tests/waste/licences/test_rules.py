"""What a licence must satisfy (Order 408), each rule by its name."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.waste.licences import rules

DAYS = st.dates(date(2010, 1, 1), date(2040, 12, 31))


def validity(kind: str, valid_from: date, valid_to: date) -> list[str]:
    found = Findings()
    rules.check_validity(found, kind=kind, valid_from=valid_from, valid_to=valid_to)
    return [error.code for error in found.errors]


@given(DAYS, st.sampled_from(["comprehensive", "collection"]))
def test_check_validity_order_408_article_10_to_the_day(valid_from: date, kind: str) -> None:
    last = rules.last_valid_day(valid_from, kind=kind)
    assert validity(kind, valid_from, last) == []
    assert validity(kind, valid_from, last + timedelta(days=1)) == ["validity_too_long"]
    assert validity(kind, valid_from, valid_from - timedelta(days=1)) == ["validity_reversed"]


@pytest.mark.parametrize(
    ("valid_from", "kind", "last"),
    [
        (date(2025, 1, 5), "comprehensive", date(2030, 1, 4)),
        (date(2025, 1, 5), "collection", date(2028, 1, 4)),
        (date(2024, 2, 29), "comprehensive", date(2029, 2, 28)),
    ],
)
def test_last_valid_day_order_408_article_10(valid_from: date, kind: str, last: date) -> None:
    assert rules.last_valid_day(valid_from, kind=kind) == last


def test_check_modes_order_408_article_3_a_collection_licence_only_collects() -> None:
    found = Findings()
    rules.check_modes(found, kind="collection", modes=["collect", "store"])
    rules.check_modes(found, kind="collection", modes=["collect"])
    rules.check_modes(found, kind="comprehensive", modes=["dispose"])
    assert [error.code for error in found.errors] == ["mode_not_of_kind"]


@pytest.mark.parametrize(
    ("groups", "where"),
    [
        ([["HW08"], ["HW31"]], None),
        ([["900-249-08"], ["900-214-08"]], None),
        ([["HW08"], ["900-249-08"]], "/groups/1/codes/0"),
        ([["900-249-08"], ["HW31", "HW08"]], "/groups/1/codes/1"),
        ([["HW08"], ["HW08"]], "/groups/1/codes/0"),
        ([["900-249-08", "900-249-08"]], "/groups/0/codes/1"),
    ],
)
def test_check_groups_order_408_article_10_a_waste_counts_against_one_scale(
    groups: list[list[str]], where: str | None
) -> None:
    found = Findings()
    rules.check_groups(found, groups)
    assert [error.pointer for error in found.errors] == ([where] if where else [])


def test_covers_a_code_by_itself_or_by_its_category() -> None:
    assert rules.covers(["HW08"], "900-249-08")
    assert rules.covers(["900-249-08"], "900-249-08")
    assert not rules.covers(["900-249-08"], "900-214-08")
    assert not rules.covers(["HW31"], "900-249-08")
