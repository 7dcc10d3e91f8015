"""Files that nobody vouches for: each is read within bounds or refused with a reason, whatever its bytes are."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from services.kit.problems import Problem
from services.kit.uploads import CSV, NDJSON, XLSX, Upload
from services.permits.batches.errors import FileUnreadable
from services.permits.sheets import sections as layout
from services.permits.sheets.filled import filled
from services.permits.sheets.grids import MAX_COLUMNS, MAX_ROWS, Grid, from_csv, name_of, to_csv
from services.permits.sheets.items import items_of
from services.permits.sheets.xlsx import MAX_UNPACKED, grids_of, written

KEYS = list(layout.COLUMNS)


def sheet(*lines: dict[str, Any], production_days: Any = 80) -> list[list[Any]]:
    """A filled sheet."""
    return [
        [layout.MARK, "执行报告"],
        ["obligation_id", "任务标识", "01976b7c-3f00-7000-8000-000000000001"],
        ["production_days", "生产天数", production_days],
        ["exceedance_explanation", "超标原因", None],
        ["values", *KEYS],
        [None, *layout.COLUMNS.values()],
        *(["value", *(line.get(name) for name in KEYS)] for line in lines),
        ["end"],
        [None, "本期台账合计"],
    ]


LINE = {"outlet_code": "DA001", "pollutant_code": "a21026", "concentration_max": 12.5, "amount_t": "0.30"}
BOOK = written([("报告", sheet(LINE))])


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def reason(content: bytes) -> str:
    with pytest.raises(FileUnreadable) as refused:
        grids_of(content)
    return refused.value.detail.en


class TestReading:
    def test_a_sheet_says_a_report_and_where_each_part_of_it_stands(self) -> None:
        found = filled(grids_of(BOOK)[0])
        assert found.document == {
            "obligation_id": "01976b7c-3f00-7000-8000-000000000001",
            "production_days": 80,
            "values": [
                {
                    "outlet_code": "DA001",
                    "pollutant_code": "a21026",
                    "concentration_max": "12.5",
                    "amount_t": "0.30",
                }
            ],
        }
        place = found.place_of("/values/0/concentration_max")
        assert found.grid.at(place) == 12.5
        assert name_of(found.place_of("/values/0/method")).endswith("7")
        assert name_of(found.place_of("")) == "B1"

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
    def test_csv_says_the_same(self, encoding: str) -> None:
        content = to_csv(sheet(LINE)).decode("utf-8-sig").encode(encoding)
        assert filled(from_csv(content)).document == filled(grids_of(BOOK)[0]).document

    @pytest.mark.parametrize(
        ("name", "cell", "read"),
        [
            ("concentration_max", 7, "7"),
            ("concentration_max", 0.1, "0.1"),
            ("concentration_max", 1e-7, "0.0000001"),
            ("concentration_max", "１２．５", "12.5"),
            ("concentration_max", "viel", "viel"),
            ("concentration_max", "#DIV/0!", "#DIV/0!"),
            ("no_data_code", "stopped_production 停产", "stopped_production"),
            ("method", "manual 手工监测", "manual"),
            ("override_reason", " 属实 ", "属实"),
        ],
    )
    def test_a_cell_is_read_as_the_report_says_it(self, name: str, cell: Any, read: Any) -> None:
        found = filled(Grid("x", sheet({**LINE, name: cell})))
        assert found.document["values"][0][name] == read

    @pytest.mark.parametrize(
        ("cell", "read"), [(80, 80), (80.0, 80), ("80", 80), (80.5, 80.5), ("viele", "viele")]
    )
    def test_days_are_whole_numbers_or_stay_as_they_are(self, cell: Any, read: Any) -> None:
        assert filled(Grid("x", sheet(LINE, production_days=cell))).document["production_days"] == read

    def test_a_row_that_somebody_added_counts_and_what_comes_after_the_end_does_not(self) -> None:
        rows = sheet(LINE)
        added = [None, *({**LINE, "pollutant_code": "a21002"}.get(name) for name in KEYS)]
        found = filled(Grid("x", [*rows[:7], added, *rows[7:], added]))
        assert [each["pollutant_code"] for each in found.document["values"]] == ["a21026", "a21002"]

    def test_a_formula_that_was_never_worked_out_is_named(self) -> None:
        book = Workbook()
        for row in sheet({**LINE, "amount_t": "=1+1"}):
            book.active.append(row)
        found = filled(grids_of(saved(book))[0])
        assert [(each.pointer, each.code) for each in found.errors] == [
            ("/values/0/amount_t", "formula_without_value")
        ]

    def test_merged_cells_among_the_values_are_named_and_a_merged_title_is_not(self) -> None:
        book = Workbook()
        for row in sheet(LINE, LINE):
            book.active.append(row)
        book.active.merge_cells("B1:F1")
        assert filled(grids_of(saved(book))[0]).errors == []
        book.active.merge_cells("L7:L8")
        assert [each.code for each in filled(grids_of(saved(book))[0]).errors] == ["cells_merged"]


class TestRefusing:
    def test_what_is_no_zip(self) -> None:
        for content in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" + bytes(600), b"a,b\n1,2\n"):
            assert "not an XLSX" in reason(content)

    def test_a_zip_that_is_no_workbook(self) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("a.txt", "x")
        assert "damaged" in reason(out.getvalue())

    def test_a_zip_bomb_is_not_unpacked(self) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", bytes(MAX_UNPACKED + 1))
        assert len(out.getvalue()) < 100_000
        assert "unpacks to more" in reason(out.getvalue())

    def test_too_many_parts(self) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for at in range(1001):
                archive.writestr(f"{at}", "")
        assert "too many parts" in reason(out.getvalue())

    def test_declared_entities(self) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(BOOK)) as old, zipfile.ZipFile(out, "w") as new:
            for part in old.infolist():
                content = old.read(part)
                if part.filename.endswith("sheet1.xml"):
                    content = b'<!DOCTYPE x [<!ENTITY a "b">]>' + content
                new.writestr(part, content)
        assert "declarations" in reason(out.getvalue())

    def test_a_workbook_without_a_sheet_of_ours_and_a_sheet_that_goes_on_for_ever(self) -> None:
        book = Workbook()
        book.active["XFD1048576"] = "x"
        (grid,) = grids_of(saved(book))
        assert len(grid.rows) <= MAX_ROWS
        assert all(len(row) <= MAX_COLUMNS for row in grid.rows)
        with pytest.raises(FileUnreadable) as refused:
            items_of(Upload(XLSX, saved(book)))
        assert "steppe:report" in refused.value.detail.en


@given(st.binary(max_size=400), st.sampled_from([XLSX, CSV, NDJSON]))
def test_any_bytes_are_reports_or_a_problem(content: bytes, media_type: str) -> None:
    try:
        assert items_of(Upload(media_type, content))
    except Problem:
        return


@given(st.lists(st.tuples(st.integers(0, len(BOOK) - 1), st.integers(0, 255)), min_size=1, max_size=20))
def test_a_damaged_workbook_is_read_or_refused(changes: list[tuple[int, int]]) -> None:
    content = bytearray(BOOK)
    for at, value in changes:
        content[at] = value
    try:
        items_of(Upload(XLSX, bytes(content)))
    except Problem:
        return


@given(
    st.sampled_from(["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"]),
    st.data(),
)
def test_a_workbook_with_a_damaged_part_is_read_or_refused(name: str, data: st.DataObject) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == name:
                start = data.draw(st.integers(0, len(content)))
                end = data.draw(st.integers(start, len(content)))
                content = content[:start] + data.draw(st.binary(max_size=30)) + content[end:]
            new.writestr(part.filename, content)
    try:
        items_of(Upload(XLSX, out.getvalue()))
    except Problem:
        return


CELLS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)


@given(st.dictionaries(st.sampled_from(layout.VALUES.filled), CELLS), CELLS)
def test_whatever_is_written_into_cells_is_a_document_with_a_place_for_everything(
    line: dict[str, Any], days: Any
) -> None:
    found = filled(Grid("x", sheet(line, production_days=days)))
    for index, value in enumerate(found.document["values"]):
        assert all(f"/values/{index}/{name}" in found.places for name in value)
