"""A person changes the password: the old one is needed, the other sessions end, weak ones are refused."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from services.kit.ids import new_id
from tests.support.stack import TestStack, another_gateway
from tests.support.town import PASSWORD, Town

PATH, TOKEN, ME = "/v1/auth/password", "/v1/auth/token", "/v1/auth/me"
NEW = "  a new one, with spaces  "


class Person:
    def __init__(self, town: Town, login: str) -> None:
        self.town, self.login = town, login

    async def sign_in(self, password: str = PASSWORD) -> httpx.Response:
        form = {"grant_type": "password", "username": self.login, "password": password}
        return await self.town.public.post(TOKEN, data=form)

    async def token(self, password: str = PASSWORD) -> str:
        answer = await self.sign_in(password)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    async def change(self, token: str, old: str, new: str, base: str = "") -> httpx.Response:
        body = {"old_password": old, "new_password": new}
        headers = {"authorization": f"Bearer {token}"}
        return await self.town.public.put(f"{base}{PATH}", json=body, headers=headers)


@pytest.fixture
async def person(town: Town) -> Person:
    login = f"w{new_id().hex}"
    await town.account(login, roles=["clerk"], usccs=[])
    return Person(town, login)


async def holds(town: Town, token: str) -> bool:
    for _ in range(1500):
        answer = await town.public.get(ME, headers={"authorization": f"Bearer {token}"})
        if answer.status_code == 401:
            return False
        await asyncio.sleep(0.02)
    return True


async def test_the_new_one_holds_the_old_one_does_not_and_other_sessions_end(
    town: Town, person: Person
) -> None:
    mine, other = await person.token(), await person.token()
    assert (await person.change(mine, PASSWORD, NEW)).status_code == 204
    assert not await holds(town, other)
    me = await town.public.get(ME, headers={"authorization": f"Bearer {mine}"})
    assert me.status_code == 200
    assert (await person.sign_in()).status_code == 400
    assert (await person.sign_in(NEW.strip())).status_code == 400
    assert (await person.sign_in(NEW)).status_code == 200


async def test_a_wrong_old_one_changes_nothing(person: Person) -> None:
    answer = await person.change(await person.token(), "not the old one", NEW)
    assert (answer.status_code, answer.json()["code"]) == (403, "wrong_password")
    assert (await person.sign_in()).status_code == 200


async def test_a_weak_one_is_refused_with_every_reason(person: Person) -> None:
    answer = await person.change(await person.token(), PASSWORD, person.login[:9])
    assert (answer.status_code, answer.json()["code"]) == (422, "weak_password")
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/new_password"}
    assert {error["code"] for error in answer.json()["errors"]} == {"password_length"}


async def test_guessing_the_old_one_is_counted_like_signing_in(stack: TestStack, person: Person) -> None:
    token = await person.token()
    async with another_gateway(stack, account_tries_lock=2) as base:
        statuses = [(await person.change(token, "wrong", NEW, base)).status_code for _ in range(3)]
    assert statuses == [403, 403, 429]


async def test_it_is_audited_without_either_password(town: Town, person: Person) -> None:
    await person.change(await person.token(), PASSWORD, NEW)
    statement = (
        "SELECT a::text FROM audit_log a JOIN account ON entity_id = account.id::text WHERE login = $1"
    )
    async with town._gateway_database.engine.begin() as connection:
        found: list[Any] = list(await connection.exec_driver_sql(statement, (person.login,)))
    text = "\n".join(row[0] for row in found)
    assert "gateway.password_changed.v1" in text
    assert PASSWORD not in text
    assert NEW.strip() not in text


async def test_nobody_and_a_system_have_no_password_to_change(town: Town) -> None:
    answer = await town.public.put(PATH, json={"old_password": "a", "new_password": "b"})
    assert answer.status_code == 401
