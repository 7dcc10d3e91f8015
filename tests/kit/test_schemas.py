"""Wire types have one reading only: what is not written as it should be is refused, never guessed."""

from __future__ import annotations

import json
import re
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from services.kit.characters import UNSEEN
from services.kit.schemas import (
    Computed,
    Day,
    Exact,
    Flag,
    Id,
    LongText,
    Moment,
    Name,
    Schema,
    ShortText,
    Whole,
)

EXACT: TypeAdapter[Decimal] = TypeAdapter(Exact)
UUID_TEXT = "01a209e1-4b29-717c-bc89-12a2382a7a52"


class Sheet(Schema):
    amount: Exact | None = None
    multiple: Computed | None = None
    count: Whole | None = None
    done: Flag | None = None
    day: Day | None = None
    id: Id | None = None
    at: Moment | None = None
    name: ShortText | None = None
    called: Name | None = None
    story: LongText | None = None


def refused(**members: Any) -> str:
    """The code that the sheet is refused with."""
    with pytest.raises(ValidationError) as raised:
        Sheet.model_validate(members)
    (error,) = raised.value.errors()
    return str((error.get("ctx") or {}).get("code", error["type"]))


class TestExact:
    @pytest.mark.parametrize("text", ["0", "12.50", "-0.000000000001", "9" * 18 + "." + "9" * 12, " 1.5 "])
    def test_a_decimal_string_is_read_exactly(self, text: str) -> None:
        assert EXACT.validate_python(text) == Decimal(text.strip())

    @pytest.mark.parametrize(
        "given_value",
        [
            *(
                "",
                " ",
                "+1",
                "01",
                "1.",
                ".5",
                "1e3",
                "1E400",
                "NaN",
                "Infinity",
                "-",
                "--1",
                "1,5",
                "1 0",
                "1_0",
            ),
            *("１２", "1\u0662", "1.\u0665", "0x10", "1" * 19, "1." + "1" * 13, "12\n3"),
            *(1, 1.5, True, None, [], {}, ["1"]),
        ],
    )
    def test_everything_else_is_refused(self, given_value: object) -> None:
        with pytest.raises(ValidationError) as raised:
            EXACT.validate_python(given_value)
        assert raised.value.errors()[0]["ctx"]["code"] == "decimal_string_expected"

    @pytest.mark.parametrize("text", ["-0", "-0.00"])
    def test_minus_zero_is_zero(self, text: str) -> None:
        assert not EXACT.validate_python(text).is_signed()

    @given(
        st.decimals(allow_nan=False, allow_infinity=False, places=12, max_value=10**17, min_value=-(10**17))
    )
    def test_what_goes_out_comes_in_again_as_it_was(self, number: Decimal) -> None:
        text = json.loads(Sheet(amount=number).model_dump_json())["amount"]
        assert isinstance(text, str)
        assert EXACT.validate_python(text) == number

    @given(st.text())
    def test_the_pattern_of_the_document_says_the_same(self, text: str) -> None:
        pattern = TypeAdapter(Exact).json_schema()["pattern"]
        by_pattern = re.fullmatch(pattern.strip("^$"), text.strip(), re.ASCII) is not None
        try:
            EXACT.validate_python(text)
        except ValidationError:
            assert not by_pattern
        else:
            assert by_pattern


def test_a_computed_decimal_goes_out_without_an_exponent_however_large() -> None:
    sheet = Sheet(multiple=Decimal("1E+30"))
    assert json.loads(sheet.model_dump_json())["multiple"] == "1" + "0" * 30


@pytest.mark.parametrize("given_value", ["80", 80.0, True, "1e1", [80]])
def test_a_whole_number_is_no_text_no_float_and_no_truth_value(given_value: object) -> None:
    assert refused(count=given_value) == "int_type"


@pytest.mark.parametrize("given_value", ["true", "yes", 1, 0, 1.0])
def test_true_is_only_true(given_value: object) -> None:
    assert refused(done=given_value) == "bool_type"


class TestDay:
    @pytest.mark.parametrize(
        "given_value",
        [
            *(
                "2026-02-30",
                "2025-02-29",
                "0000-01-01",
                "10000-01-01",
                "2026-13-01",
                "2026-00-10",
                "2026-1-1",
            ),
            *(
                "2026-01-01T00:00:00",
                "2026-01-01T00:00:00Z",
                "20260101",
                "2026-W01-1",
                "1767225600",
                "+2026-01-01",
            ),
            *(
                "２０２６-01-01",
                "01/02/2026",
                "",
                0,
                1767225600,
                1767225600.0,
                True,
                [],
                datetime(2026, 1, 1, tzinfo=UTC),
            ),
        ],
    )
    def test_only_a_calendar_day_is_a_day(self, given_value: object) -> None:
        assert refused(day=given_value) == "date_expected"

    @given(st.dates())
    def test_every_day_is_read_as_it_is_written(self, day: date) -> None:
        assert Sheet.model_validate({"day": day.isoformat()}).day == day
        assert Sheet.model_validate({"day": day}).day == day


