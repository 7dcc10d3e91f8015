"""Every member of a report has its place on the sheet: what is said in JSON and on a sheet is the same report."""

from __future__ import annotations

import io
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from services.kit.uploads import CSV, XLSX, Upload
from services.permits.obligations.schemas import Blank
from services.permits.reports.schemas import ReportContent, ValueContent
from services.permits.sheets import sections
from services.permits.sheets.filled import filled
from services.permits.sheets.grids import MAX_ROWS, Grid, from_csv, to_csv
from services.permits.sheets.items import items_of
from services.permits.sheets.keeping import merged
from services.permits.sheets.layout import rows_of
from services.permits.sheets.xlsx import grids_of, written
from tests.permits.attachments.files import sent
from tests.permits.sheets.test_api import REPORTS, send
from tests.support.alerts import red_alert
from tests.support.town import OUTLETS, Holder, Town

OF = {"pollutant_code": "a21026", "pollutant_name": "二氧化硫", "valid_from": "2024-01-01", "standard": "x"}
TERMS = {
    "production_facilities": [{"code": "MF0001", "name": "1号锅炉"}],
    "treatment_facilities": [{"code": "TA001", "name": "脱硫塔", "process": "石灰石-石膏湿法脱硫"}],
    "disclosure": [{"content": "排放浓度", "means": "网站", "timing": "每季度"}],
}
WITHOUT_CELL = {"annexes"}
WITHOUT_COLUMN = {"calculation", "amount", "amount_unit"}


@pytest.fixture
async def holder(town: Town) -> Holder:
    return await with_everything(town)


async def with_everything(town: Town) -> Holder:
    """A holder whose permit asks for something in every part of a report."""
    await red_alert(town)
    special = {**OF, "period": "heavy_pollution", "alert_level": "orange", "outlet_code": "DA001"}
    return await town.holder(
        outlets=deepcopy(OUTLETS),
        plant_limits=[{**OF, "scope": "plant", "value": "20"}],
        special_limits=[{**special, "kind": "daily_amount", "unit": "kg/d", "value": "20"}],
        terms=TERMS,
    )


async def told(holder: Holder) -> dict[str, Any]:
    """A report of the first quarter that says something of everything."""
    owed = await holder.obligations()
    at = [(each["kind"], each["period_start"]) for each in owed].index(("quarterly", "2025-01-01"))
    report = await holder.report(at)
    line = next(each for each in report["values"] if each["pollutant_code"] == "a21026")
    line |= {
        "rate_max": "1500",
        "rate_unit": "g/h",
        "rate_max_qualifier": "=",
        "amount_qualifier": "estimated",
    }
    line |= {"override_reason": "=按台账核对", "method": "manual", "no_data_code": None}
    return {
        **report,
        "production_days": 70,
        "stopped_from": "2025-03-20",
        "override_reason": "属实",
        "totals": [
            {"scope": "plant", "pollutant_code": "a21026", "amount_t": "9", "override_reason": "含无组织"}
        ],
        "special_values": [
            {"day": "2025-02-10", "outlet_code": "DA001", "pollutant_code": "a21026", "amount_kg": "12.5"},
            {
                "day": "2025-02-11",
                "outlet_code": "DA001",
                "pollutant_code": "a21026",
                "no_data_code": "stopped_production",
            },
        ],
        "facilities": [
            {"facility_code": "MF0001", "run_hours": "1500.5"},
            {"facility_code": "TA001", "run_hours": "1500"},
        ],
        "materials": [{"name": "原煤（烟煤）", "quantity": "3200.5", "unit": "t"}],
        "unpermitted_discharges": [
            {
                "outlet": "厂区北侧",
                "pollutant_code": "a21026",
                "first_day": "2025-01-10",
                "last_day": "2025-01-11",
                "explanation": "阀门误开",
            }
        ],
        "disclosures": [{"requirement": 1, "is_met": False, "explanation": "网站维护"}],
        "parts": [
            {"part": "controls", "text": "脱硫塔检修两日"},
            {"part": "conclusion", "text": "=总体达标"},
        ],
    }


