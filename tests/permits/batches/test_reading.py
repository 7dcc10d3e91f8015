"""Files of many rows are taken apart, or refused with a reason; bytes of any sort end in one of the two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.problems import Problem
from services.permits.batches.errors import FileUnreadable, HeaderUnknown, TooManyRows
from services.permits.batches.reading import MAX_ROWS, Columns, decoded, lines_of, rows_of

COLUMNS = Columns(
    {"name": "名称", "happened_at": "发生时间", "made_offline": "离线记录"},
    flags=frozenset({"made_offline"}),
    moments=frozenset({"happened_at"}),
)
CSV = "名称,发生时间,离线记录\n热水,2026/5/1 8:05,是\n\n蒸汽,2026-05-01T09:00:00Z,\n"


class TestText:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
    def test_utf_8_with_and_without_its_mark_and_gb_18030(self, encoding: str) -> None:
        assert decoded("热水,蒸汽".encode(encoding)) == "热水,蒸汽"

    def test_what_is_neither_is_said_to_be_neither(self) -> None:
        with pytest.raises(FileUnreadable) as refused:
            decoded(b"\xff\xff\xff")
        assert "GB 18030" in refused.value.detail.en


class TestLines:
    def test_empty_lines_count_but_are_no_rows(self) -> None:
        assert lines_of(b'\xef\xbb\xbf{"a":1}\r\n\n  \n{"a":2}') == [(1, b'{"a":1}\r'), (4, b'{"a":2}')]

    def test_a_file_of_nothing_is_refused(self) -> None:
        with pytest.raises(FileUnreadable):
            lines_of(b"\n\n")

    def test_a_file_has_a_largest_number_of_rows(self) -> None:
        with pytest.raises(TooManyRows):
            lines_of(b"{}\n" * (MAX_ROWS + 1))


class TestRows:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    def test_chinese_headers_local_times_and_yes_and_no(self, encoding: str) -> None:
        assert rows_of(CSV.encode(encoding), COLUMNS) == [
            (2, {"name": "热水", "happened_at": "2026-05-01T08:05:00+08:00", "made_offline": True}),
            (4, {"name": "蒸汽", "happened_at": "2026-05-01T09:00:00Z"}),
        ]

    def test_a_row_is_where_it_begins_whatever_line_ends_its_cells_hold(self) -> None:
        found = rows_of('name\n"两\n行"\n一行\n'.encode(), COLUMNS)
        assert found == [(2, {"name": "两\n行"}), (4, {"name": "一行"})]

    def test_every_unknown_or_repeated_column_is_named(self) -> None:
        with pytest.raises(HeaderUnknown) as refused:
            rows_of("name,名称,颜色,\n".encode() + b"a,b,c\n", COLUMNS)
        assert [(each.pointer, each.code) for each in refused.value.errors] == [
            ("/1", "column_repeated"),
            ("/2", "column_unknown"),
        ]

    def test_cells_beyond_the_header_are_kept_to_be_refused_with_their_row(self) -> None:
        assert rows_of(b"name\na,b\n", COLUMNS) == [(2, {"name": "a", "column_2": "b"})]

    def test_the_mark_that_an_export_puts_before_a_formula_is_taken_off(self) -> None:
        assert rows_of(b"name\n'=1+1\n'a\n", COLUMNS) == [(2, {"name": "=1+1"}), (3, {"name": "'a"})]

    @pytest.mark.parametrize("content", [b"", b"name\n", b'name\n"a', b'name\n"a"b\n'])
    def test_what_is_no_csv_or_has_no_rows_is_refused(self, content: bytes) -> None:
        with pytest.raises(FileUnreadable):
            rows_of(content, COLUMNS)


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_a_problem(content: bytes) -> None:
    for taken_apart in (
        lines_of,
        lambda each: rows_of(each, COLUMNS),
        lambda each: rows_of(b"name\n" + each, COLUMNS),
    ):
        try:
            rows = taken_apart(content)
        except Problem:
            continue
        assert rows
        numbers = [line for line, _ in rows]
        assert numbers == sorted(set(numbers))
