"""A signature that waits for another step of the same report sees what that step left."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import httpx
import pytest

from tests.permits.violations.test_api import with_so2
from tests.support.locks import beside, until_it_waits, waiting
from tests.support.town import Holder, Town

PATH, REPORTS = "/v1/permits/drafts", "/v1/permits/reports"


@pytest.fixture
async def admin(town: Town) -> AsyncIterator[Any]:
    """A connection to the permits database beside the service."""
    async with beside(town.stack.databases["permits"]) as connection:
        yield connection


async def waits(
    admin: Any, request: Coroutine[Any, Any, httpx.Response], *, as_number: int
) -> asyncio.Task[httpx.Response]:
    """The request, once it waits for a lock behind `as_number - 1` others."""
    task = asyncio.create_task(request)
    await until_it_waits(admin, task, table="obligation", as_number=as_number)
    return task


async def test_a_correction_that_waits_for_a_repudiation_answers_the_period_that_it_reopened(
    town: Town, admin: Any
) -> None:
    """条例 art. 22: the period is owed again, and the version that is signed then is what answers it."""
    holder = await town.holder()
    first = await holder.submitted()
    report, due = first["report"]["id"], first["report"]["obligation_id"]
    sent = {
        "obligation_id": due,
        "production_days": 79,
        "values": first["document"]["values"],
        "corrects": {"version": 1, "reason": "抄录有误"},
    }
    draft = (await holder.post(PATH, sent)).json()
    statement = {"version": 1, "statement": "账号被盗用，非本单位报送"}
    async with admin.transaction():
        await admin.execute("SELECT 1 FROM obligation WHERE id = $1 FOR UPDATE", uuid.UUID(due))
        repudiation = holder.post(f"{REPORTS}/{report}/repudiations", statement)
        repudiated = await waits(admin, repudiation, as_number=1)
        signature = holder.post(f"{PATH}/{draft['id']}/signature", {"version": draft["version"]})
        signed = await waits(admin, signature, as_number=2)
    assert (await repudiated).status_code == 201
    answer = await signed
    assert (answer.status_code, answer.json().get("version")) == (201, 2), answer.text
    owed = (await holder.get(f"/v1/permits/obligations/{due}")).json()
    assert (owed["state"], owed["report_id"], owed["repudiated_report_id"]) == ("reported", report, None)


async def test_two_calls_that_sign_for_the_same_two_permits_wait_and_never_for_each_other(
    town: Town, admin: Any
) -> None:
    """Each signature holds the open violations of its permit: taken crosswise, one call would end the other."""
    holder = await two_permits(town)
    second = f"{holder.uscc}002P"
    places: dict[str, list[str]] = {}
    for due in await holder.obligations():
        places.setdefault(due["permit_number"], []).append(due["id"])
    drafts = []
    for number in (holder.permit["permit_number"], second, second, holder.permit["permit_number"]):
        drafts.append((await holder.post(PATH, await report_of(holder, places[number].pop(0)))).json())
    calls = [
        {"drafts": [{"draft_id": each["id"], "version": 1} for each in drafts[at : at + 2]]} for at in (0, 2)
    ]
    last = [uuid.UUID(drafts[at]["obligation_id"]) for at in (1, 3)]
    async with admin.transaction():
        await admin.execute("SELECT 1 FROM obligation WHERE id = ANY($1) FOR UPDATE", last)
        signed = [
            await waits(admin, holder.post(f"{PATH}/signatures", call), as_number=at + 1)
            for at, call in enumerate(calls)
        ]
    for answer in await asyncio.gather(*signed):
        assert answer.status_code == 200, answer.text
        assert [each["result"] for each in answer.json()["results"]] == ["accepted", "accepted"]


async def test_a_call_that_signs_two_of_a_permit_never_ends_the_report_of_one_of_them(
    town: Town, admin: Any
) -> None:
    """A report that is submitted beside the call is taken, and the call's signature for that period is refused."""
    holder = await two_permits(town)
    owed = [each["id"] for each in await holder.obligations(permit_number=holder.permit["permit_number"])]
    reports = [await report_of(holder, each) for each in owed[:2]]
    drafts = [(await holder.post(PATH, each)).json() for each in reports]
    call = {"drafts": [{"draft_id": each["id"], "version": 1} for each in drafts]}
    async with admin.transaction():
        await admin.execute("SELECT 1 FROM draft WHERE id = $1 FOR UPDATE", uuid.UUID(drafts[1]["id"]))
        signed = await waits(admin, holder.post(f"{PATH}/signatures", call), as_number=1)
        submitted = asyncio.create_task(holder.post(REPORTS, reports[1]))
        async with asyncio.timeout(30):
            while not submitted.done() and len(await waiting(admin, "obligation")) < 2:
                await asyncio.sleep(0.01)
    assert (await submitted).status_code == 201, (await submitted).text
    answer = await signed
    assert answer.status_code == 200, answer.text
    found = [(each["result"], each["code"]) for each in answer.json()["results"]]
    assert found == [("accepted", None), ("refused", "already_reported")]


async def two_permits(town: Town) -> Holder:
    """An enterprise with two permits, and an open violation of each."""
    holder, clerk = await town.holder(), await town.staff("clerk")
    content = town.permit_content(holder.uscc, serial=2)
    assert (await clerk.post("/v1/permits/permits", content)).status_code == 201
    for number in (holder.permit["permit_number"], content["permit_number"]):
        due = (await holder.obligations(permit_number=number))[0]
        report = with_so2(await report_of(holder, due["id"]), "400")
        assert (await holder.post(REPORTS, report)).status_code == 201
    found = (await holder.get("/v1/permits/violations", kind="numeric", state="open")).json()["items"]
    assert len({each["permit_number"] for each in found}) == 2
    return holder


async def report_of(holder: Holder, obligation_id: str) -> dict[str, Any]:
    at = [each["id"] for each in await holder.obligations()].index(obligation_id)
    return await holder.report(at)