class TestMoment:
    @pytest.mark.parametrize("given_value", [0, 1795806000, 1795806000.5, "1795806000", "-1", "", True, []])
    def test_a_number_of_seconds_is_no_moment(self, given_value: object) -> None:
        assert refused(at=given_value) == "datetime_type"

    @pytest.mark.parametrize(
        "text",
        ["9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"],
    )
    def test_what_leaves_the_calendar_in_utc_or_city_time_is_refused(self, text: str) -> None:
        assert refused(at=text) == "moment_out_of_calendar"

    @pytest.mark.parametrize("text", ["2026-11-28", "2026-11-28T08:00:00"])
    def test_the_offset_is_needed(self, text: str) -> None:
        assert refused(at=text) == "timezone_aware"

    @given(st.floats(min_value=-62135500000, max_value=253402100000))
    def test_every_other_moment_is_read_as_it_is_written(self, seconds: float) -> None:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
        assert Sheet.model_validate({"at": moment.isoformat()}).at == moment
        assert Sheet.model_validate({"at": moment}).at == moment


class TestId:
    @pytest.mark.parametrize(
        "given_value",
        [
            *(f"{{{UUID_TEXT}}}", f"urn:uuid:{UUID_TEXT}", UUID_TEXT.replace("-", ""), UUID_TEXT[:-1]),
            *(UUID_TEXT + "0", "g" + UUID_TEXT[1:], UUID_TEXT.replace("0", "０"), "", 0, [], b"x" * 16),
        ],
    )
    def test_only_the_one_form_of_rfc_9562_is_an_id(self, given_value: object) -> None:
        assert refused(id=given_value) == "uuid_expected"

    def test_capitals_are_the_same_id(self) -> None:
        assert Sheet.model_validate({"id": UUID_TEXT.upper()}).id == uuid.UUID(UUID_TEXT)


class TestName:
    @pytest.mark.parametrize(
        "text", ["a\nb", "a\tb", "\x1b[31ma", "a\u2028b", "\u202eexe.gpj", "a\u2066b", "a\x85b"]
    )
    def test_what_breaks_or_turns_the_line_is_refused(self, text: str) -> None:
        assert refused(called=text) == "unseen_character"

    @pytest.mark.parametrize("text", ["\u200b", "\ufeff \u200d", "\u3164", "\u2800\u00ad"])
    def test_a_name_shows_something(self, text: str) -> None:
        assert refused(called=text) == "blank_name"

    @pytest.mark.parametrize("text", ["", "   "])
    def test_an_empty_name_is_none(self, text: str) -> None:
        assert refused(called=text) == "string_too_short"

    @pytest.mark.parametrize("text", ["二连浩特市热力公司", "ᠡᠷᠢᠶᠡᠨ᠎ᠡ", "O’Neill & Söhne", "👩\u200d🔧"])
    def test_other_names_stay_as_they_are(self, text: str) -> None:
        assert Sheet.model_validate({"called": f" {text} "}).called == text


HIDING = [
    "\u202eexe.gpj",
    "a\u2066b",
    "\x1b[31ma",
    "a\x85b",
    "a\x00b",
    "张\u200b三",
    "a\u200fb",
    "a\ufeffb",
    "a\u00adb",
]
HIDING += ["a\u2060b", "a\u061cb", "a\U000e0041b", "a\ufff9b"]


class TestTexts:
    @pytest.mark.parametrize("text", [*HIDING, "a\nb", "a\tb", "a\u2028b"])
    @pytest.mark.parametrize("member", ["name", "called"])
    def test_one_line_reads_as_it_is_written(self, member: str, text: str) -> None:
        assert refused(**{member: text}) == "unseen_character"

    @pytest.mark.parametrize("text", HIDING)
    def test_nor_does_a_long_text_hide_or_turn_anything(self, text: str) -> None:
        assert refused(story=text) == "unseen_character"

    @pytest.mark.parametrize("text", ["\u200b", "\u3164", "\u2800\u00ad"])
    def test_every_text_shows_something(self, text: str) -> None:
        assert refused(name=text) == "blank_name"
        assert refused(story=text) == "blank_text"

    @pytest.mark.parametrize("text", ["第一行\n第二行\r\n\t第三行", "ᠡᠷᠢᠶᠡᠨ᠎ᠡ", "👩\u200d🔧", "a\u3000b"])
    def test_lines_and_the_signs_of_scripts_stay(self, text: str) -> None:
        assert Sheet.model_validate({"story": f" {text} "}).story == text

    @given(st.text(max_size=40))
    def test_both_engines_see_the_same(self, text: str) -> None:
        """The pattern is applied by pydantic's engine and, to names of files, by Python's."""
        kept = "a" + text.strip() + "a"
        seen = re.search(f"[{UNSEEN}]", kept) is None
        try:
            Sheet.model_validate({"name": kept})
        except ValidationError:
            assert not seen
        else:
            assert seen

    def test_the_contract_says_lengths_and_no_pattern(self) -> None:
        for mode in ("validation", "serialization"):
            said = TypeAdapter(ShortText).json_schema(mode=mode)
            assert said == {"type": "string", "minLength": 1, "maxLength": 200}


def test_unknown_members_are_refused_and_texts_are_stripped() -> None:
    assert refused(nme="x") == "extra_forbidden"
    assert Sheet.model_validate({"name": "  x "}).name == "x"
    assert refused(name="   ") == "string_too_short"
