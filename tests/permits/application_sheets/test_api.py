"""An application as a workbook: taken away filled in, sent back as a draft, its errors marked cell by cell."""

from __future__ import annotations

import io
from copy import deepcopy
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook
from openpyxl.workbook.workbook import Workbook

from services.kit.ids import new_id_text
from services.kit.uploads import CSV, XLSX
from services.permits.application_drafts.schemas import ApplicationDraftCreate
from services.permits.application_sheets.laying import rows_of
from services.permits.application_sheets.parts import form, parts
from services.permits.application_sheets.reading import read
from services.permits.sheets.grids import MAX_ROWS, Grid, to_csv
from services.permits.sheets.xlsx import grids_of, written
from tests.permits.application_drafts.test_api import PATH as DRAFTS
from tests.permits.application_drafts.test_api import filed, put, sign
from tests.permits.applications.desk import Applicant, applicant, ok, proposal
from tests.permits.drafts.tokens import agent
from tests.permits.permits.test_terms_api import PLAN, TERMS
from tests.permits.reading import is_problem, walked
from tests.support.town import Caller, Town

SHEETS = "/v1/permits/application-sheets"
SPECIAL = {
    "period": "heavy_pollution",
    "alert_level": "red",
    "pollutant_code": "a21026",
    "kind": "daily_amount",
}


@pytest.fixture
async def one(town: Town) -> Applicant:
    return await applicant(town)


def everything(one: Applicant) -> dict[str, Any]:
    """An application that says something in every part."""
    content = proposal(
        terms=TERMS,
        monitoring=PLAN,
        plant_limits=[
            {"pollutant_code": "a21026", "pollutant_name": "二氧化硫", "value": "20.50"}
            | {"valid_from": "2026-01-01", "standard": "环评批复"}
        ],
        special_limits=[
            {**SPECIAL, "pollutant_name": "二氧化硫", "prohibited": True, "unit": "kg/d"}
            | {"valid_from": "2026-01-01", "standard": "=应急预案"}
        ],
    )
    content["outlets"][0] |= {"longitude": "111.9772", "latitude": "43.6526", "mode": "organised"}
    content["outlets"][0]["limits"][0]["averaging"] = {
        **{"period": "hour", "statistic": "mean", "minimum_valid": 45, "minimum_unit": "minute"},
        "source": "许可证",
    }
    return one.application(
        content=content,
        pre_disclosure={
            **{"first_day": "2026-11-02", "last_day": "2026-11-13", "where": "全国排污许可证管理信息平台"},
            "link": "https://example.org/gs/1",
        },
        changed_on="2026-11-01",
        reason="集中供热\n扩容",
        enterprise={"name": "新名称"},
        sewerage={"catchment": "城区", "pipe_layout": "雨污分流", "final_destination": "艾不盖河"},
        quota_source={"explanation": "区域削减", "offset_ids": [new_id_text()]},
        attachments=[{"attachment_id": new_id_text(), "purpose": "pipe_layout"}],
    )


async def send(caller: Caller, path: str, content: bytes, media_type: str = XLSX) -> httpx.Response:
    headers = {"Content-Type": media_type, "Idempotency-Key": new_id_text()}
    return await caller.http.post(f"{SHEETS}/{path}", content=content, headers=headers)


async def taken(caller: Caller, path: str, **query: str) -> Workbook:
    answer = await caller.get(f"{SHEETS}/{path}", **query)
    assert answer.headers["content-type"] == XLSX, answer.text
    return load_workbook(io.BytesIO(answer.content))


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cell(book: Workbook, mark: str) -> Any:
    """The cell of a member that is in no list."""
    rows = book.worksheets[0].iter_rows()
    return next(row[2] for row in rows if row[0].value == mark)


def lines(book: Workbook, name: str) -> tuple[dict[str, int], list[Any]]:
    """The columns of a list by their names, and its rows."""
    rows = list(book.worksheets[0].iter_rows())
    at = next(at for at, row in enumerate(rows) if row[0].value == f"list:{name}")
    columns = {each.value: column for column, each in enumerate(rows[at]) if column and each.value}
    last = next(line for line in range(at + 2, len(rows)) if rows[line][0].value != "row")
    return columns, rows[at + 2 : last]


