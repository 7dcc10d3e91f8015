"""The errors of one report in JSON: as CSV, and on the workbook of its blank."""

from __future__ import annotations

import io
from copy import deepcopy
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from services.kit.uploads import XLSX, Upload
from services.permits.sheets.items import items_of
from tests.permits.reading import is_problem, walked
from tests.permits.sheets.test_api import REPORTS, by_member, lines_of
from tests.permits.sheets.test_round_trip import said, told, with_everything
from tests.support.town import Holder, Town


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    return await with_everything(town)


@pytest.fixture
async def report(holder: Holder) -> dict[str, Any]:
    return await told(holder)


async def listed(holder: Holder, document: Any) -> list[dict[str, str]]:
    answer = await holder.post(f"{REPORTS}/checks.csv", document)
    assert answer.headers["content-type"].startswith("text/csv"), answer.text
    return [by_member(each) for each in lines_of(answer)]


async def book(holder: Holder, document: Any) -> Any:
    answer = await holder.post(f"{REPORTS}/checks.xlsx", document)
    assert answer.headers["content-type"] == XLSX, answer.text
    return load_workbook(io.BytesIO(answer.content))


def wrong(report: dict[str, Any]) -> dict[str, Any]:
    """With something wrong in every part, its lines in another order than the blank's, and one of them twice."""
    document = deepcopy(report)
    document["values"].reverse()
    document["values"][0]["method"] = "guess"
    document["values"].append({**document["values"][1], "amount_t": "-5"})
    document["values"].append({**document["values"][1], "outlet_code": "DA009"})
    document["production_days"] = 999
    document["totals"][0]["amount_t"] = 9.5
    document["special_values"][1]["day"] = "2025-13-01"
    document["facilities"][1]["run_hours"] = "-1"
    document["materials"][0]["quantity"] = "viel"
    document["unpermitted_discharges"][0]["last_day"] = "2025-01-09"
    document["disclosures"][0]["requirement"] = 7
    return document


async def test_the_list_says_what_the_dry_run_says_with_the_cells_of_the_blank(
    holder: Holder, report: dict[str, Any]
) -> None:
    document = wrong(report)
    found = await listed(holder, document)
    refused = (await holder.post(f"{REPORTS}/checks", document)).json()
    assert [(each["pointer"], each["code"], each["detail_zh"]) for each in found] == [
        (each["pointer"], each["code"], each["detail_zh"]) for each in refused["errors"]
    ]
    parts = {each["pointer"].split("/")[1] for each in found}
    assert {"values", "totals", "special_values", "facilities", "materials", "production_days"} <= parts
    sheet = (await book(holder, document)).worksheets[1]
    assert {each["sheet"] for each in found} == {sheet.title}
    assert all(each["column"] + each["row"] == each["cell"] for each in found)
    assert await walked(holder, REPORTS) == [[]]


async def test_each_bad_cell_of_the_blank_holds_what_was_sent_and_says_what_is_wrong(
    holder: Holder, report: dict[str, Any]
) -> None:
    document = wrong(report)
    errors, sheet = (await book(holder, document)).worksheets
    found = list(errors.iter_rows(min_row=2, values_only=True))
    assert len(found) > 9
    seen = set()
    for _, cell, pointer, _, _, detail_en, _ in found:
        assert detail_en in sheet[cell].comment.text
        assert sheet[cell].fill.start_color.rgb.endswith("FFC7CE")
        value: Any = document
        for part in pointer.split("/")[1:]:
            value = value[int(part)] if isinstance(value, list) else value.get(part)
        if value is not None and not isinstance(value, dict | list):
            assert str(sheet[cell].value).partition(" ")[0] == str(value), (pointer, cell)
            seen.add(pointer)
    last = len(document["values"]) - 2
    assert {
        "/values/0/method",
        f"/values/{last}/amount_t",
        f"/values/{last + 1}/outlet_code",
        "/totals/0/amount_t",
        "/special_values/1/day",
        "/facilities/1/run_hours",
        "/materials/0/quantity",
    } <= seen


async def test_a_right_report_has_no_error_and_its_sheet_says_the_same(
    holder: Holder, report: dict[str, Any]
) -> None:
    assert await listed(holder, report) == []
    answer = await holder.post(f"{REPORTS}/checks.xlsx", report)
    [item] = items_of(Upload(XLSX, answer.content))
    assert said(item.document) == said(report)


ODD: list[dict[str, Any]] = [
    {"values": {"a": 1}, "totals": "none", "corrects": []},
    {"values": [1, "x", None, [], {"outlet_code": {"a": [1]}, "pollutant_code": [], "amount": {}}]},
    {
        "values": [
            {"amount": "1e", "amount_unit": "t"},
            {"amount": "5", "amount_unit": "lb"},
            {"amount": "NaN"},
        ]
    },
    {"values": [], "production_days": 10**12, "stopped_from": {"a": "=1+1"}, "override_reason": "x" * 60_000},
    {"values": [], "corrects": {"version": "eins", "reason": 5}, "disclosures": [{"is_met": "vielleicht"}]},
    {"values": [], "special_values": [{"day": 20250101, "amount_kg": 1e300}], "unknown": {"x": 1}},
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
async def test_what_has_no_shape_at_all_is_listed_and_stands_as_it_was_written(
    holder: Holder, report: dict[str, Any], odd: dict[str, Any]
) -> None:
    document = {"obligation_id": report["obligation_id"], **odd}
    assert await listed(holder, document) != []
    assert len((await book(holder, document)).worksheets) >= 2


async def test_what_names_no_obligation_has_no_blank(holder: Holder) -> None:
    for document in ({"values": []}, {"obligation_id": 5}, [], "x"):
        assert {each["cell"] for each in await listed(holder, document)} == {""}
        assert [sheet.title for sheet in (await book(holder, document)).worksheets] == ["错误 Errors"]


async def test_what_is_not_yours_is_not_said_and_what_is_no_json_is_no_report(
    town: Town, holder: Holder, report: dict[str, Any]
) -> None:
    stranger, reviewer = await town.holder(), await town.staff("reviewer")
    for name in ("checks.csv", "checks.xlsx"):
        path = f"{REPORTS}/{name}"
        assert is_problem(await stranger.post(path, report), 404, "obligation_not_found")
        assert is_problem(await reviewer.post(path, report), 403, "forbidden")
        assert is_problem(await _raw(holder, path, b'{"values": ['), 400, "invalid_json")
        assert is_problem(await _raw(holder, path, b""), 400, "file_empty")


async def _raw(holder: Holder, path: str, content: bytes) -> httpx.Response:
    headers = {"Content-Type": "application/json", "Idempotency-Key": f"{path}-{len(content)}"}
    return await holder.http.post(path, content=content, headers=headers)
