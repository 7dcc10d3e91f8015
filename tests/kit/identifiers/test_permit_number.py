"""HJ 608-2017: the permit number, its older forms, and the codes of outlets and facilities."""

from __future__ import annotations

import pytest

from services.kit.identifiers import check
from services.kit.identifiers.make import make_uscc
from services.kit.identifiers.organisation_code import organisation_check_character


@pytest.mark.parametrize("number", ["91130200699229617X001P", "91130200699229617X002P"])
def test_both_sites_of_the_annexs_example_are_well_formed(number: str) -> None:
    verdict = check("permit_number", number)
    assert verdict.ok
    assert verdict.warnings == ()


@pytest.mark.parametrize("mark", list("PVUQRSWXYZ"))
def test_the_special_mark_is_never_computed(mark: str) -> None:
    verdict = check("permit_number", f"{make_uscc(region='152501', serial=3)}001{mark}")
    assert verdict.ok
    assert verdict.warnings == ()


@pytest.mark.parametrize("mark", ["A", "I", "7"])
def test_an_unusual_special_mark_is_remarked_on_but_accepted(mark: str) -> None:
    verdict = check("permit_number", f"91130200699229617X001{mark}")
    assert verdict.ok
    assert mark in verdict.warnings[0].zh


def test_a_serial_of_zero_is_remarked_on() -> None:
    assert "001" in check("permit_number", "91130200699229617X000P").warnings[0].en


def test_the_credit_code_inside_is_checked_and_its_repair_carried_over() -> None:
    verdict = check("permit_number", "9113O200699229617X001P")
    assert (verdict.code, verdict.position) == ("permit_number_uscc", 5)
    assert verdict.suggestion == "91130200699229617X001P"
    assert not check("permit_number", "91130200699229618X001P").ok


def test_a_letter_in_the_serial_is_repaired() -> None:
    verdict = check("permit_number", "91130200699229617XOO1P")
    assert (verdict.code, verdict.position) == ("permit_number_site", 19)
    assert verdict.suggestion == "91130200699229617X001P"


def test_a_mark_that_is_neither_letter_nor_digit_is_refused() -> None:
    verdict = check("permit_number", "91130200699229617X001?")
    assert (verdict.code, verdict.position) == ("permit_number_mark", 22)


def test_a_bare_credit_code_is_recognised_as_such() -> None:
    reason = check("permit_number", "91130200699229617X").reason
    assert reason is not None
    assert "unified social credit code" in reason.en


@pytest.mark.parametrize("written", ["H9152501000000012a001P", "h9152501000000012A001p"])
def test_a_unit_without_credit_code_keeps_the_lower_case_letter_of_its_serial(written: str) -> None:
    verdict = check("permit_number", written)
    assert verdict.ok
    assert verdict.value == "H9152501000000012a001P"


@pytest.mark.parametrize("letter", ["i", "o", "1"])
def test_the_letter_after_a_serial_is_never_i_or_o(letter: str) -> None:
    verdict = check("permit_number", f"H9152501000000012{letter}001P")
    assert (verdict.code, verdict.position) == ("permit_number_holder_letter", 18)


def test_the_form_with_an_organisation_code_checks_it() -> None:
    right = organisation_check_character("XY000001")
    assert check("permit_number", f"H9152501XY000001{right}a001P").ok
    wrong = "X" if right != "X" else "0"
    verdict = check("permit_number", f"H9152501XY000001{wrong}a001P")
    assert (verdict.code, verdict.position) == ("permit_number_organisation_code", 17)


def test_a_letter_in_the_region_of_an_old_form_is_refused() -> None:
    assert check("permit_number", "H915250A000000012a001P").position == 8


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("outlet_code", "DA001"),
        ("outlet_code", "dw012"),
        ("treatment_facility_code", "TA001"),
        ("treatment_facility_code", "TW001"),
        ("treatment_facility_code", "TN001"),
        ("treatment_facility_code", "TS001"),
        ("production_facility_code", "MF0001"),
    ],
)
def test_a_code_inside_the_permit_is_well_formed(kind: str, code: str) -> None:
    verdict = check(kind, code)
    assert verdict.ok
    assert verdict.value == code.upper()
    assert verdict.warnings == ()


def test_a_rain_outlet_is_accepted_with_a_remark() -> None:
    verdict = check("outlet_code", "YS001")
    assert verdict.ok
    assert len(verdict.warnings) == 1


@pytest.mark.parametrize(
    ("kind", "text", "position", "suggestion"),
    [
        ("outlet_code", "DAO01", 3, "DA001"),
        ("outlet_code", "DA1", None, "DA001"),
        ("outlet_code", "DW-02", 3, "DW002"),
        ("outlet_code", "DX001", 2, None),
        ("outlet_code", "TA001", 1, None),
        ("outlet_code", "DA0011", None, None),
        ("outlet_code", "", None, None),
        ("treatment_facility_code", "TX001", 2, None),
        ("production_facility_code", "MF1", None, "MF0001"),
    ],
)
def test_a_malformed_code_names_the_position_and_the_repair(
    kind: str, text: str, position: int | None, suggestion: str | None
) -> None:
    verdict = check(kind, text)
    assert not verdict.ok
    assert (verdict.position, verdict.suggestion) == (position, suggestion)
