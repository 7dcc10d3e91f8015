"""Sheets over HTTP: the blank as a file, files of many reports, many signatures."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from services.kit.ids import new_id_text
from services.kit.receipts import check_receipt
from services.kit.uploads import CSV, NDJSON, XLSX
from services.permits.sheets import sections as layout
from services.permits.sheets.grids import to_csv
from services.permits.sheets.xlsx import written
from tests.permits.drafts.tokens import agent
from tests.permits.reading import is_problem, walked
from tests.support.town import Caller, Holder, Town

SHEETS, DRAFTS, REPORTS = "/v1/permits/sheets", "/v1/permits/drafts", "/v1/permits/reports"
KEYS = list(layout.COLUMNS)


@pytest.fixture
async def holder(town: Town) -> Holder:
    return await town.holder()


@pytest.fixture(scope="module")
async def idle(town: Town) -> Holder:
    """For what is refused before anybody's rows are looked at."""
    return await town.holder()


async def send(caller: Caller, path: str, content: bytes, media_type: str = XLSX) -> httpx.Response:
    headers = {"Content-Type": media_type, "Idempotency-Key": new_id_text()}
    return await caller.http.post(f"{SHEETS}/{path}", content=content, headers=headers)


async def blank(holder: Holder, index: int = 0, suffix: str = "xlsx") -> bytes:
    due = (await holder.obligations())[index]
    answer = await holder.get(f"/v1/permits/obligations/{due['id']}/blank.{suffix}")
    assert answer.status_code == 200, answer.text
    return answer.content


async def book(holder: Holder, *, count: int = 1, **changes: Any) -> bytes:
    """The blanks of some obligations in one workbook, filled in as their reports say."""
    sheets = []
    for index in range(count):
        report = await holder.report(index)
        sheet = load_workbook(io.BytesIO(await blank(holder, index))).worksheets[0]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        values = iter(report["values"])
        for row in rows:
            row += [None] * (len(KEYS) + 1 - len(row))
            if row[0] == "production_days":
                row[2] = changes.get("production_days", report["production_days"])
            if row[0] == "value":
                given = {**next(values), **(changes if index == 0 else {})}
                for at, name in enumerate(KEYS):
                    if name in given:
                        row[at + 1] = given[name]
        sheets.append((f"报告{index}", rows))
    return written(sheets)


def lines_of(answer: httpx.Response) -> list[dict[str, str]]:
    """The lines of an answer in CSV."""
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def by_member(line: dict[str, str]) -> dict[str, str]:
    """A line by the names of members, which stand last in the headings."""
    return {name.rpartition(" ")[2]: cell for name, cell in line.items()}


class TestBlank:
    async def test_it_shows_limits_the_last_period_and_what_was_recorded(self, town: Town) -> None:
        holder = await town.holder()
        due = (await holder.obligations())[0]
        number = holder.permit["permit_number"]
        record = {
            "outlet_code": "DA001",
            "pollutant_code": "a21026",
            "sampled_at": f"{due['period_start']}T08:00:00+08:00",
            "value": "123",
            "unit": "mg/m3",
            "means": "automatic",
        }
        entry = {
            "kind": "production",
            "facility_code": "MF0001",
            "happened_at": f"{due['period_start']}T08:00:00+08:00",
            "name": "热水",
            "quantity": "1234.5",
            "unit": "GJ",
        }
        assert (await holder.post(f"/v1/permits/monitoring/{number}/records", record)).status_code == 201
        assert (await holder.post(f"/v1/permits/ledger/{number}/entries", entry)).status_code == 201
        document = (await holder.get(f"/v1/permits/obligations/{due['id']}/blank")).json()
        assert [(each["means"], each["maximum"]) for each in document["monitoring"]] == [("automatic", "123")]
        assert [(each["name"], each["quantity"]) for each in document["ledger"]] == [("热水", "1234.5")]
        sheet = load_workbook(io.BytesIO(await blank(holder))).worksheets[0]
        assert sheet.column_dimensions["A"].hidden
        keys = next(row[0].row for row in sheet.iter_rows() if row[0].value == "values")
        assert sheet.row_dimensions[keys].hidden
        assert len(sheet.data_validations.dataValidation) == len(layout.choices())
        said = {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None}
        assert {"排放口编号", "无数据原因", due["id"], "1234.5"} <= said
        assert any("自动监测 1次 123" in each for each in said)
        assert any("hourly_concentration 300 mg/m3" in each for each in said)

    async def test_the_csv_says_the_same_and_can_be_sent_back(self, holder: Holder) -> None:
        content = (await blank(holder, suffix="csv")).decode("utf-8-sig")
        assert "排放口编号" in content
        checked = (await send(holder, "checks", content.encode("gb18030"), CSV)).json()
        assert checked["refused"] == 1
        codes = {each["code"] for each in checked["reports"][0]["errors"]}
        assert {"missing", "value_blank"} <= codes, codes

    async def test_another_enterprise_gets_none_and_the_bureaus_read_is_logged(
        self, town: Town, holder: Holder
    ) -> None:
        due = (await holder.obligations())[0]
        stranger, clerk, auditor = (
            await town.holder(),
            await town.staff("clerk"),
            await town.staff("auditor"),
        )
        for suffix in ("xlsx", "csv"):
            path = f"/v1/permits/obligations/{due['id']}/blank.{suffix}"
            assert is_problem(await stranger.get(path), 404, "obligation_not_found")
            assert (await clerk.get(path)).status_code == 200
        log = (await auditor.get("/v1/permits/read-log", enterprise=holder.uscc)).json()["items"]
        assert any(each["route"].endswith("/blank.xlsx") for each in log)