def full(said: dict[str, Any]) -> dict[str, Any]:
    return ApplicationDraftCreate.model_validate(said).model_dump(mode="json")


def test_what_a_sheet_says_is_what_was_laid_on_it_of_every_member() -> None:
    names = {each.name for each in form()} | {
        f"{part.name}/{each.name}" for part in parts() for each in part.members
    }
    assert len(names) == len(form()) + sum(len(part.members) for part in parts())
    assert all(each.label for each in form())
    assert all(each.label for part in parts() for each in part.members)


async def test_a_draft_goes_to_a_workbook_and_comes_back_the_same(one: Applicant) -> None:
    said = everything(one)
    draft = await filed(one.caller, said)
    book = await taken(one.caller, f"drafts/{draft['id']}")
    assert book.worksheets[0].column_dimensions["A"].hidden
    assert cell(book, "draft/version").value == 1
    assert cell(book, "kind").value == "first"
    assert cell(book, "content/management_class").value == "simplified 简化管理"
    below = {str(each.value) for row in book.worksheets[0].iter_rows() for each in row if each.value}
    assert {one.eia_id, "锡署环审书〔2021〕8号", "pipe_layout 管网布置"} <= below

    answer = await send(one.caller, "drafts", saved(book))
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert (changed["id"], changed["version"]) == (draft["id"], 2)
    assert changed["content"] == draft["content"]
    assert answer.headers["location"] == f"{DRAFTS}/{draft['id']}"
    stale = await send(one.caller, "drafts", saved(book))
    assert is_problem(stale, 409, "draft_changed")


async def test_a_sheet_that_was_saved_as_csv_is_read_too(one: Applicant) -> None:
    said = everything(one)
    content = to_csv(rows_of(full(said))).decode("utf-8-sig").encode("gb18030")
    answer = await send(one.caller, "drafts", content, CSV)
    assert answer.status_code == 200, answer.text
    assert answer.json()["content"]["content"] == full(said)["content"]
    marked = await send(one.caller, "annotations", content.replace(b"20.50", b"viel"), CSV)
    listed = load_workbook(io.BytesIO(marked.content)).worksheets[0]
    assert "/content/plant_limits/0/value" in {row[2] for row in listed.iter_rows(values_only=True)}


async def test_every_member_that_is_filled_in_is_read(one: Applicant) -> None:
    said = full(everything(one))
    [grid] = grids_of(written([("申请", rows_of(said))]))
    assert full(read(grid).document) == said


async def test_a_new_application_is_prefilled_filled_in_and_signed(town: Town, one: Applicant) -> None:
    preparer = await agent(town, one)
    book = await taken(preparer, f"enterprises/{one.uscc}/blank")
    assert cell(book, "content/industry_code").value == "4430"
    assert cell(book, "content/terms/holder/name").value
    cell(book, "content/site_name").value = "一号厂区"
    cell(book, "content/management_class").value = "simplified 简化管理"
    cell(book, "content/reporting/annual").value = "是"
    columns, rows = lines(book, "content/outlets")
    for name, value in {
        "code": "ＤＡ001",
        "name": "锅炉排气筒",
        "medium": "air",
        "kind": "main",
        "height_m": 45,
    }.items():
        rows[0][columns[name]].value = value
    columns, rows = lines(book, "content/outlets/limits")
    limit = {"outlet_code": "DA001", "pollutant_code": "a21026", "pollutant_name": "二氧化硫", "value": 300.5}
    limit |= {
        "kind": "hourly_concentration 小时浓度",
        "unit": "mg/m3",
        "valid_from": "2026/1/5",
        "standard": "GB 13271",
    }
    for name, value in limit.items():
        rows[1][columns[name]].value = value
    _, rows = lines(book, "eia_ids")
    rows[0][1].value = one.eia_id
    answer = await send(preparer, "drafts", saved(book))
    assert answer.status_code == 200, answer.text
    draft = answer.json()
    assert (draft["state"], draft["version"], draft["findings"]) == ("open", 1, [])
    [outlet] = draft["content"]["content"]["outlets"]
    assert (outlet["code"], outlet["height_m"]) == ("DA001", "45")
    assert [(each["value"], each["valid_from"]) for each in outlet["limits"]] == [("300.5", "2026-01-05")]
    assert (await sign(preparer, draft)).status_code == 403
    assert ok(await sign(one.caller, draft))["state"] == "submitted"


