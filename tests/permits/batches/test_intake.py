"""Rows are read as strictly as a JSON body is, and what is wrong with one is said as a whole."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.ids import new_id_text
from services.kit.uploads import CSV, NDJSON, Upload
from services.permits.batches.intake import Intake, opened
from services.permits.batches.site import Site, VersionFacts
from services.permits.ledger.desk import LedgerDesk

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SITE = Site(
    "91152501700700017X001P",
    [VersionFacts(1, date(2025, 1, 1), date(2029, 12, 31), {"DA001": frozenset({"a21026"})})],
)
ENTRY = {
    "kind": "production",
    "facility_code": "MF0001",
    "happened_at": "2026-05-01T08:00:00+08:00",
    "name": "热水",
    "quantity": "1234.50",
    "unit": "GJ",
}


def taken(*rows: Any, media_type: str = NDJSON) -> Intake:
    """The intake of a file after all of it was read."""
    content = b"\n".join(row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows)
    intake = opened(
        Upload(media_type, content), LedgerDesk(SITE, batch_id=None, now=NOW, recorded_by="tester")
    )
    for piece in intake.pieces():
        intake.take(piece)
    return intake


def codes(intake: Intake, place: int = 0) -> set[tuple[str, str]]:
    return {(each.pointer, each.code) for each in intake.errors.get(place, [])}


class TestStrictness:
    @pytest.mark.parametrize(
        ("line", "code"),
        [
            (b"{", "invalid_json"),
            (b"[]", "model_attributes_type"),
            (b"null", "model_attributes_type"),
            (b"\xff{}", "invalid_json"),
            (json.dumps(ENTRY).encode()[:-1] + b',"name":"b"}', "invalid_json"),
            (json.dumps(ENTRY).encode()[:-1] + b',"name" : "b"}', "invalid_json"),
            (json.dumps({**ENTRY, "note": "a\x00b"}).encode(), "unstorable_character"),
            (json.dumps({**ENTRY, "note": "\ud800"}).encode(), "unstorable_character"),
            (b"[" * 5000, "invalid_json"),
        ],
    )
    def test_a_line_is_refused_for_what_a_body_is_refused_for(self, line: bytes, code: str) -> None:
        assert code in {found for _, found in codes(taken(line))}

    def test_a_member_named_twice_is_seen_beside_a_text_that_looks_like_one(self) -> None:
        fine = {**ENTRY, "note": 'a":1'}
        assert codes(taken(fine)) == set()
        twice = json.dumps(fine).encode()[:-1] + b',"unit":"t"}'
        assert codes(taken(twice)) == {("", "invalid_json")}

    def test_a_zero_byte_in_a_sheet_is_refused(self) -> None:
        header = b"kind,happened_at,note\n"
        assert codes(taken(header + b"other,2026-05-01 08:00,a\x00b\n", media_type=CSV)) == {
            ("", "unstorable_character")
        }

    @pytest.mark.parametrize(
        ("name", "value", "code"),
        [
            ("happened_at", 1777593600, "moment_expected"),
            ("happened_at", "20260501", "moment_expected"),
            ("happened_at", "2026-05-01T08:00:00", "moment_expected"),
            ("happened_at", "2026-02-30T08:00:00Z", "moment_expected"),
            ("quantity", 12.5, "decimal_string_expected"),
            ("quantity", "-1", "decimal_string_expected"),
            ("quantity", "1e3", "decimal_string_expected"),
            ("id", "01976b7c-3f00-4000-8000-000000000001", "uuid7_expected"),
            ("facility_code", "MF1", "facility_code_shape"),
            ("made_offline", "true", "bool_type"),
            ("colour", "red", "extra_forbidden"),
        ],
    )
    def test_a_value_has_one_reading(self, name: str, value: object, code: str) -> None:
        assert (f"/{name}", code) in codes(taken({**ENTRY, name: value}))


class TestFindings:
    def test_shape_and_rules_are_said_at_once_and_nothing_that_rests_on_what_cannot_be_read(self) -> None:
        wrong = {**ENTRY, "quantity": "viel", "happened_at": "2027-01-01T00:00:00Z", "reason": "抄错"}
        assert codes(taken(wrong)) == {
            ("/quantity", "decimal_string_expected"),
            ("/happened_at", "in_the_future"),
            ("/reason", "nothing_corrected"),
        }

    def test_good_rows_stand_beside_bad_ones_with_the_numbers_of_their_lines(self) -> None:
        intake = taken(ENTRY, b"", {**ENTRY, "unit": ""}, ENTRY)
        assert (intake.lines, list(intake.errors)) == ([1, 3, 4], [1])
        assert len(intake.texts) == 2

    def test_a_row_sent_twice_in_one_file_is_one_and_another_of_its_name_is_refused(self) -> None:
        named = {**ENTRY, "id": new_id_text()}
        intake = taken(named, named, {**named, "quantity": "1"})
        assert (intake.repeated, codes(intake, 2)) == ({1}, {("/id", "id_taken")})

    def test_a_refused_row_says_what_it_called_itself(self) -> None:
        named = new_id_text()
        assert taken({**ENTRY, "id": named, "unit": ""}).ids == [named]
        assert taken({**ENTRY, "id": ["x"]}).ids == [None]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(LedgerDesk.cells.headers)), JSON, max_size=8))
def test_whatever_a_row_says_it_is_kept_or_refused(changes: dict[str, Any]) -> None:
    intake = taken({**ENTRY, **changes})
    assert bool(intake.texts) != bool(intake.errors)


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=5))
def test_whatever_bytes_a_line_holds_it_has_a_result(lines: list[bytes]) -> None:
    intake = taken(json.dumps(ENTRY).encode(), *lines)
    assert len(intake.lines) == len(intake.ids) >= 1
    assert 0 not in intake.errors


@given(st.text(alphabet="\\\t\n\r/\"'aä草{}\u2028", min_size=1, max_size=30), st.booleans())
def test_a_written_line_has_as_many_columns_as_the_table_whatever_its_texts_hold(
    text: str, corrects: bool
) -> None:
    correction = {"supersedes": new_id_text(), "reason": text} if corrects and text.strip() else {}
    entry = {**ENTRY, "id": new_id_text(), "note": f"x{text}", **correction}
    (line,) = taken(entry).texts.values()
    assert line.count(b"\t") == len(LedgerDesk.columns) - 1
    assert line.count(b"\n") == 1
    assert b"\r" not in line