def said(report: dict[str, Any]) -> dict[str, Any]:
    """Without the members that say nothing."""
    if not isinstance(report, dict):
        return report
    kept = {
        name: [said(each) for each in value] if isinstance(value, list) else value
        for name, value in report.items()
    }
    return {name: value for name, value in kept.items() if value not in (None, [])}


def fill(rows: list[list[Any]], report: dict[str, Any]) -> list[list[Any]]:
    """A blank as a person fills it in: rows of a section that have a place, and rows added where there is none."""
    filled_in: list[list[Any]] = []
    section, names, left = None, [], []
    for given in rows:
        mark, row = given[0], list(given)
        if mark in sections.BY_NAME:
            section, names = sections.BY_NAME[mark], [each for each in row[1:] if each]
            left = [dict(each) for each in report.get(section.name, ())]
        elif mark in sections.FORM:
            row = [mark, row[1], report.get(mark)]
        elif section is not None and mark == section.mark and left:
            line = left.pop(0)
            row = [mark, *(line.get(name) for name in names)]
        elif section is not None and mark in ("section", "end"):
            filled_in += [[None, *(line.get(name) for name in names)] for line in left]
            left = []
        filled_in.append(row)
    return filled_in


def test_every_member_of_a_report_has_a_cell_or_is_kept() -> None:
    lists = {"values", "totals", "special_values", "facilities", "materials"}
    lists |= {"unpermitted_discharges", "disclosures", "parts"}
    assert set(ReportContent.model_fields) - WITHOUT_CELL == set(sections.FORM) | lists
    assert set(sections.BY_NAME) == lists
    for name in lists - {"values"}:
        (element,) = ReportContent.model_fields[name].annotation.__args__  # type: ignore[union-attr]
        assert set(sections.BY_NAME[name].filled) == set(element.model_fields), name
    assert set(sections.VALUES.filled) == set(ValueContent.model_fields) - WITHOUT_COLUMN


@pytest.mark.parametrize("media_type", [XLSX, CSV])
async def test_a_blank_that_is_filled_in_says_the_same_report_as_json(
    holder: Holder, media_type: str
) -> None:
    report = await told(holder)
    suffix = "csv" if media_type == CSV else "xlsx"
    path = f"/v1/permits/obligations/{report['obligation_id']}/blank.{suffix}"
    content = (await holder.get(path)).content
    grid: Grid = from_csv(content) if media_type == CSV else grids_of(content)[0]
    known = {row[1] for row in grid.rows if row and row[0] == "row" and len(row) > 1}
    assert {"plant 全厂合计", "2025-02-10", "2025-02-11", "MF0001", "TA001"} <= known
    empty = filled(grid).document
    assert {name for name, value in empty.items() if value} == {"obligation_id", "values"}
    rows = fill([list(row) for row in grid.rows], report)
    sent = to_csv(rows) if media_type == CSV else written([("报告", rows)])
    [item] = items_of(Upload(media_type, sent))
    assert said(item.document) == said(report)
    answer = await send(holder, "checks", sent, media_type)
    direct = await holder.post(f"{REPORTS}/checks", report)
    [checked] = answer.json()["reports"]
    assert [(each["pointer"], each["code"]) for each in checked["errors"]] == [
        (each["pointer"], each["code"]) for each in direct.json()["errors"]
    ]