class TestDryRun:
    async def test_a_right_file_is_acceptable_and_nothing_is_saved(self, holder: Holder) -> None:
        answer = await send(holder, "checks", await book(holder, count=2))
        assert (answer.json()["acceptable"], answer.json()["refused"]) == (2, 0), answer.text
        assert await walked(holder, REPORTS) == [[]]
        assert await walked(holder, DRAFTS) == [[]]

    async def test_every_error_has_its_pointer_and_its_cell(self, holder: Holder) -> None:
        content = await book(holder, production_days=999, amount_t="viel", no_data_code="keine")
        found = (await send(holder, "checks", content)).json()["reports"][0]
        places = {(each["pointer"], each["code"]) for each in found["errors"]}
        assert ("/values/0/amount_t", "decimal_string_expected") in places
        assert ("/production_days", "less_than_equal") in places
        assert ("/values/0/no_data_code", "literal_error") in places
        cells = {each["pointer"]: each["cell"] for each in found["errors"]}
        assert cells["/production_days"] == "C5"
        assert all(each["detail_zh"] and each["detail_en"] for each in found["errors"])

    async def test_the_annotated_file_marks_the_bad_cells_and_lists_all_errors(self, holder: Holder) -> None:
        content = await book(holder, amount_t="-5")
        found = (await send(holder, "checks", content)).json()["reports"][0]["errors"]
        answer = await send(holder, "annotations", content)
        assert answer.headers["content-type"] == XLSX
        marked = load_workbook(io.BytesIO(answer.content))
        listed, sheet = marked.worksheets
        assert [row[2] for row in listed.iter_rows(min_row=2, values_only=True)] == [
            each["pointer"] or None for each in found
        ]
        for each in found:
            assert each["detail_en"] in sheet[each["cell"]].comment.text
            assert sheet[each["cell"]].fill.start_color.rgb.endswith("FFC7CE")

    @pytest.mark.parametrize("suffix", ["xlsx", "csv"])
    async def test_the_errors_are_a_list_in_csv_too(self, holder: Holder, suffix: str) -> None:
        content, media_type = await book(holder, amount_t="-5", no_data_code="keine"), XLSX
        if suffix == "csv":
            rows = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(content)).worksheets[0]]
            content, media_type = to_csv(rows), CSV
        [report] = (await send(holder, "checks", content, media_type)).json()["reports"]
        answer = await send(holder, "checks.csv", content, media_type)
        assert answer.headers["content-type"].startswith("text/csv"), answer.text
        listed = lines_of(answer)
        assert {name.rpartition(" ")[2] for name in listed[0]} == {
            *("sheet", "row", "column", "cell", "pointer", "code", "detail_zh", "detail_en", "article"),
        }
        assert [
            (each["cell"], each["pointer"], each["code"], each["detail_zh"], each["detail_en"])
            for each in map(by_member, listed)
        ] == [
            (each["cell"], each["pointer"], each["code"], each["detail_zh"], each["detail_en"])
            for each in report["errors"]
        ]
        first = by_member(listed[0])
        assert first["column"] + first["row"] == first["cell"]
        assert "/values/0/no_data_code" in {by_member(each)["pointer"] for each in listed}
        assert await walked(holder, REPORTS) == [[]]

    async def test_the_errors_of_reports_in_json_are_the_same_list_by_line(self, holder: Holder) -> None:
        report = await holder.report()
        report["values"][0]["amount_t"] = "-5"
        report["production_days"] = "viele"
        listed = lines_of(await send(holder, "checks.csv", json.dumps(report).encode() + b"\n{", NDJSON))
        assert {(by_member(each)["row"], by_member(each)["code"]) for each in listed} >= {
            ("1", "negative_value"),
            ("1", "int_type"),
            ("2", "invalid_json"),
        }, listed
        right = await send(holder, "checks.csv", json.dumps(await holder.report()).encode(), NDJSON)
        assert (right.status_code, lines_of(right)) == (200, [])

    async def test_the_errors_of_what_is_not_yours_are_not_said(self, town: Town, holder: Holder) -> None:
        content, stranger = await book(holder), await town.holder()
        assert is_problem(await send(stranger, "checks.csv", content), 404, "obligation_not_found")

    async def test_what_is_reported_or_not_yours_is_said(self, town: Town, holder: Holder) -> None:
        content = await book(holder)
        assert (await holder.post(REPORTS, await holder.report())).status_code == 201
        found = (await send(holder, "checks", content)).json()["reports"][0]
        assert [each["code"] for each in found["errors"]] == ["already_reported"]
        other = (await send(await town.holder(), "checks", content)).json()["reports"][0]
        assert [each["code"] for each in other["errors"]] == ["obligation_not_found"]


