"""What arrives, exactly, and what counts as a discrepancy (Order 23 art. 12, 18)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.waste.manifests import rules_reception as rules
from services.waste.manifests.rules import Step
from services.waste.manifests.rules_reception import Arrived, Declared, Tolerance

KG = st.decimals(min_value=0, max_value=10**9, places=6)
FIELDS: dict[str, Any] = {
    "waste_code": "900-249-08",
    "waste_name": "废矿物油",
    "hazard_traits": ["T", "I"],
    "form": "liquid",
    "packaging": "drum",
    "container_count": 6,
}
DECLARED = Declared(1, "900-249-08", Decimal(1000), FIELDS)


def there(
    arrived: str = "1000", accepted: str = "1000", refused: str = "0", *, line: int = 1, **observed: Any
) -> Arrived:
    reason = "破损" if Decimal(refused) else None
    return Arrived(line, Decimal(arrived), Decimal(accepted), Decimal(refused), reason, observed)


@given(KG, KG, KG)
def test_check_mass_article_12_holds_exactly_where_accepted_and_refused_add_up(
    arrived: Decimal, accepted: Decimal, refused: Decimal
) -> None:
    found = Findings()
    line = Arrived(1, arrived, accepted, refused, "破损" if refused else None, {})
    rules.check_mass(found, 0, line)
    assert (not found.errors) == (accepted + refused == arrived)


@pytest.mark.parametrize(
    ("refused", "reason", "codes"),
    [
        ("10", None, ["refusal_unexplained"]),
        ("10", "破损", []),
        ("0", "破损", ["reason_without_refusal"]),
        ("0", None, []),
    ],
)
def test_check_mass_article_18_a_refusal_and_only_a_refusal_has_a_reason(
    refused: str, reason: str | None, codes: list[str]
) -> None:
    found = Findings()
    line = Arrived(1, Decimal(100), Decimal(100) - Decimal(refused), Decimal(refused), reason, {})
    rules.check_mass(found, 0, line)
    assert [error.code for error in found.errors] == codes


def test_check_lines_article_12_each_line_is_answered_once() -> None:
    found = Findings()
    declared = [DECLARED, Declared(2, "900-052-31", Decimal(1), FIELDS)]
    rules.check_lines(found, declared, [there(), there(), there(line=9)])
    assert [(error.pointer, error.code) for error in found.errors] == [
        ("/lines/1/line", "line_repeated"),
        ("/lines/2/line", "line_unknown"),
        ("/lines", "line_missing"),
    ]


@pytest.mark.parametrize(
    ("field", "seen"),
    [
        ("waste_code", "900-214-08"),
        ("waste_name", "废液压油"),
        ("hazard_traits", ["T"]),
        ("form", "solid"),
        ("packaging", "tank"),
        ("container_count", 5),
    ],
)
def test_differences_article_18_names_the_field_that_differs(field: str, seen: Any) -> None:
    (found,) = rules.differences([DECLARED], [there(**{field: seen})], Tolerance())
    assert found.fields == (field,)


def test_differences_article_18_the_same_in_another_order_or_unsaid_is_none() -> None:
    assert rules.differences([DECLARED], [there()], Tolerance()) == []
    assert (
        rules.differences([DECLARED], [there(**{**FIELDS, "hazard_traits": ["I", "T"]})], Tolerance()) == []
    )


@pytest.mark.parametrize(
    ("percent", "arrived", "counts"),
    [
        ("0", "1000.000001", True),
        ("0", "1000.00", False),
        ("0.5", "995", False),
        ("0.5", "994.999999", True),
        ("0.5", "1005.000001", True),
    ],
)
def test_differences_article_18_quantity_within_the_citys_tolerance(
    percent: str, arrived: str, *, counts: bool
) -> None:
    line = there(arrived, arrived)
    found = rules.differences([DECLARED], [line], Tolerance(Decimal(percent)))
    assert [each.fields for each in found] == ([("mass_kg",)] if counts else [])


@pytest.mark.parametrize(
    ("lines", "step"),
    [
        ([there(), there(line=2)], Step.ACCEPT),
        ([there("1000", "900", "100"), there(line=2)], Step.ACCEPT_IN_PART),
        ([there("1000", "0", "1000"), there(line=2)], Step.ACCEPT_IN_PART),
        ([there("1000", "0", "1000"), there("0", "0", line=2)], Step.REJECT),
    ],
)
def test_outcome_article_18_all_some_or_nothing(lines: list[Arrived], step: Step) -> None:
    assert rules.outcome(lines) is step


def test_check_observed_code_solid_waste_law_article_80_another_waste_needs_the_licence_too() -> None:
    found = Findings()
    rules.check_observed_code(found, 0, there(waste_code="900-039-49"), covered=False)
    rules.check_observed_code(found, 1, there(waste_code="900-214-08"), covered=True)
    rules.check_observed_code(found, 2, there("10", "0", "10", waste_code="900-039-49"), covered=False)
    assert [error.pointer for error in found.errors] == ["/lines/0/accepted_kg"]