async def test_what_is_about_a_permit_begins_with_what_the_permit_says(town: Town, one: Applicant) -> None:
    granted = await one.granted()
    number = granted["permit_number"]
    book = await taken(one.caller, f"enterprises/{one.uscc}/blank", kind="renewal", permit_number=number)
    columns, rows = lines(book, "content/outlets/limits")
    assert rows[0][columns["outlet_code"]].value == "DA001"
    assert {row[columns["averaging/period"]].value for row in rows} == {None}, "a default is not stated"
    _, rows = lines(book, "eia_ids")
    rows[0][1].value = one.eia_id
    draft = (await send(one.caller, "drafts", saved(book))).json()
    permit = (await one.caller.get(f"/v1/permits/permits/{number}")).json()
    assert draft["permit_number"] == number
    assert [each["code"] for each in draft["content"]["content"]["outlets"]] == [
        each["code"] for each in permit["outlets"]
    ]
    other = await applicant(town)
    for caller, uscc in ((other.caller, one.uscc), (other.caller, other.uscc)):
        path = f"{SHEETS}/enterprises/{uscc}/blank"
        answer = await caller.get(path, kind="renewal", permit_number=number)
        assert answer.status_code == 404, answer.text


async def test_a_correction_begins_with_what_was_applied_for(one: Applicant) -> None:
    application = await one.applied(reason="新建")
    ok(await one.step("clerk", application, "completeness", {"outcome": "notify", "items": ["补充说明"]}))
    book = await taken(one.caller, f"corrections/{application['id']}")
    assert cell(book, "reason").value == "新建"
    cell(book, "reason").value = "新建锅炉房，说明已补充"
    draft = (await send(one.caller, "drafts", saved(book))).json()
    assert (draft["application_id"], draft["corrects_version"], draft["findings"]) == (
        application["id"],
        1,
        [],
    )
    corrected = ok(await sign(one.caller, draft))
    assert (corrected["version"], corrected["newest"]["document"]["reason"]) == (2, "新建锅炉房，说明已补充")
    marked = await send(one.caller, "annotations", saved(book))
    assert marked.status_code == 200, marked.text


async def test_each_bad_cell_is_marked_of_shape_and_rules_alike_and_nothing_is_saved(one: Applicant) -> None:
    draft = await filed(one.caller, everything(one))
    book = await taken(one.caller, f"drafts/{draft['id']}")
    cell(book, "content/reporting/annual_due_month").value = 13
    cell(book, "pre_disclosure/last_day").value = "昨天"
    columns, rows = lines(book, "content/outlets/limits")
    wrong = rows[0][columns["value"]]
    wrong.value = "viel"
    stray = rows[-1]
    stray[columns["outlet_code"]].value, stray[columns["value"]].value = "DA099", "5"
    columns, rows = lines(book, "content/terms/treatment_facilities")
    unserved = rows[0][columns["serves"]]
    unserved.value = "MF0009，MF0001"
    content = saved(book)
    answer = await send(one.caller, "annotations", content)
    assert answer.headers["content-type"] == XLSX, answer.text
    listed, sheet = load_workbook(io.BytesIO(answer.content)).worksheets
    found = {row[2]: (row[1], row[3], row[5]) for row in listed.iter_rows(min_row=2, values_only=True)}
    for where, (at, _, detail) in found.items():
        assert detail in sheet[at].comment.text, where
        assert sheet[at].fill.start_color.rgb.endswith("FFC7CE")
    assert found["/content/outlets/0/limits/0/value"][0] == wrong.coordinate
    assert found["/content/reporting/annual_due_month"][1] == "less_than_equal"
    assert found["/pre_disclosure/last_day"][0] == cell(book, "pre_disclosure/last_day").coordinate
    at, code, _ = next(each for where, each in found.items() if where.endswith("/outlet_code"))
    assert (at, code) == (stray[1].coordinate, "outlet_unknown")

    refused = await send(one.caller, "drafts", content)
    assert is_problem(refused, 422, "application_sheet_invalid")
    problem = refused.json()
    assert {each["pointer"]: problem["cells"][each["pointer"]] for each in problem["errors"]}.items() <= {
        where: at for where, (at, _, _) in found.items()
    }.items()
    assert (await one.caller.get(f"{DRAFTS}/{draft['id']}")).json()["version"] == 1


