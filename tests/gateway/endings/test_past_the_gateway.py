"""A token that was ended is refused by a service that is called past the gateway, as soon as at the gateway."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from infra.clients import provide
from services.kit.ids import new_id
from services.kit.settings import SharedSettings
from services.kit.signing import KeyRing
from services.permits.app import create_app
from services.permits.settings import PermitsSettings
from tests.gateway.delegation.people import PATH, acting, active, new_agent
from tests.support.stack import TestStack, loopback, serving
from tests.support.town import PASSWORD, Town

TOKEN, ENDINGS, REPORTS = "/v1/auth/token", "/v1/auth/endings", "/v1/permits/reports"
SECRET = "s" * 43


@pytest.fixture(scope="module")
async def service(stack: TestStack) -> AsyncIterator[str]:
    """Permits as it runs in an installation, with its own sign-in at the gateway; its address."""
    await provide(stack.databases["gateway"], {"permits": SECRET})
    settings = PermitsSettings(
        database_url=stack.databases["permits"],
        receipt_keys=KeyRing.generate(),
        rounds=False,
        client_secret=SECRET,
        credit_url=stack.urls["credit"],
    )
    shared = SharedSettings(
        issuer=stack.shared.issuer, jwks_url=stack.shared.jwks_url, gateway_url=stack.gateway
    )
    sock = loopback()
    async with serving(create_app(settings, shared), sock):
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"


async def called(town: Town, address: str, token: str) -> httpx.Response:
    return await town.public.get(f"{address}{REPORTS}", headers={"authorization": f"Bearer {token}"})


async def refused_at(town: Town, address: str, token: str) -> str:
    """Why the token is refused there; fails where it goes on holding."""
    for _ in range(1500):
        answer = await called(town, address, token)
        if answer.status_code == 401:
            return str(answer.json()["code_hint"])
        await asyncio.sleep(0.02)
    pytest.fail("the token still holds")


class Person:
    def __init__(self, town: Town, login: str) -> None:
        self.town, self.login = town, login

    async def sign_in(self, password: str = PASSWORD) -> dict[str, Any]:
        form = {"grant_type": "password", "username": self.login, "password": password}
        return (await self.town.public.post(TOKEN, data=form)).json()  # type: ignore[no-any-return]


@pytest.fixture
async def person(town: Town) -> Person:
    login = f"e{new_id().hex}"
    await town.account(login, roles=["clerk"], usccs=[])
    return Person(town, login)


async def test_signing_out_ends_the_token_at_the_service_too(
    town: Town, service: str, person: Person
) -> None:
    leaving, staying = await person.sign_in(), await person.sign_in()
    for each in (leaving, staying):
        assert (await called(town, service, each["access_token"])).status_code == 200
    headers = {"authorization": f"Bearer {leaving['access_token']}"}
    assert (await town.public.delete("/v1/auth/sessions/current", headers=headers)).status_code == 204
    assert await refused_at(town, service, leaving["access_token"]) == "session_ended"
    assert (await called(town, service, staying["access_token"])).status_code == 200


async def test_a_replayed_refresh_token_ends_its_family_at_the_service_too(
    town: Town, service: str, person: Person
) -> None:
    first = await person.sign_in()
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = (await town.public.post(TOKEN, data=form)).json()
    assert (await town.public.post(TOKEN, data=form)).status_code == 400
    for token in (first, second):
        assert await refused_at(town, service, token["access_token"]) == "session_ended"


async def test_a_changed_password_ends_the_other_sign_ins_at_the_service_too(
    town: Town, service: str, person: Person
) -> None:
    elsewhere, here = await person.sign_in(), await person.sign_in()
    headers = {"authorization": f"Bearer {here['access_token']}"}
    content = {"old_password": PASSWORD, "new_password": "another open sesame 2026"}
    answer = await town.public.put("/v1/auth/password", json=content, headers=headers)
    assert answer.status_code < 300, answer.text
    assert await refused_at(town, service, elsewhere["access_token"]) == "session_ended"


async def test_a_withdrawn_delegate_is_refused_at_the_service_too(town: Town, service: str) -> None:
    holder = await town.holder()
    agent = await new_agent(town)
    delegation = await active(holder, agent, rights=["permits:read"])
    token = (await acting(town, agent, delegation)).token
    assert (await called(town, service, token)).status_code == 200
    answer = await holder.post(f"{PATH}/{delegation['id']}/withdrawal", {"reason": "合同终止"})
    assert answer.status_code < 300, answer.text
    assert await refused_at(town, service, token) == "delegation_changed"


class TestTheFeedItself:
    async def token_of(self, town: Town, scope: str) -> str:
        await provide(town.stack.databases["gateway"], {"permits": SECRET})
        form = {
            "grant_type": "client_credentials",
            "client_id": "permits",
            "client_secret": SECRET,
            "scope": scope,
        }
        return str((await town.public.post(TOKEN, data=form)).json()["access_token"])

    async def test_it_is_for_systems_with_its_scope(self, town: Town) -> None:
        assert (await town.public.get(ENDINGS)).status_code == 401
        assert (await (await town.staff("auditor")).get(ENDINGS)).status_code == 403
        headers = {"authorization": f"Bearer {await self.token_of(town, 'events:read')}"}
        assert (await town.public.get(ENDINGS, headers=headers)).status_code == 403

    async def test_it_tells_what_ended_and_then_only_what_ended_since(
        self, town: Town, person: Person
    ) -> None:
        headers = {"authorization": f"Bearer {await self.token_of(town, 'endings:read')}"}
        everything = (await town.public.get(ENDINGS, headers=headers)).json()
        token = (await person.sign_in())["access_token"]
        own = {"authorization": f"Bearer {token}"}
        session = (await town.public.get("/v1/auth/me", headers=own)).json()["session"]
        waiting = asyncio.create_task(
            town.public.get(ENDINGS, headers=headers, params={"after": everything["position"], "wait": 15})
        )
        await town.public.delete("/v1/auth/sessions/current", headers=own)
        since = await asyncio.wait_for(waiting, 10)
        assert session in since.json()["sessions"]
        assert since.headers["cache-control"] == "no-store"
        assert session in (await town.public.get(ENDINGS, headers=headers)).json()["sessions"]
        again = await town.public.get(ENDINGS, headers=headers, params={"after": since.json()["position"]})
        assert session not in again.json()["sessions"]


async def test_a_registration_of_before_learns_the_new_scope_with_the_next_migration(
    stack: TestStack, town: Town
) -> None:
    name = f"old{uuid.uuid4().hex}"
    await provide(stack.databases["gateway"], {name: SECRET})
    async with town._gateway_database.engine.begin() as connection:
        change = "UPDATE client SET scopes = '{events:read}' WHERE client_id = $1"
        await connection.exec_driver_sql(change, (name,))
    await provide(stack.databases["gateway"], {name: SECRET})
    form = {"grant_type": "client_credentials", "client_id": name, "client_secret": SECRET}
    answer = (await town.public.post(TOKEN, data=form)).json()
    assert answer["scope"] == "endings:read events:read"
