"""Requests full of secrets and personal data, answered well and badly; then all that five processes have written."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from pydantic import ValidationError
from sqlalchemy.engine import make_url

from gateway.settings import GatewaySettings
from infra.local.postgres import THROWAWAY_SETTINGS
from infra.local.stack import Stack, running_stack
from services.kit.signing import KeyRing
from tests.support.processes import seen_from_a_town
from tests.support.town import PASSWORD, Caller, Holder, Town

pytestmark = pytest.mark.stack

CANARY = "kanarienvogel7f3a"
PERSONAL = ("金丝雀某某", "152501199003071234", "13812345678", "0479-7512345")
EVERYWHERE = f"{CANARY}-{PERSONAL[1]}-{PERSONAL[2]}"
HEADERS = {
    "User-Agent": CANARY,
    "Cookie": f"session={CANARY}",
    "X-Api-Key": CANARY,
    "X-Device-Key": CANARY,
    "X-Forwarded-For": CANARY,
    "X-Request-Id": EVERYWHERE[:40],
    "Referer": f"http://{CANARY}.example/?{EVERYWHERE}",
    "traceparent": f"00-{CANARY}",
    "Accept-Language": f"{CANARY},en",
    "If-None-Match": f'"{CANARY}"',
}


@dataclass
class Told:
    """What the processes wrote, and what was asked of them."""

    logs: dict[str, str] = field(default_factory=dict)
    answers: list[tuple[int, str]] = field(default_factory=list)

    def lines(self, process: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.logs[process].splitlines()]

    def requests(self, process: str) -> dict[str, dict[str, Any]]:
        return {line["request_id"]: line for line in self.lines(process) if line["event"] == "request"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    home = tmp_path_factory.mktemp("logs") / "home"
    told = Told()
    with running_stack(home, sample=False, settings=THROWAWAY_SETTINGS, restart_on_death=False) as stack:
        asyncio.run(_drive(stack, told))
    told.logs = {path.stem: path.read_text(encoding="utf-8") for path in (home / "logs").glob("*.log")}
    told.logs["postgres"] = Path(stack.postgres.log_file).read_text(encoding="utf-8")
    return told


async def _drive(stack: Stack, told: Told) -> None:
    async def note(answer: httpx.Response) -> None:
        told.answers.append((answer.status_code, answer.headers["x-request-id"]))

    async with Town(seen_from_a_town(stack)) as town:
        holder, clerk = await town.holder(), await town.staff("clerk")
        for client in (town.public, holder.http, clerk.http):
            client.event_hooks["response"].append(note)
            client.headers.update({name: value for name, value in HEADERS.items() if name != "traceparent"})
        await _bad_requests(town.public, holder, clerk.http)
        await _sign_ins(town.public, holder.login)
        await _good_requests(town, clerk.http, holder)
        await _no_http(stack)
        await _wait_for_news_of_credit(stack, clerk)
        await _with_a_broken_database(stack, clerk.http, town)
        stack.kill("waste", signal.SIGKILL)
        await holder.get(f"/v1/waste/manifests/{EVERYWHERE}", q=EVERYWHERE)
        await asyncio.gather(*(town.public.get(f"/v1/{EVERYWHERE}") for _ in range(20)))


async def _bad_requests(public: httpx.AsyncClient, holder: Holder, clerk: httpx.AsyncClient) -> None:
    body = {"name": PERSONAL[0], "phone": PERSONAL[2], "id_card": PERSONAL[1], "password": CANARY}
    key = {"Idempotency-Key": EVERYWHERE}
    for client in (public, holder.http, clerk):
        for path in ("reports", "enterprises", f"reports/{EVERYWHERE}/versions", EVERYWHERE):
            await client.post(f"/v1/permits/{path}", json=body, headers=key, params={"q": EVERYWHERE})
            await client.get(f"/v1/permits/{path}", params={"cursor": EVERYWHERE, "name": PERSONAL[0]})
        await client.request("DELETE", f"/v1/permits/enterprises/{EVERYWHERE}")
        await client.head(f"/v1/permits/enterprises/{EVERYWHERE}")
        await client.post("/v1/permits/reports", content=f'{{"{CANARY}": {EVERYWHERE}', headers=key)
        await client.post("/v1/permits/reports", content=json.dumps(body).encode("gbk"), headers=key)
        await client.post("/v1/permits/reports", content=CANARY.encode() * 100_000)
        await client.get(f"/v1/permits/%2e%2e/{CANARY}")
    for scheme in ("Bearer", "Basic", "Key", "DPoP"):
        await public.get("/v1/permits/reports", headers={"Authorization": f"{scheme} {CANARY}"})
        await public.get("/v1/auth/me", headers={"Authorization": f"{scheme} {holder.token[:-4]}{CANARY}"})
    await public.get("/healthz", headers={"traceparent": HEADERS["traceparent"]})


async def _wait_for_news_of_credit(stack: Stack, clerk: Caller) -> None:
    """A request that is under way when its service is told to end."""
    waiting = asyncio.create_task(clerk.get("/v1/credit/events", wait=25, after=10**9))
    await asyncio.sleep(1)
    stack.kill("credit", signal.SIGTERM)
    assert (await waiting).status_code == 200


async def _no_http(stack: Stack) -> None:
    """What no HTTP client would send, at the gateway and past it."""
    secret = EVERYWHERE.encode()
    for name in ("gateway", "permits"):
        port = int(stack.url(name).rpartition(":")[2])
        for request in (
            secret + b"\r\n\r\n",
            b"GET /" + secret + b" HTTP/9.9\r\nHost: " + secret + b"\r\n\r\n",
            b"GET / HTTP/1.1\r\n" + secret + b"\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + secret * 3000 + b"\r\n\r\n",
            b"POST /v1/permits/reports HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n" + secret,
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + secret + b"\r\n",
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            with contextlib.suppress(OSError, TimeoutError):  # refused before it was all sent
                writer.write(request)
                writer.write_eof()
                await asyncio.wait_for(reader.read(), 3)
            writer.close()


async def _sign_ins(public: httpx.AsyncClient, login: str) -> None:
    for form in (
        {"grant_type": "password", "username": CANARY, "password": EVERYWHERE},
        {"grant_type": "password", "username": login, "password": CANARY},
        {"grant_type": "password", "username": login, "password": PASSWORD},
        {"grant_type": "refresh_token", "refresh_token": EVERYWHERE},
        {"grant_type": "client_credentials", "client_id": CANARY, "client_secret": CANARY},
        {"grant_type": CANARY},
    ):
        await public.post("/v1/auth/token", data=form)
        await public.post("/v1/auth/token", json=form)


async def _good_requests(town: Town, clerk: httpx.AsyncClient, holder: Holder) -> None:
    uscc = town.new_uscc()
    content = {
        **town.enterprise_content(uscc),
        "legal_representative": PERSONAL[0],
        "name": f"{PERSONAL[0]}{CANARY}有限公司",
    }
    for key in ("one", "two"):  # the second is refused: it is there already
        await clerk.post(
            "/v1/permits/enterprises", json=content, headers={"Idempotency-Key": f"{CANARY}{key}"}
        )
    assert (await clerk.get(f"/v1/permits/enterprises/{uscc}")).status_code == 200
    assert (await holder.get("/v1/permits/obligations")).status_code == 200


async def _with_a_broken_database(stack: Stack, clerk: httpx.AsyncClient, town: Town) -> None:
    """A defect in the middle of a write: the table is not what the code takes it for."""
    url = make_url(stack.environment["STEPPE_PERMITS_DATABASE_URL"]).set(drivername="postgresql")
    connection = await asyncpg.connect(url.render_as_string(hide_password=False))
    try:
        await connection.execute("ALTER TABLE enterprise DROP COLUMN legal_representative CASCADE")
    finally:
        await connection.close()
    content = {**town.enterprise_content(town.new_uscc()), "legal_representative": PERSONAL[0]}
    answer = await clerk.post(
        "/v1/permits/enterprises", json=content, headers={"Idempotency-Key": f"{CANARY}-3"}
    )
    assert answer.status_code == 500, answer.text


def test_every_kind_of_answer_was_given(told: Told) -> None:
    statuses = {status for status, _ in told.answers}
    assert {200, 201, 400, 401, 403, 404, 405, 413, 422, 500, 502} <= statuses


@pytest.mark.parametrize("process", ["gateway", "permits", "waste", "credit", "emergency", "postgres"])
def test_nothing_of_it_is_in_what_the_process_wrote(told: Told, process: str) -> None:
    for secret in (CANARY, PASSWORD, *PERSONAL):
        assert secret not in told.logs[process]
    assert re.search(r"eyJ[\w-]{8,}\.", told.logs[process]) is None
    assert "张某某" not in told.logs[process]


@pytest.mark.parametrize("process", ["gateway", "permits", "waste", "credit", "emergency"])
def test_every_line_is_an_object_that_names_its_process(told: Told, process: str) -> None:
    assert told.lines(process)
    assert {line["process"] for line in told.lines(process)} == {process}


def test_every_request_has_its_line_though_the_gateway_was_told_to_end(told: Told) -> None:
    lines = told.requests("gateway")
    missing = [each for each in told.answers if each[1] not in lines]
    assert missing == []
    assert {lines[request_id]["status"] for _, request_id in told.answers} == {s for s, _ in told.answers}


def test_a_request_under_way_when_its_service_was_told_to_end_has_its_lines(told: Told) -> None:
    waited = [line for line in told.requests("credit").values() if line["route"] == "/v1/credit/events"]
    ours = [line for line in waited if line["request_id"] in told.requests("gateway")]
    assert [(line["status"], line["outcome"]) for line in ours] == [(200, "answered")]


def test_a_line_tells_route_caller_and_network_and_the_service_tells_the_same_trace(told: Told) -> None:
    gateway, service = told.requests("gateway"), told.requests("permits")
    both = [(gateway[each], service[each]) for each in gateway.keys() & service.keys()]
    assert both
    for at_gateway, at_service in both:
        assert at_gateway["trace_id"] == at_service["trace_id"]
        assert at_gateway["route"] == at_service["route"]
        # A request that cannot be read is refused before anybody asks who sent it.
        assert at_service["status"] in (400, 415) or at_gateway["caller"] == at_service["caller"]
        assert at_gateway["address"] == "127.0.0.0/24"
    kinds = {(line["method"], line["route"], line["caller_kind"]) for line in gateway.values()}
    assert ("GET", "/v1/permits/obligations", "enterprise") in kinds
    assert ("POST", "/v1/permits/enterprises", "bureau") in kinds
    assert ("HEAD", "/v1/permits/enterprises/{uscc}", "bureau") in kinds
    assert {line["route"] for line in gateway.values() if line["status"] == 404} >= {"unmatched"}


def test_a_defect_is_told_with_its_place_and_its_request(told: Told) -> None:
    defects = [line for line in told.lines("permits") if line["event"] == "defect"]
    assert [line["route"] for line in defects] == ["/v1/permits/enterprises"]
    assert defects[0]["request_id"] in told.requests("gateway")
    frames = [frame for each in defects[0]["exception"] for frame in each["frames"]]
    assert any(frame.startswith("permits/enterprises/service.py:") for frame in frames)


def test_a_setting_that_does_not_hold_is_not_shown() -> None:
    url = f"postgresql+asyncpg://steppe:{CANARY}@db/x"
    with pytest.raises(ValidationError) as refused:
        GatewaySettings(database_url=url, token_keys=CANARY, access_minutes=CANARY)
    assert CANARY not in str(refused.value)
    for keys in (CANARY, f'{{"keys":[{{"kty":"OKP","crv":"Ed25519","x":"{CANARY}","d":"{CANARY}"}}]}}'):
        with pytest.raises(ValueError, match=r"key|base64url") as invalid:
            KeyRing.from_private_jwks(keys)
        assert CANARY not in str(invalid.value)
