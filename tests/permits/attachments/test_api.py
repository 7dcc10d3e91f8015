"""Files of applications, through the gateway."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.kit import clock, rounds
from services.kit.database import Database
from services.kit.ids import new_id
from services.permits.attachments import service
from tests.permits.applications.desk import Applicant, applicant, everything, ok, refused
from tests.permits.attachments.files import DRAWING, PATH, PDF, send, sent
from tests.support.town import Town


@pytest.fixture
async def one(town: Town) -> Applicant:
    return await applicant(town)


@pytest.fixture
async def database(town: Town) -> AsyncIterator[Database]:
    made = Database(town.stack.databases["permits"], pool_size=2)
    yield made
    await made.close()


async def test_a_file_comes_back_as_it_was_sent(town: Town, one: Applicant) -> None:
    file = await sent(one.caller, one.uscc, name="管网布置图.pdf")
    digest = hashlib.sha256(DRAWING)
    assert (file["size_bytes"], file["sha256"]) == (len(DRAWING), digest.hexdigest())
    assert (file["name"], file["permit_number"], file["sent_by"]) == (
        "管网布置图.pdf",
        None,
        str(one.caller.account),
    )
    answer = await one.caller.get(f"{PATH}/{file['id']}/content")
    assert (answer.status_code, answer.content) == (200, DRAWING)
    assert answer.headers["content-type"] == PDF
    assert answer.headers["content-length"] == str(len(DRAWING))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].endswith("%E7%AE%A1%E7%BD%91%E5%B8%83%E7%BD%AE%E5%9B%BE.pdf")
    assert answer.headers["content-digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    again = await one.caller.http.get(
        f"{PATH}/{file['id']}/content", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert (await one.caller.get(f"{PATH}/{file['id']}")).json() == file
    assert await everything(one.caller, PATH) == [file]


async def test_the_bureau_reads_it_for_a_purpose_and_that_is_logged(town: Town, one: Applicant) -> None:
    file = await sent(one.caller, one.uscc)
    reviewer = await town.staff("reviewer")
    answer = await reviewer.get(f"{PATH}/{file['id']}/content")
    assert answer.content == DRAWING
    auditor = await town.staff("auditor")
    log = await auditor.get("/v1/read-log", record=file["id"])
    assert [(each["purpose"], each["usccs"]) for each in log.json()["items"]] == [("supervision", [one.uscc])]
    without = await reviewer.http.get(f"{PATH}/{file['id']}/content", headers={"Steppe-Purpose": ""})
    refused(without, 400, "purpose_unknown")


async def test_another_enterprise_neither_sees_nor_sends(town: Town, one: Applicant) -> None:
    file = await sent(one.caller, one.uscc)
    stranger = (await applicant(town)).caller
    for path in (f"{PATH}/{file['id']}", f"{PATH}/{file['id']}/content"):
        refused(await stranger.get(path), 404, "attachment_not_found")
    assert await everything(stranger, PATH) == []
    refused(await send(stranger, DRAWING, uscc=one.uscc), 404, "enterprise_not_found")
    clerk = await town.staff("clerk")
    refused(await send(clerk, DRAWING, uscc=one.uscc), 403, "forbidden")


async def test_a_retry_sends_it_once(one: Applicant) -> None:
    key = str(new_id())
    answers = await asyncio.gather(*(send(one.caller, DRAWING, uscc=one.uscc, key=key) for _ in range(3)))
    assert {each.status_code for each in answers} == {201}
    assert len({each.json()["id"] for each in answers}) == 1
    assert len(await everything(one.caller, PATH)) == 1
    other = await send(one.caller, DRAWING[:-1], uscc=one.uscc, key=key)
    refused(other, 422, "idempotency_key_reused")


async def test_what_is_wrong_with_a_file_is_said_at_once(one: Applicant) -> None:
    found = refused(
        await send(one.caller, b"MZ\x90", uscc=one.uscc, name="../a.exe"), 422, "attachment_invalid"
    )
    assert {each["code"] for each in found["errors"]} == {
        "file_name_forbidden",
        "file_name_ending",
        "file_of_another_form",
    }
    refused(
        await send(one.caller, DRAWING, uscc=one.uscc, media_type="text/html"), 415, "unsupported_media_type"
    )
    refused(await send(one.caller, b"", uscc=one.uscc), 400, "file_empty")
    wrong = await send(one.caller, DRAWING, uscc=one.uscc, permit_number=f"{one.uscc}009P")
    refused(wrong, 404, "permit_not_found")
    assert await everything(one.caller, PATH) == []


async def test_a_client_that_leaves_in_the_middle_leaves_nothing(one: Applicant) -> None:
    async def half() -> AsyncIterator[bytes]:
        yield DRAWING[:300_000]
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        await send(one.caller, half(), uscc=one.uscc)
    assert await everything(one.caller, PATH) == []


async def test_a_file_over_64_mebibytes_is_refused(one: Applicant) -> None:
    async def too_much() -> AsyncIterator[bytes]:
        yield b"%PDF-1.7\n"
        for _ in range(64):
            yield bytes(1024 * 1024)

    found = refused(await send(one.caller, too_much(), uscc=one.uscc), 413, "content_too_large")
    assert found["limit_bytes"] == 64 * 1024 * 1024
    assert await everything(one.caller, PATH) == []


async def test_too_much_that_no_application_names_is_refused(one: Applicant, database: Database) -> None:
    file = await sent(one.caller, one.uscc)
    async with database.transaction() as session:
        await session.exec(sa.text("ALTER TABLE attachment DISABLE TRIGGER attachment_never_changed"))
        grown = sa.text("UPDATE attachment SET size_bytes = 1073741824 WHERE id = :id")
        await session.exec(grown, params={"id": file["id"]})
        await session.exec(sa.text("ALTER TABLE attachment ENABLE TRIGGER attachment_never_changed"))
    found = refused(await send(one.caller, DRAWING, uscc=one.uscc), 409, "attachments_waiting")
    assert found["limit_bytes"] == 1073741824


async def test_an_application_seals_what_it_attaches(town: Town, one: Applicant) -> None:
    file = await sent(one.caller, one.uscc)
    named = {"attachment_id": file["id"], "purpose": "site_plan"}
    application = await one.applied(attachments=[named])
    document = application["newest"]["document"]
    known = {name: file[name] for name in ("name", "media_type", "size_bytes", "sha256")}
    assert document["attachments"] == [{**named, **known}]


async def test_an_application_attaches_what_is_its_own_and_once(town: Town, one: Applicant) -> None:
    file = await sent(one.caller, one.uscc)
    stranger = await applicant(town)
    theirs = await sent(stranger.caller, stranger.uscc)
    named = [{"attachment_id": each["id"], "purpose": "other"} for each in (file, file, theirs)]
    answer = await one.caller.post("/v1/permits/applications", one.application(attachments=named))
    found = refused(answer, 422, "application_invalid")
    assert [(each["pointer"], each["code"]) for each in found["errors"]] == [
        ("/attachments/1/attachment_id", "attachment_twice"),
        ("/attachments/2/attachment_id", "attachment_unknown"),
    ]


@pytest.mark.parametrize("purpose", ["x", None, 1, "monitoring_report"])
async def test_what_a_file_is_attached_for_is_one_of_the_list(one: Applicant, purpose: object) -> None:
    named = [{"attachment_id": str(new_id()), "purpose": purpose}, {"attachment_id": str(new_id())}]
    answer = await one.caller.post("/v1/permits/applications", one.application(attachments=named))
    found = refused(answer, 422, "invalid_document")
    assert {"/attachments/0/purpose", "/attachments/1/purpose"} <= {
        each["pointer"] for each in found["errors"]
    }


async def test_what_nobody_names_is_forgotten_in_time_and_nothing_else(
    one: Applicant, database: Database
) -> None:
    applied, drafted, idle = [await sent(one.caller, one.uscc) for _ in range(3)]
    await one.applied(attachments=[{"attachment_id": applied["id"], "purpose": "other"}])
    draft = one.application(attachments=[{"attachment_id": drafted["id"], "purpose": "other"}])
    draft["content"]["site_name"] = "二号厂区"
    ok(await one.caller.post("/v1/permits/application-drafts", draft))
    await rounds.make(database, service.forgetting(1))
    assert len(await everything(one.caller, PATH)) == 3
    later = clock.now() + timedelta(days=91)
    with clock.at(later):
        await rounds.make(database, service.forgetting(90))
    left = {each["id"] for each in await everything(one.caller, PATH)}
    assert left == {applied["id"], drafted["id"]}
    refused(await one.caller.get(f"{PATH}/{idle['id']}/content"), 404, "attachment_not_found")
    async with database.transaction() as session:
        pieces = sa.text("SELECT count(*) FROM attachment_piece WHERE attachment_id = :id")
        assert (await session.exec(pieces, params={"id": idle["id"]})).scalar_one() == 0


async def test_the_database_keeps_what_was_submitted(one: Applicant, database: Database) -> None:
    file = await sent(one.caller, one.uscc)
    await one.applied(attachments=[{"attachment_id": file["id"], "purpose": "other"}])
    for statement in (
        "UPDATE attachment_piece SET content = 'x' WHERE attachment_id = :id",
        "UPDATE attachment SET sha256 = 'x' WHERE id = :id",
        "DELETE FROM attachment_use WHERE attachment_id = :id",
        "DELETE FROM attachment WHERE id = :id",
    ):
        with pytest.raises(sa.exc.DBAPIError):
            async with database.transaction() as session:
                await session.exec(sa.text(statement), params={"id": file["id"]})