async def test_the_rules_are_marked_where_the_shape_is_right(one: Applicant) -> None:
    said = everything(one)
    said["content"]["outlets"][0]["limits"][0]["unit"] = "kg/h"
    said |= {"eia_ids": [], "permit_number": f"{one.uscc}001P"}
    draft = await filed(one.caller, said)
    book = await taken(one.caller, f"drafts/{draft['id']}")
    answer = await send(one.caller, "annotations", saved(book))
    listed = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    found = {(row[2], row[3]) for row in listed.iter_rows(min_row=2, values_only=True)}
    assert found == {(each["pointer"], each["code"]) for each in draft["findings"]}
    assert {where for where, _ in found} >= {"/eia_ids", "/permit_number"}
    cells = {row[1]: row[2] for row in listed.iter_rows(min_row=2, values_only=True)}
    assert cells[cell(book, "permit_number").coordinate] == "/permit_number"


async def test_who_applies_for_what_stays_and_a_draft_that_ended_is_changed_no_more(
    town: Town, one: Applicant
) -> None:
    draft = await filed(one.caller, one.application())
    book = await taken(one.caller, f"drafts/{draft['id']}")
    cell(book, "kind").value = "renewal 延续"
    refused = await send(one.caller, "drafts", saved(book))
    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [
        ("/kind", "not_of_the_draft")
    ]
    assert refused.json()["cells"] == {"/kind": cell(book, "kind").coordinate}
    book = await taken(one.caller, f"drafts/{draft['id']}")
    stranger = await applicant(town)
    assert is_problem(await send(stranger.caller, "drafts", saved(book)), 404, "draft_not_found")
    assert (await stranger.caller.get(f"{SHEETS}/drafts/{draft['id']}")).status_code == 404
    assert (
        await put(one.caller, draft, {**draft["content"], "reason": "先"}, **{"If-Match": "*"})
    ).is_success
    assert is_problem(await send(one.caller, "drafts", saved(book)), 409, "draft_changed")
    assert len((await walked(one.caller, DRAFTS))[0]) == 1


async def test_a_file_has_one_application(one: Applicant) -> None:
    rows = rows_of(full(everything(one)))
    for sheets in ([("别的", [["x"]])], [("甲", rows), ("乙", rows)]):
        answer = await send(one.caller, "drafts", written(sheets))
        assert is_problem(answer, 400, "file_unreadable"), answer.text
    for path in ("annotations", "drafts"):
        assert is_problem(await send(one.caller, path, b"no workbook"), 400, "file_unreadable")


async def test_what_a_sheet_cannot_hold_is_sent_as_json(one: Applicant) -> None:
    said = one.application()
    [outlet, *_] = said["content"]["outlets"]
    limits = [{**deepcopy(outlet["limits"][0]), "pollutant_code": f"a{at:05}"} for at in range(200)]
    said["content"]["outlets"] = [
        {**outlet, "code": f"DA{at:03}", "limits": limits} for at in range(1, MAX_ROWS // 200 + 1)
    ]
    draft = await filed(one.caller, said)
    answer = await one.caller.get(f"{SHEETS}/drafts/{draft['id']}")
    assert is_problem(answer, 409, "application_too_long")


def test_an_empty_sheet_says_only_what_has_to_be_there() -> None:
    assert read(Grid("x", rows_of({}))).document == {"content": {"outlets": []}, "eia_ids": []}


def test_a_row_that_names_no_outlet_is_of_none_and_merged_cells_are_told() -> None:
    rows = rows_of({"content": {"outlets": [{"code": "DA001", "limits": [{"value": "1"}]}]}})
    at = next(at for at, row in enumerate(rows) if row[0] == "list:content/outlets/limits") + 2
    rows[at][1] = None
    filled = read(Grid("x", rows, merged=[f"C{at + 1}:C{at + 2}"]))
    assert filled.document["content"]["outlets"] == [{"code": "DA001", "limits": []}]
    assert [each.code for each in filled.errors] == ["outlet_unknown", "cells_merged"]
