"""What is stated beside the permit's content (条例 art. 8)."""

from __future__ import annotations

from datetime import date

import pytest

from services.kit.findings import Findings
from services.kit.ids import new_id
from services.permits.applications import rules_supplements as rules
from services.permits.applications.periods import periods
from services.permits.applications.rules import Kind

PLANTS = periods().sewage_plants_on(date(2026, 1, 1))


def found_of(check: object, **facts: object) -> list[tuple[str, str, str | None]]:
    found = Findings()
    check(found, **facts)  # type: ignore[operator]
    return [(each.pointer, each.code, each.article) for each in found.errors]


@pytest.mark.parametrize("code", ["4620", "D4620", "D462"])
@pytest.mark.parametrize("kind", [Kind.FIRST, Kind.REAPPLICATION])
def test_article_8_a_sewage_plant_states_its_catchment_pipes_and_destination(code: str, kind: Kind) -> None:
    facts = {"kind": kind, "industry_code": code, "rule": PLANTS}
    assert found_of(rules.check_sewerage, is_stated=False, **facts) == [
        ("/sewerage", "sewerage_missing", "排污许可管理条例 第八条")
    ]
    assert found_of(rules.check_sewerage, is_stated=True, **facts) == []


def test_article_8_nobody_else_states_a_catchment_and_no_change_asks_for_it() -> None:
    boiler = {"kind": Kind.FIRST, "industry_code": "4430", "rule": PLANTS}
    assert found_of(rules.check_sewerage, is_stated=False, **boiler) == []
    assert found_of(rules.check_sewerage, is_stated=True, **boiler) == [
        ("/sewerage", "sewerage_of_no_plant", None)
    ]
    changed = {"kind": Kind.CHANGE, "industry_code": "4620", "rule": PLANTS}
    assert found_of(rules.check_sewerage, is_stated=False, **changed) == []
    before = {
        "kind": Kind.FIRST,
        "industry_code": "4620",
        "rule": periods().sewage_plants_on(date(2021, 2, 28)),
    }
    assert found_of(rules.check_sewerage, is_stated=False, **before) == []


def test_article_8_more_of_a_key_pollutant_needs_a_source_of_its_quota() -> None:
    asks = {"kind": Kind.REAPPLICATION, "more": ["氮氧化物"]}
    assert found_of(rules.check_quota_source, is_stated=False, **asks) == [
        ("/quota_source", "quota_source_missing", "排污许可管理条例 第八条")
    ]
    assert found_of(rules.check_quota_source, is_stated=True, **asks) == []
    assert found_of(rules.check_quota_source, kind=Kind.REAPPLICATION, more=[], is_stated=False) == []
    assert found_of(rules.check_quota_source, kind=Kind.FIRST, more=["氮氧化物"], is_stated=False) == []


def test_article_8_an_offset_statement_is_the_applicants_and_holds() -> None:
    known, other = new_id(), new_id()
    found = Findings()
    rules.check_offsets(found, [known, other], known={known})
    assert [(each.pointer, each.code) for each in found.errors] == [
        ("/quota_source/offset_ids/1", "offset_unknown")
    ]


@pytest.mark.parametrize(
    ("kind", "limits", "stated", "decided", "told"),
    [
        (Kind.FIRST, True, False, date(2021, 3, 1), True),
        (Kind.FIRST, True, False, date(2021, 2, 28), False),
        (Kind.FIRST, False, False, date(2024, 1, 1), False),
        (Kind.FIRST, True, True, date(2024, 1, 1), False),
        (Kind.RENEWAL, True, False, date(2024, 1, 1), False),
    ],
)
def test_article_8_a_new_source_is_told_of_its_quota(
    kind: Kind, limits: bool, stated: bool, decided: date, told: bool
) -> None:
    found = rules.remarks(kind=kind, limits_amounts=limits, is_stated=stated, eia_decided=[decided])
    assert [each.code for each in found] == (["quota_source_if_new"] if told else [])