def said_of(result: dict[str, Any]) -> tuple[str | None, ...]:
    """What refused a report, in both languages, and by which article."""
    return tuple(result[name] for name in ("code", "detail_zh", "detail_en", "article"))


class TestTaking:
    async def test_good_reports_are_submitted_and_bad_ones_refused_each_by_itself(
        self, town: Town, holder: Holder
    ) -> None:
        answer = await send(holder, "reports", await book(holder, count=3, amount_t="-5"))
        body = answer.json()
        assert [each["result"] for each in body["results"]] == ["refused", "accepted", "accepted"], (
            answer.text
        )
        assert said_of(body["results"][0]) == (
            "report_invalid",
            "执行报告不符合要求",
            "The execution report breaks rules",
            "排污许可管理条例 第二十二条",
        )
        assert said_of(body["results"][1]) == (None,) * 4
        assert any(each["code"] == "negative_value" for each in body["results"][0]["errors"])
        keys = (await town.public.get("/v1/permits/receipt-keys")).json()
        for each in body["results"][1:]:
            assert check_receipt(each["receipt"]["jws"], keys).on_behalf_of == holder.uscc
        assert len((await walked(holder, REPORTS))[0]) == 2

    async def test_an_agent_files_drafts_and_the_representative_signs_them_at_once(
        self, town: Town, holder: Holder
    ) -> None:
        preparer = await agent(town, holder)
        content = await book(holder, count=3)
        assert (await send(preparer, "reports", content)).status_code == 403
        filed = (await send(preparer, "drafts", content)).json()
        assert filed["accepted"] == 3, filed
        again = (await send(preparer, "drafts", content)).json()
        assert {said_of(each) for each in again["results"]} == {
            ("draft_open", "该期已有待签署的草稿", "This period has an open draft", None)
        }
        named = [{"draft_id": each["draft_id"], "version": 1} for each in filed["results"]]
        named[1]["version"] = 7
        named.append({"draft_id": new_id_text(), "version": 1})
        signed = await holder.post(f"{DRAFTS}/signatures", {"drafts": named})
        results = signed.json()["results"]
        assert [each["result"] for each in results] == ["accepted", "refused", "accepted", "refused"], (
            signed.text
        )
        assert [each["code"] for each in results] == [None, "draft_changed", None, "draft_not_found"]
        said = [(bool(each["detail_zh"]), bool(each["detail_en"])) for each in results]
        assert said == [(each["code"] is not None,) * 2 for each in results]
        assert len((await walked(holder, REPORTS))[0]) == 2
        assert (await preparer.post(f"{DRAFTS}/signatures", {"drafts": named})).status_code == 403

    async def test_ndjson_of_reports_is_taken_line_by_line(self, holder: Holder) -> None:
        lines = [json.dumps(await holder.report(index)).encode() for index in range(2)]
        body = (await send(holder, "reports", b"\n".join([lines[0], b"{", lines[1]]), NDJSON)).json()
        assert [(each["source"], each["result"]) for each in body["results"]] == [
            ("1", "accepted"),
            ("2", "refused"),
            ("3", "accepted"),
        ]

    async def test_the_sheet_of_a_report_corrects_it_once(self, holder: Holder) -> None:
        report = await holder.report()
        assert (await holder.post(REPORTS, report)).status_code == 201
        path = f"/v1/permits/obligations/{report['obligation_id']}/blank.xlsx"
        sheet = load_workbook(io.BytesIO((await holder.get(path)).content)).worksheets[0]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        by_name = {row[0]: row for row in rows if row[0]}
        assert by_name["corrects/version"][2] == 1
        assert by_name["production_days"][2] == report["production_days"]
        lines = [dict(zip(KEYS, row[1:], strict=False)) for row in rows if row[0] == "value"]
        for line, value in zip(lines, report["values"], strict=True):
            given = {name: figure for name, figure in value.items() if figure is not None}
            assert {name: str(line[name]).partition(" ")[0] for name in given} == given
        without = (await send(holder, "checks", written([("更正", rows)]))).json()["reports"][0]
        assert {each["pointer"] for each in without["errors"]} == {"/corrects/reason"}
        by_name["corrects/reason"][2] = "抄录有误"
        content = written([("更正", rows)])
        checked = (await send(holder, "checks", content)).json()
        assert checked["acceptable"] == 1, checked
        [taken] = (await send(holder, "reports", content)).json()["results"]
        assert taken["result"] == "accepted", taken
        read = (await holder.get(f"{REPORTS}/{taken['report_id']}")).json()
        assert (read["version"], read["newest"]["document"]["reason"]) == (2, "抄录有误")
        [again] = (await send(holder, "reports", content)).json()["results"]
        assert (again["result"], again["code"]) == ("refused", "version_superseded")

    async def test_a_line_may_correct_and_what_was_never_reported_cannot_be(self, holder: Holder) -> None:
        report = await holder.report()
        correction = {**report, "corrects": {"version": 1, "reason": "单位有误"}}
        line = json.dumps(correction).encode()
        for path, list_name in (("checks", "reports"), ("reports", "results")):
            [found] = (await send(holder, path, line, NDJSON)).json()[list_name]
            assert [each["code"] for each in found["errors"]] == ["nothing_to_correct"]
        assert (await holder.post(REPORTS, report)).status_code == 201
        filed = (await send(holder, "drafts", line, NDJSON)).json()
        assert filed["accepted"] == 1, filed
        [taken] = (await send(holder, "reports", line, NDJSON)).json()["results"]
        assert taken["result"] == "accepted", taken

    async def test_the_same_report_twice_in_a_file_is_one(self, holder: Holder) -> None:
        line = json.dumps(await holder.report()).encode()
        body = (await send(holder, "reports", line + b"\n" + line, NDJSON)).json()
        assert sorted(each["result"] for each in body["results"]) == ["accepted", "refused"]
        assert len((await walked(holder, REPORTS))[0]) == 1

    @pytest.mark.parametrize(
        ("content", "media_type", "status", "code"),
        [
            (b"", XLSX, 400, "file_empty"),
            (b"PK\x03\x04 not really", XLSX, 400, "file_unreadable"),
            (b"a,b\n1,2\n", CSV, 400, "file_unreadable"),
            (b"\xff\xff\xff", CSV, 400, "file_unreadable"),
            (b"{}\n" * 201, NDJSON, 422, "too_many_rows"),
            (b"{}", "application/json", 415, "unsupported_media_type"),
        ],
    )
    @pytest.mark.parametrize("path", ["checks", "drafts", "reports"])
    async def test_a_bad_file_is_refused_with_its_reason(
        self, idle: Holder, path: str, content: bytes, media_type: str, status: int, code: str
    ) -> None:
        assert is_problem(await send(idle, path, content, media_type), status, code)
