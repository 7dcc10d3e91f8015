"""GB 32100-2015: both check characters, what they catch, and the repair hints."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from stdnum.cn import uscc as stdnum_uscc

from services.kit.identifiers import check
from services.kit.identifiers.make import make_uscc
from services.kit.identifiers.organisation_code import BODY_ALPHABET, organisation_check_character
from services.kit.identifiers.uscc import ALPHABET, organisation_part_holds, uscc_check_character

PUBLISHED = ("911525017332825861", "91130200699229617X", "91110000600037341L")

made = st.builds(
    make_uscc,
    department=st.sampled_from(ALPHABET),
    kind=st.sampled_from(ALPHABET),
    region=st.from_regex(r"[0-9]{6}", fullmatch=True),
    serial=st.integers(0, 999_999),
)


@pytest.mark.parametrize("code", PUBLISHED)
def test_a_published_code_is_well_formed(code: str) -> None:
    verdict = check("uscc", code)
    assert verdict.ok
    assert verdict.value == code
    assert verdict.source == "GB 32100-2015"


@pytest.mark.parametrize(
    "written",
    [
        "91 1525 0173 3282 5861",
        " 911525017332825861\n",
        "９１１５２５０１７３３２８２５８６１",
        "\u200b911525017332825861",
    ],
)
def test_spaces_and_full_width_characters_are_folded(written: str) -> None:
    assert check("uscc", written).value == "911525017332825861"
    assert check("uscc", written).ok


def test_lower_case_is_folded() -> None:
    assert check("uscc", "91130200699229617x").value == "91130200699229617X"


@given(made)
def test_every_made_code_passes(code: str) -> None:
    assert check("uscc", code).ok


@given(made)
def test_the_standard_library_of_numbers_agrees_where_the_first_two_characters_are_digits(code: str) -> None:
    # python-stdnum 2.2 refuses letters in the first two characters, which GB 32100 allows: no oracle there.
    assert stdnum_uscc.is_valid(code) is code[:2].isdigit()


@given(st.from_regex(r"[0-9]{6}", fullmatch=True), st.text(alphabet=ALPHABET, min_size=8, max_size=8))
def test_any_organisation_code_may_stand_inside(region: str, organisation: str) -> None:
    body = f"91{region}{organisation}{organisation_check_character(organisation)}"
    code = body + uscc_check_character(body)
    assert check("uscc", code).ok
    assert stdnum_uscc.is_valid(code)


@given(made)
@settings(max_examples=20)
def test_every_single_wrong_character_is_caught_by_the_own_check_alone(code: str) -> None:
    for place, right in enumerate(code):
        for wrong in ALPHABET:
            if wrong != right:
                changed = code[:place] + wrong + code[place + 1 :]
                assert uscc_check_character(changed) != changed[17]
                assert not check("uscc", changed).ok


@given(made)
def test_every_swap_of_two_different_neighbours_is_caught_by_the_own_check_alone(code: str) -> None:
    for at in range(17):
        if code[at] != code[at + 1]:
            changed = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
            assert uscc_check_character(changed) != changed[17]


@given(made)
@settings(max_examples=20)
def test_the_organisation_check_misses_only_characters_eleven_apart(code: str) -> None:
    """GB 11714 counts modulo 11 with values up to 35: that is why it does not replace the own check."""
    missed = set()
    for place in range(8, 16):
        for wrong in ALPHABET:
            changed = code[:place] + wrong + code[place + 1 :]
            if wrong != code[place] and organisation_part_holds(changed):
                missed.add((BODY_ALPHABET.index(wrong) - BODY_ALPHABET.index(code[place])) % 11)
    assert missed == {0}


@given(made, st.data())
def test_the_letter_o_for_a_zero_and_i_for_a_one_are_repaired(code: str, data: st.DataObject) -> None:
    places = [place for place, char in enumerate(code) if char in "01"]
    assume(places)
    chosen = data.draw(st.sets(st.sampled_from(places), min_size=1))
    misread = "".join(
        {"0": "O", "1": "I"}[char] if place in chosen else char for place, char in enumerate(code)
    )
    verdict = check("uscc", misread)
    assert not verdict.ok
    assert verdict.code == "uscc_character"
    assert verdict.position == min(chosen) + 1
    assert verdict.suggestion == code


def test_the_reason_names_the_position_in_both_languages() -> None:
    verdict = check("uscc", "91152501733282586O")
    assert verdict.position == 18
    assert verdict.reason is not None
    assert "第18位" in verdict.reason.zh
    assert "character 18" in verdict.reason.en


def test_a_letter_in_the_region_is_refused_and_read_as_the_digit_it_looks_like() -> None:
    verdict = check("uscc", "91L525017332825861")
    assert (verdict.code, verdict.position) == ("uscc_region_digit", 3)
    assert verdict.suggestion == "911525017332825861"


def test_a_wrong_organisation_part_is_told_from_a_wrong_check_character() -> None:
    assert check("uscc", "911525017332825871").code == "uscc_organisation_check"
    assert check("uscc", "911525017332825862").code == "uscc_check_character"
    reason = check("uscc", "911525017332825862").reason
    assert reason is not None
    assert "1" in reason.en.split("should be ")[1].split(",")[0]


def test_valid_own_check_with_invalid_organisation_check_is_refused() -> None:
    body = "91152501733282587"  # the organisation check character would be 6
    verdict = check("uscc", body + uscc_check_character(body))
    assert verdict.code == "uscc_organisation_check"
    assert verdict.position == 17


def _all_neighbours(code: str) -> set[str]:
    substitutions = {
        code[:place] + char + code[place + 1 :]
        for place in range(18)
        for char in ALPHABET
        if char != code[place]
    }
    swaps = {code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(17)} - {code}
    return substitutions | swaps


@given(made, st.integers(0, 17), st.sampled_from(ALPHABET))
@settings(max_examples=30)
def test_a_suggestion_is_the_only_valid_code_one_slip_away(code: str, place: int, wrong: str) -> None:
    misread = code[:place] + wrong + code[place + 1 :]
    verdict = check("uscc", misread)
    assume(misread != code and verdict.code != "uscc_region_digit")
    valid = {candidate for candidate in _all_neighbours(misread) if check("uscc", candidate).ok}
    assert code in valid
    assert verdict.suggestion == (code if len(valid) == 1 else None)


@given(made, st.integers(0, 16))
@settings(max_examples=30)
def test_a_swap_is_repaired_where_nothing_else_could_have_been_meant(code: str, at: int) -> None:
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    assume(swapped != code)
    valid = {candidate for candidate in _all_neighbours(swapped) if check("uscc", candidate).ok}
    assert code in valid
    assert check("uscc", swapped).suggestion == (code if len(valid) == 1 else None)


def test_an_unambiguous_slip_inside_the_organisation_code_is_repaired() -> None:
    codes = [make_uscc(region="152501", serial=serial) for serial in range(200)]
    slips = [code[:12] + ("1" if code[12] != "1" else "2") + code[13:] for code in codes]
    repaired = [check("uscc", slip).suggestion for slip in slips]
    assert any(suggestion is not None for suggestion in repaired)
    assert all(suggestion in (None, code) for suggestion, code in zip(repaired, codes, strict=True))


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "is 0"), ("91152501733282586", "is 17"), ("150000000000001", "old registration number")],
)
def test_a_wrong_length_says_what_it_found(text: str, says: str) -> None:
    verdict = check("uscc", text)
    assert verdict.code == "uscc_length"
    assert verdict.reason is not None
    assert says in verdict.reason.en


def test_a_code_written_with_hyphens_is_offered_without() -> None:
    assert check("uscc", "91-152501-73328258-6-1").suggestion == "911525017332825861"


@pytest.mark.parametrize(
    "arguments",
    [
        {"region": "15250", "serial": 1},
        {"region": "152501", "serial": 1_000_000},
        {"region": "152501", "serial": 1, "department": "O"},
        {"region": "152501", "serial": 1, "kind": "11"},
    ],
)
def test_making_refuses_what_no_code_can_hold(arguments: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"of the|is six|is 0"):
        make_uscc(**arguments)  # type: ignore[arg-type]


def test_making_is_deterministic_and_gives_different_codes() -> None:
    codes = {make_uscc(region="152501", serial=serial) for serial in range(500)}
    assert len(codes) == 500
    assert make_uscc(region="152501", serial=7) == make_uscc(region="152501", serial=7)