async def test_a_part_with_more_rows_than_a_sheet_takes_is_left_off_and_kept(holder: Holder) -> None:
    report = await told(holder)
    path = f"/v1/permits/obligations/{report['obligation_id']}/blank"
    blank = Blank.model_validate((await holder.get(path)).json())
    first = blank.special_days[0]
    days = [first.model_copy(update={"day": first.day + timedelta(days=at)}) for at in range(1500)]
    many = blank.model_copy(update={"special_days": days})
    assert "special_values" in filled(Grid("x", rows_of(many))).columns
    before = {"version": 1, **report}
    before["special_values"] = [
        {**report["special_values"][0], "day": (date(2025, 1, 1) + timedelta(days=at)).isoformat()}
        for at in range(4000)
    ]
    rows = rows_of(blank, before)
    assert len(rows) < MAX_ROWS
    sheet = filled(Grid("x", rows))
    assert sheet.errors == []
    assert "special_values" not in sheet.columns
    assert merged(sheet, before)["special_values"] == before["special_values"]
    assert merged(sheet, before)["disclosures"] == report["disclosures"]


@pytest.mark.parametrize("is_repudiated", [False, True])
async def test_a_correction_by_sheet_keeps_everything(holder: Holder, is_repudiated: bool) -> None:
    report = await told(holder)
    line = next(each for each in report["values"] if each["pollutant_code"] == "a21026")
    del line["amount_qualifier"]
    line |= {
        "amount_t": "1.25",
        "calculation": {"manual": [{"concentration": "100", "flow": "10000", "count": "1250"}]},
    }
    file = await sent(holder, holder.uscc)
    annexes = [{"attachment_id": file["id"], "purpose": "photograph"}]
    answer = await holder.post(REPORTS, {**report, "exceedance_explanation": "检修", "annexes": annexes})
    assert answer.status_code == 201, answer.text
    before = answer.json()["document"]
    path = f"/v1/permits/obligations/{report['obligation_id']}/blank.xlsx"
    sheet = load_workbook(io.BytesIO((await holder.get(path)).content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    reason = next(row for row in rows if row[0] == "corrects/reason")
    reason[2] = "补充说明"
    if is_repudiated:
        statement = {"version": 1, "statement": "账号被盗用，非本单位报送"}
        repudiation = f"{REPORTS}/{answer.json()['report']['id']}/repudiations"
        assert (await holder.post(repudiation, statement)).status_code == 201
    [taken] = (await send(holder, "reports", written([("更正", rows)]))).json()["results"]
    assert taken["result"] == "accepted", taken
    newest = (await holder.get(f"{REPORTS}/{taken['report_id']}")).json()["newest"]["document"]
    assert newest == {**before, "version": 2, "corrects_version": 1, "reason": "补充说明"}


BEFORE = {
    "version": 1,
    "stopped_from": "2025-03-20",
    "production_days": 70,
    "values": [
        {
            "outlet_code": "DA001",
            "pollutant_code": "a21026",
            "amount_t": "1.25",
            "volume_m3": "1000",
            "calculation": {"manual": []},
        }
    ],
    "facilities": [{"facility_code": "MF0001", "run_hours": "5"}],
    "disclosures": [{"requirement": 1, "is_met": True}],
}


class TestKeeping:
    """A sheet of an older form, without cells for what came later."""

    def sheet(self, amount: str) -> dict[str, Any]:
        names = ["outlet_code", "pollutant_code", "amount_t"]
        rows = [
            [sections.MARK],
            ["production_days", "生产天数", 60],
            ["values", *names],
            ["value", "DA001", "a21026", amount],
            ["disclosures", "requirement", "is_met"],
            ["row", 1, None],
            ["end"],
        ]
        return merged(filled(Grid("x", rows)), BEFORE)

    def test_what_it_has_no_cell_for_stays_and_what_was_emptied_goes(self) -> None:
        document = self.sheet("1.250")
        assert document["production_days"] == 60
        assert document["stopped_from"] == "2025-03-20"
        assert document["facilities"] == BEFORE["facilities"]
        assert "disclosures" not in document
        [line] = document["values"]
        assert (line["volume_m3"], line["calculation"], line["amount_t"]) == ("1000", {"manual": []}, "1.250")

    def test_another_amount_was_not_worked_out_that_way(self) -> None:
        [line] = self.sheet("2")["values"]
        assert "calculation" not in line
        assert line["volume_m3"] == "1000"
