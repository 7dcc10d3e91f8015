"""The gates of Order 23, each by its article."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from services.kit.findings import Findings
from services.waste.licences.rules import LicenceFact
from services.waste.manifests import rules_submission as rules
from services.waste.manifests.rules_submission import LineFact

HOLDER, OTHER = "91152501XY7000023X", "91152501XY70000153"
LICENCE = LicenceFact(
    "1525010001", HOLDER, frozenset({"recycle"}), valid_from=date(2025, 1, 5), valid_to=date(2029, 12, 31)
)
LINE = LineFact(line=2, waste_code="900-249-08", mass_kg=Decimal(100), mode="recycle")


def test_check_parties_articles_10_and_11_names_each_that_is_not_registered() -> None:
    found = Findings()
    rules.check_parties(found, shipper=(OTHER, True), carrier=(OTHER, False), receiver=(HOLDER, False))
    assert [(error.pointer, error.code) for error in found.errors] == [
        ("/carrier_uscc", "carrier_not_registered"),
        ("/receiver_uscc", "receiver_not_registered"),
    ]
    assert found.errors[0].article == "危险废物转移管理办法 第十一条"


@pytest.mark.parametrize(("region", "refused"), [("150102", False), ("130702", True)])
def test_check_province_article_21_another_province_needs_an_approval(region: str, *, refused: bool) -> None:
    found = Findings()
    rules.check_province(found, shipper_region="152501", receiver_region=region)
    assert bool(found.errors) is refused


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        (date(2025, 1, 4), ["licence_not_valid"]),
        (date(2025, 1, 5), []),
        (date(2029, 12, 31), []),
        (date(2030, 1, 1), ["licence_not_valid"]),
    ],
)
def test_check_licence_solid_waste_law_article_80_to_the_day(day: date, codes: list[str]) -> None:
    found = Findings()
    rules.check_licence(found, LICENCE, number="1525010001", receiver_uscc=HOLDER, on=day)
    assert [error.code for error in found.errors] == codes


def test_check_licence_of_nobody_and_of_another() -> None:
    found = Findings()
    rules.check_licence(found, None, number="1", receiver_uscc=HOLDER, on=date(2026, 1, 1))
    rules.check_licence(found, LICENCE, number="1", receiver_uscc=OTHER, on=date(2026, 1, 1))
    assert [error.code for error in found.errors] == ["licence_not_found", "licence_of_another"]


@pytest.mark.parametrize(
    ("covered", "scaled", "mode", "codes"),
    [
        (True, True, "recycle", []),
        (False, False, "recycle", ["licence_code_not_covered"]),
        (True, False, "recycle", ["licence_without_scale"]),
        (True, True, "dispose", ["licence_mode"]),
        (False, False, "dispose", ["licence_code_not_covered", "licence_mode"]),
    ],
)
def test_check_licensed_order_408_articles_10_and_15(
    mode: str, codes: list[str], *, covered: bool, scaled: bool
) -> None:
    found, line = Findings(), LineFact(2, "900-249-08", Decimal(100), mode)
    rules.check_licensed(found, line, LICENCE, covered=covered, scaled=scaled, year=2026)
    assert [error.code for error in found.errors] == codes
    assert all(error.pointer.startswith("/lines/1/") for error in found.errors)


def test_check_plan_and_check_planned_article_14() -> None:
    found = Findings()
    rules.check_plan(found, filed=False, site_code="001", year=2026)
    rules.check_planned(found, LINE, {"900-052-31"}, receiver_uscc=HOLDER, year=2026)
    rules.check_planned(found, LINE, {"900-249-08"}, receiver_uscc=HOLDER, year=2026)
    assert [(error.pointer, error.code) for error in found.errors] == [
        ("/site_code", "plan_missing"),
        ("/lines/1/waste_code", "plan_line_missing"),
    ]
    assert {error.article for error in found.errors} == {"危险废物转移管理办法 第十四条"}
