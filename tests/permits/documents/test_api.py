"""The 正本 and 副本 of a permit over HTTP: made once, signed, verified by anybody, struck when they do not hold."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.kit.receipts_cli import main
from tests.permits.endings.bureau import end
from tests.permits.reading import is_problem
from tests.support.town import Caller, Holder, Town

DISCLOSURE = "/v1/permits/disclosure"


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    return await town.holder()


def path(holder: Holder, kind: str) -> str:
    return f"/v1/permits/permits/{holder.permit['permit_number']}/documents/{kind}"


async def pdf(caller: Caller | httpx.AsyncClient, url: str, **params: str) -> httpx.Response:
    http = caller if isinstance(caller, httpx.AsyncClient) else caller.http
    answer = await http.get(url, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    return answer


async def verified(town: Town, answer: httpx.Response) -> dict[str, Any]:
    """What the public is told about a document that somebody holds."""
    found = re.match(r"<(.*)>; rel=\"describedby\"", answer.headers["link"])
    assert found
    said = await town.public.get(found[1])
    assert said.status_code == 200, said.text
    return said.json()


@pytest.mark.parametrize("kind", ["original", "duplicate"])
async def test_a_document_is_signed_and_anybody_verifies_it(
    town: Town, holder: Holder, kind: str, tmp_path: Path
) -> None:
    answer = await pdf(holder, path(holder, kind))
    said = await verified(town, answer)
    assert said["pdf_sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert (said["kind"], said["permit_number"]) == (kind, holder.permit["permit_number"])
    assert said["holds"] is True
    assert b"/ETSI.CAdES.detached" in answer.content  # readers check the bureau's seal themselves
    keys = (await town.public.get(said["keys"])).text
    files = {"answer.json": json.dumps(said), "keys.json": keys}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "permit.pdf").write_bytes(answer.content)
    offline = [str(tmp_path / "answer.json"), "--keys", str(tmp_path / "keys.json"), "--file"]
    assert main([*offline, str(tmp_path / "permit.pdf")]) == 0
    (tmp_path / "forged.pdf").write_bytes(answer.content.replace(b"%%EOF", b"%%eof"))
    assert main([*offline, str(tmp_path / "forged.pdf")]) == 1


async def test_the_same_version_is_the_same_document_however_many_ask_at_once(town: Town) -> None:
    holder = await town.holder()
    answers = await asyncio.gather(*(pdf(holder, path(holder, "original")) for _ in range(4)))
    assert len({answer.content for answer in answers}) == 1
    reviewer = await town.staff("reviewer")
    again = await pdf(reviewer, path(holder, "original"))
    assert again.content == answers[0].content
    unchanged = await holder.http.get(
        path(holder, "original"), headers={"if-none-match": again.headers["etag"]}
    )
    assert unchanged.status_code == 304


async def test_another_enterprise_gets_404_and_nobody_signed_out_gets_any(town: Town, holder: Holder) -> None:
    other = await town.holder()
    for kind in ("original", "duplicate"):
        assert is_problem(await other.get(path(holder, kind)), 404, "permit_not_found")
        assert (await town.public.get(path(holder, kind))).status_code == 401
    assert (await holder.get(path(holder, "x"))).status_code == 400


async def test_a_new_name_of_the_unit_makes_a_new_document_and_leaves_the_old_one(town: Town) -> None:
    holder, clerk = await town.holder(), await town.staff("clerk")
    before = await pdf(holder, path(holder, "original"))
    change = {"name": "𠮷祥热力有限责任公司"}
    changed = await clerk.http.patch(
        f"/v1/permits/enterprises/{holder.uscc}", json=change, headers={"If-Match": "*"}
    )
    assert changed.status_code == 200
    after = await pdf(holder, path(holder, "original"))
    assert after.content != before.content
    assert (await verified(town, before))["pdf_sha256"] == hashlib.sha256(before.content).hexdigest()


async def test_one_that_is_over_is_struck_through_and_is_not_public(town: Town, holder: Holder) -> None:
    clerk = await town.staff("clerk")
    days = {"valid_from": "2020-01-01", "valid_to": "2024-12-31", "issued_on": "2020-01-01"}
    content = town.permit_content(holder.uscc, serial=8, **days)
    content["reporting"] = {"quarterly": False, "annual": False}
    permit = (await clerk.post("/v1/permits/permits", content)).json()
    old = Holder(holder.http, holder.account, holder.login, holder.token, holder.uscc, permit)
    said = await verified(town, await pdf(old, path(old, "duplicate")))
    assert (said["holds"], said["standing"]) == (False, "已届满")
    answer = await town.public.get(f"{DISCLOSURE}/permits/{permit['permit_number']}/original")
    assert is_problem(answer, 404, "no_permit_in_force")


async def test_one_that_was_ended_is_struck_from_that_day_and_its_old_document_says_so(town: Town) -> None:
    holder = await town.holder()
    before = await pdf(holder, path(holder, "original"))
    await end(town, holder, kind="cancelled", ground="entity_ended")
    told = await verified(town, before)
    assert (told["holds"], told["standing"]) == (False, "已注销")
    after = await pdf(holder, path(holder, "original"))
    assert after.content != before.content
    answer = await town.public.get(f"{DISCLOSURE}/permits/{holder.permit['permit_number']}/original")
    assert is_problem(answer, 404, "no_permit_in_force")


async def test_the_public_original_names_no_person(town: Town, holder: Holder) -> None:
    public = await pdf(town.public, f"{DISCLOSURE}/permits/{holder.permit['permit_number']}/original")
    said = await verified(town, public)
    assert said["holds"] is True
    own = await pdf(holder, path(holder, "original"))
    assert own.content != public.content
    answer = await town.public.get(f"{DISCLOSURE}/permits/{holder.uscc}009P/original")
    assert is_problem(answer, 404, "permit_not_found")


async def test_who_scans_the_code_gets_a_page_and_a_name_in_it_is_no_markup(town: Town) -> None:
    holder, clerk = await town.holder(), await town.staff("clerk")
    named = {"name": "<script>alert(1)</script>公司"}
    change = await clerk.http.patch(
        f"/v1/permits/enterprises/{holder.uscc}", json=named, headers={"If-Match": "*"}
    )
    assert change.status_code == 200
    said = await verified(town, await pdf(holder, path(holder, "original")))
    url = f"{DISCLOSURE}/documents/{said['document_id']}"
    page = await town.public.get(url, headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "许可证有效" in page.text
    assert "&lt;script&gt;" in page.text
    assert "<script" not in page.text
    assert "accept" in page.headers["vary"].lower()


async def test_a_document_that_was_not_issued_here_is_404(town: Town) -> None:
    answer = await town.public.get(f"{DISCLOSURE}/documents/{uuid.uuid4()}")
    assert is_problem(answer, 404, "document_not_found")


async def test_who_read_it_for_the_bureau_is_in_the_read_log(town: Town, holder: Holder) -> None:
    reviewer, auditor = await town.staff("reviewer"), await town.staff("auditor")
    await pdf(reviewer, path(holder, "duplicate"))
    log = await auditor.get("/v1/permits/read-log", enterprise=holder.uscc, limit=500)
    assert log.status_code == 200, log.text
    routes = {row["route"] for row in log.json()["items"]}
    assert "GET /v1/permits/permits/{permit_number}/documents/{document_kind}" in routes
