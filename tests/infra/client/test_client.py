"""The typed client against the real stack: signing in, keys, renewals, answers that are lost on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast
from urllib.parse import urlsplit

import pytest

from infra.client import ApiError, AsyncClient
from infra.client.api import gateway, permits
from infra.client.api.models import permits as models
from infra.client.session import Session
from tests.support.town import PASSWORD, Holder, Town


@asynccontextmanager
async def signed_in(town: Town, holder: Holder, url: str | None = None) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(url or town.stack.gateway, session=Session(language="en")) as client:
        await client.sign_in(holder.login, PASSWORD)
        yield client


@asynccontextmanager
async def losing_answers(url: str, *, lost: int) -> AsyncIterator[str]:
    """A way to the gateway that takes requests there, and cuts the connection over the first answers to reports."""
    target = urlsplit(url)
    left = lost
    carrying: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        carrying.add(asyncio.create_task(carry(reader, writer)))

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal left
        there, back = await asyncio.open_connection(target.hostname, target.port)
        posting = False

        async def forth() -> None:
            nonlocal posting
            while piece := await reader.read(65536):
                posting = posting or piece.startswith(b"POST /v1/permits/reports")
                back.write(piece)

        sending = asyncio.create_task(forth())
        try:
            while piece := await there.read(65536):
                if posting and left > 0:
                    left -= 1
                    break
                writer.write(piece)
        finally:
            sending.cancel()
            back.close()
            writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in carrying:
            task.cancel()
        await asyncio.gather(*carrying, return_exceptions=True)


async def a_report(holder: Holder) -> models.ReportCreate:
    return cast(models.ReportCreate, await holder.report())


async def test_it_submits_and_reads_with_types(town: Town) -> None:
    holder = await town.holder()
    async with signed_in(town, holder) as client:
        me = await client(gateway.me())
        assert me["usccs"] == [holder.uscc]
        submitted = await client(permits.submit_report(await a_report(holder)))
        read = await client.answer(permits.read_report(submitted["report"]["id"]))
        assert read.body["state"] == "submitted"
        assert read.status == 200


async def test_a_refusal_names_every_field(town: Town) -> None:
    holder = await town.holder()
    async with signed_in(town, holder) as client:
        report = await a_report(holder)
        report["values"] = []
        with pytest.raises(ApiError) as refusal:
            await client(permits.submit_report(report))
    assert refusal.value.status == 422
    assert {error["code"] for error in refusal.value.errors} == {"value_missing"}


async def test_answers_that_are_lost_do_nothing_twice(town: Town) -> None:
    holder = await town.holder()
    async with (
        losing_answers(town.stack.gateway, lost=2) as way,
        signed_in(town, holder, way) as client,
    ):
        answer = await client.answer(permits.submit_report(await a_report(holder)))
        assert answer.replayed
        listed = await client(permits.list_reports())
    assert [each["id"] for each in listed["items"]] == [answer.body["report"]["id"]]


async def test_a_list_is_read_to_its_end(town: Town) -> None:
    holder = await town.holder()
    wanted = [each["id"] for each in await holder.obligations()]
    async with signed_in(town, holder) as client:
        pages = [page async for page in client.pages(permits.list_obligations(state="open", limit=2))]
    assert len(pages) > 1
    assert [each["id"] for page in pages for each in page["items"]] == wanted


async def test_the_token_is_renewed_before_it_ends(town: Town) -> None:
    holder = await town.holder()
    now = 0.0
    session = Session(clock=lambda: now)
    async with AsyncClient(town.stack.gateway, session=session) as client:
        await client.sign_in(holder.login, PASSWORD)
        first = session.token
        await client(gateway.me())
        assert session.token == first
        now = 3600.0
        me: Any = await client(gateway.me())
        assert session.token != first
    assert me["usccs"] == [holder.uscc]
