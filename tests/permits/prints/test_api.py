"""The printable report over HTTP: before it is signed, as it was signed, and alike at every asking."""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
import uuid
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from services.kit.uploads import XLSX
from tests.permits.drafts.tokens import agent
from tests.permits.reading import is_problem
from tests.permits.sheets.test_round_trip import told, with_everything
from tests.support.town import Caller, Holder, Town

REPORTS, DRAFTS = "/v1/permits/reports", "/v1/permits/drafts"


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    return await town.holder()


@pytest.fixture(scope="module")
async def submitted(holder: Holder) -> dict[str, Any]:
    return await holder.submitted()


def print_of(submitted: dict[str, Any]) -> str:
    return f"{REPORTS}/{submitted['report']['id']}/print"


def is_pdf(answer: httpx.Response) -> bytes:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    return answer.content


def said(answer: httpx.Response) -> str:
    """What stands on a printed workbook."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == XLSX
    (sheet,) = load_workbook(io.BytesIO(answer.content)).worksheets
    return "\n".join(
        str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None
    )


async def draft_of(holder: Holder, report: dict[str, Any]) -> dict[str, Any]:
    answer = await holder.post(DRAFTS, report)
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def test_a_signed_report_is_printed_with_what_proves_it(
    town: Town, holder: Holder, submitted: dict[str, Any]
) -> None:
    answer = await holder.get(print_of(submitted))
    content = is_pdf(answer)
    assert answer.headers["etag"] == f'"{hashlib.sha256(content).hexdigest()}"'
    shown = said(await holder.get(print_of(submitted), format="xlsx"))
    assert "未签署" not in shown
    receipt = submitted["receipt"]
    for each in (receipt["receipt_id"], receipt["document_sha256"], receipt["jws"], str(holder.account)):
        assert each in shown
    (verify_at,) = {each for each in shown.splitlines() if "/disclosure/receipts/" in each}
    assert verify_at.encode() in _metadata(content)
    path = re.sub(r"^https?://[^/]+", "", verify_at)
    public = await town.public.get(path)
    assert (public.status_code, public.json()["document_sha256"]) == (200, receipt["document_sha256"])
    page = await town.public.get(path, headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert receipt["document_sha256"] in page.text
    assert "为最新版本" in page.text


def _metadata(pdf: bytes) -> bytes:
    found = re.search(rb"/Subject \((.*?)\)", pdf)
    assert found
    return found[1]


@pytest.mark.parametrize("form", ["pdf", "xlsx"])
async def test_a_version_is_printed_alike_whoever_asks_when_and_whatever_the_register_says_by_then(
    town: Town, form: str
) -> None:
    holder, clerk, reviewer = await town.holder(), await town.staff("clerk"), await town.staff("reviewer")
    path = print_of(await holder.submitted())
    at_once = await asyncio.gather(*(holder.get(path, format=form) for _ in range(4)))
    assert len({answer.content for answer in at_once}) == 1
    renamed = await clerk.http.patch(
        f"/v1/permits/enterprises/{holder.uscc}", json={"name": "改名公司"}, headers={"If-Match": "*"}
    )
    assert renamed.status_code == 200
    again = await reviewer.get(path, format=form)
    assert again.content == at_once[0].content
    known = await holder.http.get(
        path, params={"format": form}, headers={"if-none-match": again.headers["etag"]}
    )
    assert known.status_code == 304


async def test_a_permit_that_is_changed_later_for_days_before_leaves_a_print_as_it_was(town: Town) -> None:
    holder, clerk = await town.holder(), await town.staff("clerk")
    submitted = await holder.submitted()
    change = town.version_content(holder.uscc, basis={"kind": "change", "effective_from": "2025-01-02"})
    changed = await clerk.post(f"/v1/permits/permits/{holder.permit['permit_number']}/versions", change)
    assert changed.status_code == 201, changed.text
    shown = said(await holder.get(print_of(submitted), format="xlsx"))
    assert "第1版，自2025-01-01至2029-12-31止" in shown
    assert "一号厂区" in shown
    assert "新厂区" not in shown


async def test_a_draft_is_printed_as_it_will_be_signed(town: Town) -> None:
    holder = await with_everything(town)
    draft = await draft_of(holder, await told(holder))
    path = f"{DRAFTS}/{draft['id']}/print"
    before = is_pdf(await holder.get(path))
    assert is_pdf(await holder.get(path)) == before
    preview = said(await holder.get(path, format="xlsx"))
    assert preview.splitlines()[3] == "未签署 DRAFT"
    signed = await holder.post(f"{DRAFTS}/{draft['id']}/signature", {"version": 1})
    assert signed.status_code == 201, signed.text
    ended = await holder.get(path)
    assert is_problem(ended, 409, "draft_ended")
    report = signed.json()["report"]["id"]
    assert (ended.json()["state"], ended.json()["report"]) == ("signed", f"{REPORTS}/{report}")
    final = said(await holder.get(f"{REPORTS}/{report}/print", format="xlsx"))
    body, _, signature = final.partition("签署与回执")
    assert body.splitlines()[3:].index("单位名称") == 0
    first = preview.index("单位名称")
    kept = preview[first : preview.index("本件为签署前的预览")].replace("报告版本\n第1版\n", "")
    assert kept.strip() == body[body.index("单位名称") :].replace("报告版本\n第1版\n", "").strip()
    assert signed.json()["receipt"]["receipt_id"] in signature


async def test_a_draft_says_what_would_refuse_its_signature(holder: Holder) -> None:
    report = await holder.report(1)
    draft = await draft_of(holder, {**report, "production_days": 99, "values": []})
    shown = said(await holder.get(f"{DRAFTS}/{draft['id']}/print", format="xlsx"))
    assert "签署前须处理的问题" in shown
    for each in draft["findings"]:
        assert f"{each['pointer']}：{each['detail_zh']}" in shown
    discarded = await holder.post(f"{DRAFTS}/{draft['id']}/discard", None, **{"If-Match": "*"})
    assert discarded.status_code == 200
    ended = await holder.get(f"{DRAFTS}/{draft['id']}/print")
    assert is_problem(ended, 409, "draft_ended")
    assert "report" not in ended.json()


async def test_each_version_of_a_corrected_report_has_its_own_print(town: Town) -> None:
    holder = await town.holder()
    report = await holder.report()
    first = (await holder.post(REPORTS, report)).json()
    content = {name: each for name, each in report.items() if name != "obligation_id"}
    path = print_of(first)
    before = is_pdf(await holder.get(path))
    correction = {**content, "production_days": 61, "corrects_version": 1, "reason": "更正生产天数"}
    second = await holder.post(f"{REPORTS}/{first['report']['id']}/versions", correction)
    assert second.status_code == 201, second.text
    assert is_pdf(await holder.get(path, version=1)) == before
    shown = said(await holder.get(path, format="xlsx"))
    for each in ("第2版", "更正第1版", "更正原因：更正生产天数", second.json()["receipt"]["receipt_id"]):
        assert each in shown
    receipt_of_first = f"/v1/permits/disclosure/receipts/{first['receipt']['receipt_id']}"
    page = await town.public.get(receipt_of_first, headers={"accept": "text/html"})
    assert "该版已被更正" in page.text
    assert is_problem(await holder.get(path, version=3), 404, "report_not_found")


async def test_a_report_that_is_nowhere_yet_is_printed_and_nothing_is_saved(town: Town) -> None:
    holder = await town.holder()
    report = await holder.report()
    is_pdf(await holder.post(f"{REPORTS}/print", report))
    wrong = {**report, "production_days": 99}
    shown = said(await holder.post(f"{REPORTS}/print?format=xlsx", wrong))
    assert "未签署 DRAFT" in shown
    assert "签署前须处理的问题" in shown
    assert (await holder.get(REPORTS)).json()["items"] == []
    assert (await holder.get(DRAFTS)).json()["items"] == []
    assert is_problem(await holder.post(f"{REPORTS}/print", {**report, "values": 1}), 422, "invalid_document")
    twice = await holder.post(f"{REPORTS}/print", {**wrong, "exceedance_explanation": 1})
    assert {"/exceedance_explanation", "/production_days"} <= {
        each["pointer"] for each in twice.json()["errors"]
    }
    unknown = {**report, "obligation_id": str(uuid.uuid4())}
    assert is_problem(await holder.post(f"{REPORTS}/print", unknown), 404, "obligation_not_found")


async def test_who_may_not_read_it_prints_nothing(
    town: Town, holder: Holder, submitted: dict[str, Any]
) -> None:
    other = await town.holder()
    path = print_of(submitted)
    assert is_problem(await other.get(path), 404, "report_not_found")
    assert (await town.public.get(path)).status_code == 401
    draft = await draft_of(holder, await holder.report(2))
    assert is_problem(await other.get(f"{DRAFTS}/{draft['id']}/print"), 404, "draft_not_found")
    of_another = await other.post(f"{REPORTS}/print", await holder.report(2))
    assert is_problem(of_another, 404, "obligation_not_found")
    reviewer = await town.staff("reviewer")
    assert (await reviewer.get(f"{DRAFTS}/{draft['id']}/print")).status_code == 403


async def test_an_agent_prints_what_it_filed(town: Town) -> None:
    holder = await town.holder()
    preparer = await agent(town, holder)
    draft = await preparer.post(DRAFTS, await holder.report())
    is_pdf(await preparer.get(f"{DRAFTS}/{draft.json()['id']}/print"))


@pytest.mark.parametrize(
    "query", [{"format": "docx"}, {"version": "0"}, {"version": "x"}, {"format": ""}, {"version": str(2**31)}]
)
async def test_a_wrong_form_or_version_is_refused(
    holder: Holder, submitted: dict[str, Any], query: dict[str, str]
) -> None:
    assert (await holder.get(print_of(submitted), **query)).status_code == 400


async def test_what_the_bureau_prints_is_in_the_read_log(town: Town, submitted: dict[str, Any]) -> None:
    reviewer: Caller = await town.staff("reviewer")
    is_pdf(await reviewer.get(print_of(submitted)))
    without = await town.direct("permits", reviewer.token)
    without.headers.pop("Steppe-Purpose", None)
    assert is_problem(await without.get(print_of(submitted)), 400, "purpose_required")
