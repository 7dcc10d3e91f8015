"""Divisions, industries, waste, plates, identity cards, phones, organisation codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.identifiers import check
from services.kit.identifiers.divisions import NAMES, division_name
from services.kit.identifiers.id_card import mask_id_card
from services.kit.identifiers.organisation_code import BODY_ALPHABET, organisation_check_character
from services.kit.identifiers.plates import check_plate
from services.kit.identifiers.waste_code import waste_category


class TestRegionCodes:
    @pytest.mark.parametrize("code", sorted(NAMES))
    def test_a_code_of_the_table_has_no_remark(self, code: str) -> None:
        assert check("region_code", code).ok
        assert check("region_code", code).warnings == ()

    def test_the_city_has_its_name(self) -> None:
        assert division_name("152501") == "二连浩特市"
        assert division_name("152600") == "乌兰察布盟"
        assert division_name("150291") is None

    @pytest.mark.parametrize("code", ["150291", "150693", "110000"])
    def test_a_code_beyond_the_table_is_accepted_in_silence(self, code: str) -> None:
        assert check("region_code", code).ok
        assert check("region_code", code).warnings == ()

    @pytest.mark.parametrize("code", ["152599", "159900", "990000", "152601"])
    def test_an_unknown_or_abolished_code_is_remarked_on_but_accepted(self, code: str) -> None:
        assert check("region_code", code).ok
        assert len(check("region_code", code).warnings) == 1

    def test_a_letter_is_refused_and_repaired(self) -> None:
        verdict = check("region_code", "1525O1")
        assert (verdict.position, verdict.suggestion) == (5, "152501")


class TestIndustryCodes:
    @pytest.mark.parametrize("code", ["4430", "C3011", "301", "30", "d4430"])
    def test_a_division_group_or_class_is_accepted(self, code: str) -> None:
        assert check("industry_code", code).value == code.upper()
        assert check("industry_code", code).ok

    @pytest.mark.parametrize(
        ("code", "position", "suggestion"),
        [("44300", None, None), ("U4430", 1, None), ("443O", 4, "4430"), ("4", None, None), ("", None, None)],
    )
    def test_another_shape_is_refused(self, code: str, position: int | None, suggestion: str | None) -> None:
        verdict = check("industry_code", code)
        assert not verdict.ok
        assert (verdict.position, verdict.suggestion) == (position, suggestion)


class TestWasteCodes:
    @pytest.mark.parametrize(
        "written", ["900-249-08", "90024908", "HW08 900-249-08", "900—249—08", "hw0890024908"]
    )
    def test_a_code_is_written_with_its_hyphens(self, written: str) -> None:
        verdict = check("waste_code", written)
        assert verdict.ok
        assert verdict.value == "900-249-08"

    @pytest.mark.parametrize("written", ["", "900-249", "900-249-081", "9-00-249-08", "HW8 900-249-08"])
    def test_another_shape_is_refused(self, written: str) -> None:
        assert check("waste_code", written).code == "waste_code_shape"

    def test_the_last_two_digits_are_the_category(self) -> None:
        assert waste_category("900-249-08") == "HW08"

    def test_a_category_that_differs_from_the_code_is_refused(self) -> None:
        assert check("waste_code", "HW09 900-249-08").code == "waste_code_category_mismatch"

    @pytest.mark.parametrize("code", ["900-249-00", "900-249-51"])
    def test_a_category_outside_the_catalogue_is_refused(self, code: str) -> None:
        assert check("waste_code", code).code == "waste_code_category"

    def test_a_misread_digit_is_repaired(self) -> None:
        assert check("waste_code", "9OO-249-O8").suggestion == "900-249-08"


class TestWasteLicences:
    @pytest.mark.parametrize("number", ["1525010001", "G1501000001"])
    def test_the_usual_forms_have_no_remark(self, number: str) -> None:
        assert check("waste_licence", number).warnings == ()

    def test_another_form_is_accepted_with_a_remark(self) -> None:
        verdict = check("waste_licence", "蒙危废证〔2026〕第12号")
        assert verdict.ok
        assert len(verdict.warnings) == 1

    @pytest.mark.parametrize("number", ["", "1" * 31, "15250\x00001", "a;b"])
    def test_an_empty_overlong_or_unprintable_one_is_refused(self, number: str) -> None:
        assert not check("waste_licence", number).ok


class TestManifestNumbers:
    def test_a_number_of_this_city_is_accepted(self) -> None:
        assert check("manifest_number", "20261525000001").warnings == ()

    def test_a_number_of_before_the_order_is_remarked_on(self) -> None:
        assert len(check("manifest_number", "20211525000001").warnings) == 1

    @pytest.mark.parametrize("number", ["2026152500001", "19991525000001", "2026152500000A"])
    def test_another_shape_is_refused(self, number: str) -> None:
        assert not check("manifest_number", number).ok

    def test_a_misread_digit_is_repaired(self) -> None:
        assert check("manifest_number", "2O26152500000I").suggestion == "20261525000001"


class TestPlates:
    @pytest.mark.parametrize(
        "plate",
        [
            "蒙H12345",
            "蒙H1234挂",
            "京A12345",
            "粤Z1234港",
            "蒙HD12345",
            "蒙HFA2345",
            "蒙H12345D",
            "蒙HA12345",
        ],
    )
    def test_a_chinese_plate_is_accepted(self, plate: str) -> None:
        assert check("plate", plate).ok

    def test_the_separator_and_lower_case_are_folded(self) -> None:
        assert check("plate", "蒙h·12345").value == "蒙H12345"

    def test_the_letters_o_and_i_are_read_as_digits(self) -> None:
        assert check("plate", "蒙HO23I1").suggestion == "蒙H02311"

    @pytest.mark.parametrize("plate", ["H12345", "蒙I12345", "蒙H123", "蒙H123456789", "1234УНА"])
    def test_what_is_no_chinese_plate_is_refused_with_a_word_on_foreign_ones(self, plate: str) -> None:
        verdict = check("plate", plate)
        assert not verdict.ok
        assert verdict.reason is not None
        assert "MN:" in verdict.reason.zh

    def test_a_mongolian_plate_is_accepted_with_its_country(self) -> None:
        assert check("plate", "MN:1234 УНА").value == "MN:1234УНА"
        assert check_plate("1234 УНА", country="MN").value == "1234УНА"

    @pytest.mark.parametrize("plate", ["MN:1", "MN:" + "1" * 16, "MNG:1234УНА", ":蒙H12345", "MN:12'34"])
    def test_a_foreign_plate_still_has_bounds(self, plate: str) -> None:
        assert not check("plate", plate).ok


class TestIdCards:
    @pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
    def test_the_standards_examples_have_the_right_check_character(self, number: str) -> None:
        verdict = check("id_card", number)
        assert verdict.ok

    def test_lower_case_x_is_folded(self) -> None:
        assert check("id_card", "11010519491231002x").value == "11010519491231002X"

    @given(st.integers(0, 17), st.sampled_from("0123456789X"))
    def test_every_single_wrong_character_is_caught(self, place: int, wrong: str) -> None:
        right = "11010519491231002X"
        changed = right[:place] + wrong + right[place + 1 :]
        assert check("id_card", changed).ok is (changed == right)

    def test_a_day_that_does_not_exist_is_refused(self) -> None:
        assert check("id_card", "110105194902300020").code == "id_card_birth_date"

    def test_no_number_is_suggested_for_a_wrong_check_character(self) -> None:
        verdict = check("id_card", "110105194912310021")
        assert verdict.code == "id_card_check_character"
        assert verdict.suggestion is None

    def test_a_mask_hides_birth_date_and_serial(self) -> None:
        assert mask_id_card("11010519491231002X") == "110105***********X"
        assert mask_id_card("1101") == "****"


class TestPhones:
    @pytest.mark.parametrize(
        ("written", "value"),
        [
            ("138 0013 8000", "13800138000"),
            ("+86 138-0013-8000", "13800138000"),
            ("0479-7521234", "0479-7521234"),
            ("+86 479 7521234", "0479-7521234"),
            ("(010) 65512345", "010-65512345"),
            ("400-800-1234", "4008001234"),
            ("12369", "12369"),
            ("12345", "12345"),
            ("+976 9911 2233", "+97699112233"),
            ("+7 495 1234567", "+74951234567"),
        ],
    )
    def test_a_number_has_one_written_form(self, written: str, value: str) -> None:
        assert check("phone", written).value == value
        assert check("phone", written).ok

    @pytest.mark.parametrize(
        "written", ["", "12800138000", "+8612800138000", "1380013800", "+86", "+", "12346"]
    )
    def test_what_is_no_number_is_refused(self, written: str) -> None:
        assert not check("phone", written).ok

    def test_eight_bare_digits_are_ambiguous_in_a_border_city(self) -> None:
        reason = check("phone", "99112233").reason
        assert reason is not None
        assert "+976" in reason.en

    def test_a_misread_digit_is_repaired(self) -> None:
        assert check("phone", "138OO138OOO").suggestion == "13800138000"


class TestOrganisationCodes:
    @given(st.text(alphabet=BODY_ALPHABET, min_size=8, max_size=8))
    def test_a_computed_check_character_passes_with_and_without_hyphen(self, body: str) -> None:
        end = organisation_check_character(body)
        assert check("organisation_code", body + end).value == f"{body}-{end}"
        assert check("organisation_code", f"{body}-{end}").ok

    def test_the_part_of_a_published_credit_code_passes(self) -> None:
        assert check("organisation_code", "73328258-6").ok
        assert check("organisation_code", "73328258-7").code == "organisation_code_check_character"

    def test_the_letter_o_as_check_character_is_repaired(self) -> None:
        body = next(f"{n:08d}" for n in range(100) if organisation_check_character(f"{n:08d}") == "0")
        verdict = check("organisation_code", body + "O")
        assert (verdict.position, verdict.suggestion) == (9, f"{body}-0")
