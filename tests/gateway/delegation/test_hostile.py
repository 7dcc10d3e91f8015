"""Hostile input at every writing endpoint of delegations: the caller's fault, a problem document, nothing left."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.kit.findings import pointer
from services.kit.ids import new_id
from tests.contract.endpoints import Endpoint, _schema_of, allows, pointers, refused
from tests.contract.test_hostile_input import NOT_JSON, NOT_THE_DOCUMENT, WRONG_LEAVES
from tests.contract.test_hostile_parameters import ODD_PARTS
from tests.gateway.delegation.people import PATH, active, invited, new_agent
from tests.support.town import PASSWORD, Town

NAMES = ["invite", "change", "withdraw", "answer", "answer_by_code", "register", "resign"]


@pytest.fixture(scope="module")
async def targets(town: Town) -> dict[str, Endpoint]:
    """Each endpoint with a right body, on records of its own."""
    holder, agent = await town.holder(), await new_agent(town)
    held, open_one = await active(holder, agent), await invited(holder, agent)
    site = holder.permit["permit_number"]
    extent = {"rights": ["permits:file"], "sites": [site], "valid_until": town.today.isoformat()}
    code = (await invited(holder))["code"]
    person = {"login": f"n{new_id().hex}", "name": "李代理", "password": PASSWORD}
    made: list[tuple[str, str, str, Any, httpx.AsyncClient]] = [
        ("invite", "POST", PATH, {**extent, "uscc": holder.uscc, "note": "季报"}, holder.http),
        ("change", "PUT", f"{PATH}/{held['id']}", extent, holder.http),
        ("withdraw", "POST", f"{PATH}/{held['id']}/withdrawal", {"reason": "到期"}, holder.http),
        ("answer", "POST", f"{PATH}/{open_one['id']}/answer", {"answer": "accept"}, agent.http),
        ("answer_by_code", "POST", f"{PATH}/answers", {"code": code, "answer": "accept"}, agent.http),
        ("register", "POST", f"{PATH}/registrations", {"code": code, **person}, town.public),
        ("resign", "POST", f"{PATH}/{held['id']}/resignation", {"reason": "到期"}, agent.http),
    ]
    document = (await town.public.get("/openapi.json")).json()
    return {
        name: Endpoint(
            name=name,
            method=method,
            path=path,
            body=body,
            schema={**_schema_of(document, method, path), "components": document["components"]},
            clients={"gateway": client},
        )
        for name, method, path, body, client in made
    }


@pytest.fixture(autouse=True)
async def nothing_stored(town: Town, targets: dict[str, Endpoint]) -> AsyncIterator[None]:
    """Fails a test after which the gateway holds more or less than before."""

    async def stored() -> list[Any]:
        counts = [f"(SELECT count(*) FROM {name})" for name in ("account", "idempotency_key")]  # noqa: S608
        state = "(SELECT string_agg(id::text || version, ',' ORDER BY id) FROM delegation)"
        async with town._gateway_database.engine.connect() as connection:
            found = await connection.exec_driver_sql(f"SELECT {', '.join([*counts, state])}")
            return list(found.one())

    before = await stored()
    yield
    assert await stored() == before


@pytest.mark.parametrize("name", NAMES)
async def test_what_is_no_document_is_refused(targets: dict[str, Endpoint], name: str) -> None:
    for body in NOT_JSON:
        refused(await targets[name].send("gateway", body), "invalid_json")
    for body in NOT_THE_DOCUMENT:
        if body == b"{}" and name in ("withdraw", "resign"):
            continue  # a reason need not be given
        refused(await targets[name].send("gateway", body), "invalid_document")


@pytest.mark.parametrize("name", NAMES)
async def test_what_the_schema_refuses_is_refused_at_every_place_at_once(
    targets: dict[str, Endpoint], name: str
) -> None:
    endpoint = targets[name]
    for value in [*WRONG_LEAVES, "x" * 5000]:
        changes = {
            place: value
            for place, present, node in endpoint.places()
            if not isinstance(present, dict | list) and not allows(node, endpoint.schema, value)
        }
        if changes:
            problem = refused(await endpoint.send("gateway", endpoint.changed(changes)), "invalid_document")
            assert {pointer(*place) for place in changes} <= pointers(problem), value


@pytest.mark.parametrize("name", NAMES)
async def test_no_text_holds_what_cannot_be_stored_and_no_member_is_unknown(
    targets: dict[str, Endpoint], name: str
) -> None:
    endpoint = targets[name]
    places = [place for place, value, _ in endpoint.places() if isinstance(value, str)]
    for text in ("a\x00b", "\ud800"):
        refused(await endpoint.send("gateway", endpoint.changed(dict.fromkeys(places, text))), "invalid_json")
    problem = refused(await endpoint.send("gateway", {**endpoint.body, "草": 1, "__proto__": 1}))
    assert pointers(problem) >= {"/草", "/__proto__"}


async def test_what_others_read_is_one_line_that_reads_as_it_is_written(targets: dict[str, Endpoint]) -> None:
    for name, member in (("invite", "note"), ("register", "name")):
        for text in ("\u202egpj.exe", "first\nsecond", "\u200b"):
            body = {**targets[name].body, member: text}
            problem = refused(await targets[name].send("gateway", body), "invalid_document")
            assert pointers(problem) == {f"/{member}"}


async def test_lists_have_an_end(targets: dict[str, Endpoint]) -> None:
    for name in ("invite", "change"):
        for member in ("rights", "sites"):
            many = {**targets[name].body, member: targets[name].body[member] * 1000}
            problem = refused(await targets[name].send("gateway", many), "invalid_document")
            assert (problem["errors"][0]["pointer"], problem["errors"][0]["code"]) == (
                f"/{member}",
                "too_long",
            )


async def test_an_odd_part_of_a_path_is_the_callers_fault(targets: dict[str, Endpoint]) -> None:
    for name in ("change", "withdraw", "answer", "resign"):
        endpoint = targets[name]
        rest = endpoint.path.removeprefix(PATH).split("/")[2:]
        for part in ODD_PARTS:
            path = "/".join([PATH, part, *rest])
            headers = {"Idempotency-Key": str(uuid.uuid4()), "If-Match": "*"}
            client = endpoint.clients["gateway"]
            refused(await client.request(endpoint.method, path, json=endpoint.body, headers=headers))


async def test_a_post_without_an_idempotency_key_is_refused(targets: dict[str, Endpoint]) -> None:
    for name in ("invite", "withdraw", "answer", "answer_by_code", "resign"):
        answer = await targets[name].send("gateway", targets[name].body, **{"Idempotency-Key": ""})
        refused(answer, "idempotency_key_required")


async def test_an_odd_exchange_is_the_callers_fault(town: Town) -> None:
    grant = "urn:ietf:params:oauth:grant-type:token-exchange"
    kinds = [f"urn:ietf:params:oauth:token-type:{kind}" for kind in ("access_token", "id_token", "jwt")]
    for token in ("x", "a.b.c", "." * 50, "e30.e30.", "é.b.c", "x" * 16_384, "x" * 16_385, "草", "dk_x.y"):
        for kind in [*kinds, "urn:x", ""]:
            for delegation in (str(new_id()), "x", ""):
                form = {"subject_token": token, "subject_token_type": kind, "delegation": delegation}
                answer = await town.public.post("/v1/auth/token", data={"grant_type": grant, **form})
                assert answer.status_code == 400, (token[:20], kind, delegation)
                assert answer.json()["error"] in ("invalid_grant", "invalid_request")
