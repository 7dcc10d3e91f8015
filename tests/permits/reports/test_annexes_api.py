"""Files annexed to execution reports: named before the signature, sealed by it, never changed after it."""

from __future__ import annotations

import io
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from services.kit import clock, rounds
from services.kit.database import Database
from services.kit.receipts import check_receipt
from services.permits.attachments import service
from tests.permits.attachments.files import DRAWING, PATH, send, sent
from tests.permits.reading import is_problem
from tests.support.town import Holder, Town

REPORTS, DRAFTS = "/v1/permits/reports", "/v1/permits/drafts"
KNOWN = ("name", "media_type", "size_bytes", "sha256")


@pytest.fixture
async def holder(town: Town) -> Holder:
    return await town.holder()


@pytest.fixture
async def database(town: Town) -> AsyncIterator[Database]:
    made = Database(town.stack.databases["permits"], pool_size=2)
    yield made
    await made.close()


def annex(file: dict[str, Any], purpose: str = "monitoring_report") -> dict[str, str]:
    return {"attachment_id": file["id"], "purpose": purpose}


def sealed(file: dict[str, Any], purpose: str = "monitoring_report") -> dict[str, Any]:
    return {**annex(file, purpose), **{name: file[name] for name in KNOWN}}


async def report_with(holder: Holder, *files: dict[str, Any]) -> dict[str, Any]:
    return {**await holder.report(), "annexes": [annex(file) for file in files]}


async def test_an_annex_is_signed_by_its_digest_and_stays_with_the_report(town: Town, holder: Holder) -> None:
    whole = await sent(holder, holder.uscc, name="监测报告.pdf")
    of_site = await sent(holder, holder.uscc, permit_number=holder.permit["permit_number"])
    answer = await holder.post(REPORTS, await report_with(holder, whole, of_site))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["document"]["annexes"] == [sealed(whole), sealed(of_site)]
    keys = (await town.public.get("/v1/permits/receipt-keys")).json()
    check_receipt(made["receipt"]["jws"], keys, document=made["document"])
    read = (await holder.get(f"{REPORTS}/{made['report']['id']}")).json()
    assert read["newest"]["document"]["annexes"] == [sealed(whole), sealed(of_site)]
    reviewer = await town.staff("reviewer")
    assert (await reviewer.get(f"{PATH}/{whole['id']}/content")).content == DRAWING
    printed = await holder.get(f"{REPORTS}/{made['report']['id']}/print", format="xlsx")
    (sheet,) = load_workbook(io.BytesIO(printed.content)).worksheets
    shown = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}
    assert {"监测报告.pdf", whole["sha256"], whole["id"], of_site["id"]} <= shown


async def test_a_report_without_annexes_says_that_it_has_none(holder: Holder) -> None:
    assert (await holder.submitted())["document"]["annexes"] == []


async def test_only_files_of_the_enterprise_and_the_site_are_annexed_and_once(
    town: Town, holder: Holder
) -> None:
    own, stranger, clerk = await sent(holder, holder.uscc), await town.holder(), await town.staff("clerk")
    theirs = await sent(stranger, stranger.uscc)
    other_site = town.permit_content(holder.uscc, serial=2)
    assert (await clerk.post("/v1/permits/permits", other_site)).status_code == 201
    elsewhere = await sent(holder, holder.uscc, permit_number=other_site["permit_number"])
    report = await report_with(holder, own, own, theirs, elsewhere, {"id": str(uuid.uuid4())})
    expected = [
        ("/annexes/1/attachment_id", "attachment_twice"),
        *((f"/annexes/{at}/attachment_id", "attachment_unknown") for at in (2, 3, 4)),
    ]
    checked = (await holder.post(f"{REPORTS}/checks", report)).json()
    assert [(each["pointer"], each["code"]) for each in checked["errors"]] == expected
    refused = await holder.post(REPORTS, report)
    assert is_problem(refused, 422, "report_invalid")
    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == expected
    assert all(each["article"] for each in refused.json()["errors"] if each["code"] == "attachment_unknown")
    draft = (await holder.post(DRAFTS, report)).json()
    assert [(each["pointer"], each["code"]) for each in draft["findings"]] == expected
    printed = await holder.get(f"{DRAFTS}/{draft['id']}/print")
    assert printed.status_code == 200
    signature = await holder.post(f"{DRAFTS}/{draft['id']}/signature", {"version": 1})
    assert is_problem(signature, 422, "report_invalid")
    assert (await holder.get(REPORTS)).json()["items"] == []


@pytest.mark.parametrize(
    "annexes",
    [
        [{"attachment_id": "x", "purpose": "other"}],
        [{"attachment_id": str(uuid.uuid4()), "purpose": "site_plan"}],
        [{"attachment_id": str(uuid.uuid4())}],
        [{"attachment_id": str(uuid.uuid4()), "purpose": "other", "sha256": "ab" * 32}],
        [{"attachment_id": str(uuid.uuid4()), "purpose": "other"}] * 51,
        None,
        {},
    ],
)
async def test_what_is_no_annex_is_refused(holder: Holder, annexes: Any) -> None:
    answer = await holder.post(REPORTS, {**await holder.report(), "annexes": annexes})
    assert is_problem(answer, 422, "invalid_document")
    assert all(each["pointer"].startswith("/annexes") for each in answer.json()["errors"])


