"""Whole lists as files: nothing is gathered, nothing is lost, and a spreadsheet runs no formula of a stranger."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, cast

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st

from services.kit import clock
from services.kit.database import Database
from services.kit.downloads import BOM, Column, Edition, as_csv, as_ndjson, cell, is_unchanged, walk
from services.kit.pages import PageQuery

COLUMNS = (Column("code", "编号"), Column("name", "名称"))
NOON = datetime(2026, 11, 26, 4, tzinfo=UTC)


class Shelf:
    """A list of `total` rows that remembers how far it was read."""

    def __init__(self, total: int) -> None:
        self.total, self.read = total, 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        yield

    async def pages(self, _: Any, query: PageQuery) -> tuple[Sequence[dict[str, Any]], str | None]:
        start = int(query.cursor or 0)
        self.read = min(start + query.limit, self.total)
        rows = [{"code": str(index), "name": f"第{index}行"} for index in range(start, self.read)]
        return rows, str(self.read) if self.read < self.total else None

    def walked(self, limit: int) -> AsyncIterator[Sequence[Any]]:
        return walk(cast(Database, self), self.pages, limit=limit)


async def gathered(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


@pytest.mark.parametrize("total", [0, 1, 6, 7, 8, 100])
async def test_every_row_is_in_the_file_once(total: int) -> None:
    lines = (await gathered(as_ndjson(COLUMNS, Shelf(total).walked(7)))).decode().splitlines()
    assert [json.loads(line)["code"] for line in lines] == [str(index) for index in range(total)]
    text = (await gathered(as_csv(COLUMNS, Shelf(total).walked(7)))).removeprefix(BOM).decode()
    head, *rows = csv.reader(io.StringIO(text))
    assert head == ["编号 code", "名称 name"]
    assert [row[0] for row in rows] == [str(index) for index in range(total)]


async def test_a_page_is_read_when_the_one_before_was_taken_and_not_earlier() -> None:
    shelf = Shelf(1_000_000)
    pieces = as_ndjson(COLUMNS, shelf.walked(500))
    for taken in range(1, 4):
        await anext(pieces)
        assert shelf.read == 500 * taken


async def test_a_csv_begins_with_a_byte_order_mark_and_ends_its_lines_as_rfc_4180_says() -> None:
    content = await gathered(as_csv(COLUMNS, Shelf(1).walked(5)))
    assert content == BOM + "编号 code,名称 name\r\n0,第0行\r\n".encode()


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "@sum", "-2+3", "\tx", "\rx", "-", "--1"])
def test_a_cell_is_no_formula(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (True, "true"), ("-0.5", "-0.5"), ("12", "12"), ([{"a": 1}], '[{"a":1}]'), ("a=b", "a=b")],
)
def test_a_cell_says_the_value(value: Any, text: str) -> None:
    assert cell(value) == text


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2)))
async def test_any_text_comes_out_of_the_csv_as_it_went_in(rows: list[list[str]]) -> None:
    async def pages() -> AsyncIterator[list[dict[str, str]]]:
        yield [{"code": code, "name": name} for code, name in rows]

    content = (await gathered(as_csv(COLUMNS, pages()))).removeprefix(BOM).decode()
    _, *read = csv.reader(io.StringIO(content, newline=""))
    assert read == [[cell(code), cell(name)] for code, name in rows]


def asking(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": raw})


class TestEdition:
    def test_it_changes_with_every_event_and_every_day(self) -> None:
        tags = set()
        for moment in (NOON, datetime(2026, 11, 27, 4, tzinfo=UTC)):
            with clock.at(moment):
                tags |= {Edition(position, NOON).etag for position in (1, 2)}
        assert len(tags) == 4

    def test_the_day_begins_at_midnight_in_the_city(self) -> None:
        with clock.at(NOON):
            assert Edition(1, datetime(2020, 1, 1, tzinfo=UTC)).last_modified == datetime(
                2026, 11, 25, 16, tzinfo=UTC
            )

    def test_if_none_match_decides_where_it_is_given(self) -> None:
        with clock.at(NOON):
            edition, later = Edition(5, NOON), format_datetime(NOON, usegmt=True)
            assert is_unchanged(asking(if_none_match=f'"a", {edition.etag}'), edition)
            assert is_unchanged(asking(if_none_match="*"), edition)
            assert not is_unchanged(asking(if_none_match='"a"', if_modified_since=later), edition)

    def test_if_modified_since_decides_otherwise(self) -> None:
        with clock.at(NOON):
            edition = Edition(5, NOON)
            assert is_unchanged(asking(if_modified_since="Thu, 26 Nov 2026 04:00:00 GMT"), edition)
            assert not is_unchanged(asking(if_modified_since="Thu, 26 Nov 2026 03:59:59 GMT"), edition)
            assert not is_unchanged(asking(if_modified_since="yesterday"), edition)
            assert not is_unchanged(asking(), edition)
