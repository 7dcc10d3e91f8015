"""Whatever a report says is printed, in the order of HJ 944-2018, and its print says whether it was signed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from openpyxl import load_workbook

from services.kit import clock
from services.permits.documents.rendering import render
from services.permits.documents.sheets import Table, Words, texts
from services.permits.prints.content import sheet
from services.permits.prints.schemas import Basis
from services.permits.prints.workbook import workbook
from services.permits.reports.rules_parts import PARTS
from services.permits.reports.schemas import (
    ReportContent,
    SpecialValueContent,
    TotalContent,
    UnpermittedDischarge,
    ValueContent,
)
from tests.permits.prints.example import BASIS, document, printed

SAID_OTHERWISE = {
    *(
        "kind",
        "part",
        "requirement",
        "is_met",
        "scope",
        "unit",
        "substituted",
        "method",
        "amount_unit",
        "rate_unit",
    ),
    *(
        "concentration_average_qualifier",
        "rate_max_qualifier",
        "amount_qualifier",
        "treats",
        "management_class",
    ),
    *("purpose", "permit_year", "period", "alert_level", "prohibited", "standard"),
}


def scalars(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for member, each in value.items():
            yield from scalars(each, member)
    elif isinstance(value, list):
        for each in value:
            yield from scalars(each, name)
    elif value is not None and name not in SAID_OTHERWISE:
        yield name, value


def printed_text(**changes: Any) -> str:
    return "\n".join(texts(sheet(printed(**changes))))


def cells(title: str, **changes: Any) -> list[tuple[str, ...]]:
    part = next(each for each in sheet(printed(**changes)).parts if each.title.endswith(title))
    assert isinstance(part, Table)
    return [row.cells for row in part.rows]


def test_the_example_says_something_of_every_member() -> None:
    Basis.model_validate(BASIS)
    said = document()
    assert set(ReportContent.model_fields) <= set(said)
    lines = {
        "values": ValueContent,
        "totals": TotalContent,
        "special_values": SpecialValueContent,
        "unpermitted_discharges": UnpermittedDischarge,
    }
    for name, model in lines.items():
        stated = {member for line in said[name] for member, each in line.items() if each is not None}
        left_out = (
            {"amount_t", "concentration_unit", "concentration_max_qualifier"} if name == "values" else set()
        )
        assert set(model.model_fields) - stated == left_out


def test_everything_that_a_report_says_is_printed_hj_944() -> None:
    said = printed_text()
    for name, value in [*scalars(document()), *scalars(BASIS)]:
        assert str(value) in said, (name, value)


def test_every_figure_stands_beside_its_limit_with_qualifier_unit_and_reason() -> None:
    air, water = cells("各排放口排放情况")[1], cells("各排放口排放情况")[3]
    assert air[0] == "二氧化硫\na21026"
    assert air[1].splitlines() == [
        "小时浓度 200 mg/m³，承诺 180 mg/m³",
        "年排放量 12 t/a",
        "小时浓度 150 mg/m³（2025-02-01至2025-03-31）",
    ]
    assert air[2:8] == (
        "207 mg/m³",
        "<0.5 mg/m³",
        "≥1500 g/h",
        "估算 1250.5 kg\n（1.2505 t）",
        "9876543 m³",
        "手工监测",
    )
    assert water[0] == "w01018"
    assert water[2:8] == ("—",) * 6
    assert "insufficient_flow" in water[8]
    special = cells("特殊时段排放情况")
    assert special[0][3] == "橙色预警及以上 日排放量 20 kg/d"
    assert special[1][1] == "全厂"
    assert "全厂合计" in cells("合计排放量")[0]
    assert cells("超过许可限值的情况（按提交时的核对）")[1][-3:] == ("0 mg/m³", "3.125 mg/m³", "—")


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        ({"concentration_max": "5", "concentration_unit": "ug/m3"}, "5 ug/m3"),
        ({"concentration_max": "5", "concentration_max_qualifier": "="}, "5 mg/m³"),
        ({"concentration_max": "0"}, "0 mg/m³"),
        ({"concentration_max": "5", "concentration_max_qualifier": "too_numerous"}, "多不可计 5 mg/m³"),
        ({"concentration_max": None}, "—"),
    ],
)
def test_a_figure_is_printed_as_it_was_stated(stated: dict[str, Any], shown: str) -> None:
    line = {"outlet_code": "DA001", "pollutant_code": "a21026", "amount_t": "1", "method": "manual", **stated}
    assert cells("各排放口排放情况", document=document(values=[line]))[1][2] == shown


def test_an_annex_is_printed_with_its_digest_and_one_that_is_not_there_with_its_identity() -> None:
    (there, gone) = cells("附件清单")
    assert there[1:5] == ("监测报告", "一季度监测报告.pdf", "application/pdf\n778899 B", "cd" * 32)
    assert gone[1:] == ("照片", "—", "—", "—", "0199f0a2-2222-7c11-9a5b-0123456789ab")


def test_an_annual_report_has_the_thirteen_parts_of_hj_944_in_their_order_and_says_which_it_leaves_out() -> (
    None
):
    parts = [{"part": "conclusion", "text": "总体达标"}, {"part": "compliance", "text": "无处罚"}]
    changes = {"kind": "annual", "parts": parts, "annexes": [], "override_reason": None}
    made = sheet(printed(document=document(**changes), warnings=[]))
    chapters = [
        each
        for each in made.parts
        if isinstance(each, Words) and re.match("[一二三四五六七八九十]+、", each.title)
    ]
    assert [each.title.partition("、")[2] for each in chapters] == [
        "基本信息",
        *(text.zh for text in PARTS.values()),
        "附件",
    ]
    assert len(chapters) == 13
    by_title = {each.title.partition("、")[2]: each.paragraphs for each in chapters}
    assert by_title["自行监测执行情况"] == ("（未说明）",)
    assert by_title["结论"] == ("总体达标",)
    assert by_title["附件"] == ("（无）",)


def test_a_short_report_has_the_parts_of_which_it_says_something_hj_944() -> None:
    parts = [{"part": "controls", "text": "正常"}]
    bare = document(parts=parts, disclosures=[], annexes=[], override_reason=None, x_whole=None)
    made = sheet(printed(document=bare, warnings=[]))
    chapters = [each.title for each in made.parts if re.match("[一二三四五六七八九十]+、", each.title)]
    assert chapters == ["一、基本信息", "二、污染防治设施运行情况", "三、实际排放情况及合规判定分析"]


def test_until_it_is_signed_every_page_says_so_and_nothing_proves_it() -> None:
    draft = sheet(printed(signature=None, draft="草稿第2版"))
    assert draft.stamp is not None
    assert draft.stamp.word == "未签署 DRAFT"
    assert "草稿第2版" in draft.stamp.detail
    assert draft.verify_at == ""
    signed = sheet(printed())
    assert signed.stamp is None
    for each in (
        "R-2025-0001",
        "ab" * 32,
        "2025-04-10T09:00:00+08:00",
        "0199f0a2-7c3e-7c11-9a5b-0123456789ab",
    ):
        assert each in "\n".join(texts(signed))
        assert each not in "\n".join(texts(draft))


def test_what_is_signed_is_printed_as_it_was_before() -> None:
    signed = sheet(printed())
    draft = sheet(printed(signature=None, draft="草稿第2版"))
    assert signed.parts[:-1] == draft.parts
    assert signed.parts[-1].title == "签署与回执"
    assert signed.facts == draft.facts


def test_what_would_refuse_the_signature_is_said_first() -> None:
    finding = {"pointer": "/production_days", "code": "x", "detail_zh": "天数过多", "article": None}
    first = sheet(printed(signature=None, findings=[finding])).parts[0]
    assert isinstance(first, Words)
    assert first.paragraphs == ("1. /production_days：天数过多",)


def test_the_same_report_gives_the_same_bytes_whenever_it_is_printed() -> None:
    made = sheet(printed())
    with clock.at(datetime(2026, 1, 1, tzinfo=UTC)):
        first = render(made, document_id="a"), workbook(made)
    with clock.at(datetime(2027, 1, 1, tzinfo=UTC)):
        assert (render(made, document_id="a"), workbook(made)) == first
    assert first[0].startswith(b"%PDF-")
    assert b"1980-01-01" in _part(first[1], "docProps/core.xml")


def _part(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        return archive.read(name)


def test_the_workbook_says_what_the_pdf_says_and_runs_no_formula() -> None:
    parts = [{"part": "conclusion", "text": "=1+1"}, {"part": "ledger", "text": "控制字符\x07之外"}]
    made = sheet(printed(document=document(parts=parts), signature=None, draft="草稿第2版"))
    (only,) = load_workbook(io.BytesIO(workbook(made))).worksheets
    shown = [str(cell) for row in only.iter_rows(values_only=True) for cell in row if cell is not None]
    assert shown[0].startswith("排污许可证执行报告")
    assert "未签署 DRAFT" in shown
    assert "'=1+1" in shown
    of_sheet = {each for each in texts(made) if each and "\x07" not in each and not each.startswith("=")}
    assert of_sheet <= {*shown, made.title, made.subtitle}


@pytest.mark.parametrize("text", ["长" * 4000, "\n".join("行" * 2000), "《<b>&\u202d𠮷" * 50])
def test_texts_of_any_length_take_pages(text: str) -> None:
    parts = [{"part": part, "text": text} for part in PARTS]
    values = [{**document()["values"][0], "override_reason": text}]
    said = document(
        parts=parts, values=values, reason=text, exceedance_explanation=text, override_reason=text
    )
    pdf = render(sheet(printed(document=said)), document_id="a")
    assert pdf.startswith(b"%PDF-")


def test_a_report_of_many_lines_takes_pages() -> None:
    first = document()["values"][0]
    many = [{**first, "outlet_code": f"DA{index // 10:03}", "calculation": None} for index in range(10, 510)]
    made = sheet(printed(document=document(values=many)))
    assert len(re.findall(rb"/Type /Page\b", render(made, document_id="a"))) > 20


def test_a_document_that_states_only_what_it_must_is_printed() -> None:
    bare = {
        name: each
        for name, each in document().items()
        if name
        in ("permit_number", "uscc", "kind", "period_start", "period_end", "obligation_id", "production_days")
    }
    made = sheet(replace(printed(), document={**bare, "values": []}))
    assert render(made, document_id="a").startswith(b"%PDF-")