async def test_a_draft_gains_annexes_until_it_is_signed(holder: Holder) -> None:
    first, second = [await sent(holder, holder.uscc) for _ in range(2)]
    draft = (await holder.post(DRAFTS, await report_with(holder, first))).json()
    content = {**draft["content"], "annexes": [annex(first), annex(second, "photograph")]}
    changed = await holder.http.put(f"{DRAFTS}/{draft['id']}", json=content, headers={"If-Match": "*"})
    assert changed.json()["content"]["annexes"] == content["annexes"]
    signed = await holder.post(f"{DRAFTS}/{draft['id']}/signature", {"version": 2})
    assert signed.status_code == 201, signed.text
    assert signed.json()["document"]["annexes"] == [sealed(first), sealed(second, "photograph")]


async def test_a_correction_carries_its_own_and_the_version_before_keeps_its(holder: Holder) -> None:
    first, second = [await sent(holder, holder.uscc) for _ in range(2)]
    report = await report_with(holder, first)
    made = (await holder.post(REPORTS, report)).json()
    versions = f"{REPORTS}/{made['report']['id']}/versions"
    content = {name: each for name, each in report.items() if name != "obligation_id"}
    correction = {**content, "annexes": [annex(second)], "corrects_version": 1, "reason": "补附件"}
    corrected = await holder.post(versions, correction)
    assert corrected.status_code == 201, corrected.text
    assert corrected.json()["document"]["annexes"] == [sealed(second)]
    assert (await holder.get(f"{versions}/1")).json()["document"]["annexes"] == [sealed(first)]


async def test_what_a_report_or_a_draft_names_is_kept_and_the_rest_forgotten(
    holder: Holder, database: Database
) -> None:
    signed, drafted, discarded, idle = [await sent(holder, holder.uscc) for _ in range(4)]
    assert (await holder.post(REPORTS, await report_with(holder, signed))).status_code == 201
    thrown = {**await holder.report(), "annexes": [annex(discarded)]}
    draft = (await holder.post(DRAFTS, thrown)).json()
    ended = await holder.post(f"{DRAFTS}/{draft['id']}/discard", None, **{"If-Match": "*"})
    assert ended.status_code == 200
    kept = {**await holder.report(), "annexes": [annex(drafted)]}
    assert (await holder.post(DRAFTS, kept)).status_code == 201
    with clock.at(clock.now() + timedelta(days=91)):
        await rounds.make(database, service.forgetting(90))
    left = {each["id"] for each in (await holder.get(PATH, uscc=holder.uscc)).json()["items"]}
    assert left == {signed["id"], drafted["id"]}
    assert is_problem(await holder.get(f"{PATH}/{idle['id']}"), 404, "attachment_not_found")


async def test_the_database_keeps_what_was_signed(holder: Holder, database: Database) -> None:
    file = await sent(holder, holder.uscc)
    assert (await holder.post(REPORTS, await report_with(holder, file))).status_code == 201
    for statement in (
        "UPDATE attachment_piece SET content = 'x' WHERE attachment_id = :id",
        "UPDATE attachment SET sha256 = 'x' WHERE id = :id",
        "DELETE FROM report_annex WHERE attachment_id = :id",
        "DELETE FROM attachment WHERE id = :id",
    ):
        with pytest.raises(sa.exc.DBAPIError):
            async with database.transaction() as session:
                await session.exec(sa.text(statement), params={"id": file["id"]})


async def test_what_is_annexed_no_longer_waits(holder: Holder, database: Database) -> None:
    file = await sent(holder, holder.uscc)
    assert (await holder.post(REPORTS, await report_with(holder, file))).status_code == 201
    async with database.transaction() as session:
        await session.exec(sa.text("ALTER TABLE attachment DISABLE TRIGGER attachment_never_changed"))
        grown = sa.text("UPDATE attachment SET size_bytes = 1073741824 WHERE id = :id")
        await session.exec(grown, params={"id": file["id"]})
        await session.exec(sa.text("ALTER TABLE attachment ENABLE TRIGGER attachment_never_changed"))
    assert (await send(holder, DRAWING, uscc=holder.uscc)).status_code == 201


async def test_the_public_sees_no_annex(town: Town, holder: Holder) -> None:
    file = await sent(holder, holder.uscc, name="含人名的报告.pdf")
    made = (await holder.post(REPORTS, await report_with(holder, file))).json()
    reviewer = await town.staff("reviewer")
    accepted = {"version": 1, "decision": "accept"}
    report = made["report"]["id"]
    assert (await reviewer.post(f"{REPORTS}/{report}/reviews", accepted)).status_code == 201
    public = await town.public.get(f"/v1/permits/disclosure/reports/{report}")
    assert public.status_code == 200
    for secret in ("annexes", file["id"], file["sha256"], file["name"]):
        assert secret not in public.text
    assert (await town.public.get(f"{PATH}/{file['id']}/content")).status_code == 401
