"""Guessing at sign-in is slowed down and stopped, for known names and unknown ones alike."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from gateway.guessing import repository
from gateway.guessing.service import account_key
from services.kit import clock
from services.kit.ids import new_id
from tests.support.locks import beside, until_it_waits
from tests.support.stack import TestStack, another_gateway
from tests.support.town import PASSWORD, Town

TOKEN = "/v1/auth/token"
WRONG = "a wrong one"
STRICT = {"account_tries_free": 3, "account_tries_lock": 5, "address_tries_free": 10**6}


@pytest.fixture(scope="module")
async def strict(stack: TestStack) -> AsyncIterator[str]:
    async with another_gateway(stack, **STRICT) as url:
        yield url


@pytest.fixture
async def login(town: Town) -> str:
    name = f"g{new_id().hex}"
    await town.account(name, roles=["clerk"], usccs=[])
    return name


async def tried(town: Town, base: str, login: str, password: str = WRONG) -> httpx.Response:
    form = {"grant_type": "password", "username": login, "password": password}
    return await town.public.post(f"{base}{TOKEN}", data=form)


async def rows(town: Town, statement: str, *values: object) -> list[Any]:
    async with town._gateway_database.engine.begin() as connection:
        found = await connection.exec_driver_sql(statement, tuple(values))
        return list(found) if found.returns_rows else []


async def waited(town: Town) -> None:
    """As if the time of every wait were over, but for locks."""
    await rows(town, "UPDATE sign_in_tries SET blocked_until = last_at WHERE count < 5")


async def drawn_out(town: Town) -> None:
    """Every wait that has begun is a minute longer: a test must not depend on how long a second is."""
    longer = "UPDATE sign_in_tries SET blocked_until = blocked_until + interval '1 minute'"
    await rows(town, f"{longer} WHERE blocked_until > last_at")


async def lock(town: Town, base: str, login: str) -> None:
    for _ in range(STRICT["account_tries_lock"]):
        assert (await tried(town, base, login)).status_code == 400
        await waited(town)


async def test_after_a_few_tries_each_has_to_be_waited_for(town: Town, strict: str, login: str) -> None:
    assert [(await tried(town, strict, login)).status_code for _ in range(3)] == [400, 400, 400]
    await drawn_out(town)
    assert (await tried(town, strict, login)).status_code == 429
    answer = await tried(town, strict, login, PASSWORD)  # the right one has to wait as well
    assert answer.status_code == 429
    assert answer.json()["code"] == "too_many_tries"
    assert int(answer.headers["retry-after"]) == answer.json()["retry_after"] >= 1


async def test_then_the_account_is_locked_and_the_right_password_does_not_help(
    town: Town, strict: str, login: str
) -> None:
    await lock(town, strict, login)
    answer = await tried(town, strict, login, PASSWORD)
    assert answer.status_code == 429
    assert 14 * 60 < int(answer.headers["retry-after"]) <= 15 * 60


async def test_it_unlocks_by_itself_and_the_right_password_clears_the_count(
    town: Town, strict: str, login: str
) -> None:
    await lock(town, strict, login)
    await rows(town, "UPDATE sign_in_tries SET blocked_until = now() - interval '1 second'")
    assert (await tried(town, strict, login, PASSWORD)).status_code == 200
    statuses = [(await tried(town, strict, login)).status_code for _ in range(3)]
    assert statuses == [400, 400, 400]


async def test_a_name_that_does_not_exist_is_treated_the_same(town: Town, strict: str, login: str) -> None:
    def told(answer: httpx.Response) -> dict[str, Any]:
        return {key: value for key, value in answer.json().items() if key != "instance"}

    nobody = f"n{new_id().hex}"
    for _ in range(4):
        known, unknown = await tried(town, strict, login), await tried(town, strict, nobody)
        assert known.status_code == unknown.status_code
        if known.status_code == 400:
            assert told(known) == told(unknown)
        await drawn_out(town)
    assert known.status_code == 429
    assert set(told(known)) == set(told(unknown))
    assert known.json()["title"] == unknown.json()["title"]


async def test_a_restart_forgives_nothing(town: Town, stack: TestStack, strict: str, login: str) -> None:
    await lock(town, strict, login)
    async with another_gateway(stack, **STRICT) as restarted:
        assert (await tried(town, restarted, login, PASSWORD)).status_code == 429


async def test_a_hundred_at_once_are_a_hundred_attempts(town: Town, stack: TestStack, login: str) -> None:
    """The count is taken before the password is looked at: no burst gets more than the free ones."""
    async with another_gateway(stack, account_tries_lock=3) as base:
        answers = await asyncio.gather(*(tried(town, base, login) for _ in range(20)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [400] * 3 + [429] * 17


async def test_an_address_that_guesses_at_many_names_is_stopped_as_well(town: Town, stack: TestStack) -> None:
    await rows(town, "DELETE FROM sign_in_tries WHERE key LIKE 'address:%'")
    async with another_gateway(stack, address_tries_lock=3) as base:
        statuses = [(await tried(town, base, f"x{new_id().hex}")).status_code for _ in range(4)]
        assert statuses == [400, 400, 400, 429]
    await rows(town, "DELETE FROM sign_in_tries WHERE key LIKE 'address:%'")


async def test_a_success_does_not_clear_the_count_of_the_address(
    town: Town, stack: TestStack, login: str
) -> None:
    await rows(town, "DELETE FROM sign_in_tries WHERE key LIKE 'address:%'")
    async with another_gateway(stack) as base:
        for _ in range(3):
            await tried(town, base, f"x{new_id().hex}")
        assert (await tried(town, base, login, PASSWORD)).status_code == 200
        ((count,),) = await rows(town, "SELECT count FROM sign_in_tries WHERE key LIKE 'address:%'")
    assert count == 3


async def test_no_name_is_kept_with_the_count(town: Town, strict: str) -> None:
    name = f"mistyped.password.{uuid.uuid4().hex}"[:64]
    await tried(town, strict, name)
    kept = await rows(town, "SELECT t::text FROM sign_in_tries t")
    assert kept
    assert not any(name in row[0] for row in kept)


async def test_a_refused_attempt_is_in_the_trail_of_the_account(town: Town, strict: str, login: str) -> None:
    await tried(town, strict, login)
    statement = """SELECT after->>'reason', after->>'address' FROM audit_log JOIN account a
        ON entity_id = a.id::text WHERE a.login = $1 AND action = 'gateway.sign_in_refused.v1'"""
    assert await rows(town, statement, login) == [("password", "127.0.0.1")]


async def test_an_attempt_is_counted_while_a_sign_in_clears_the_count(town: Town, login: str) -> None:
    """The row is there when the attempt begins and gone when it gets the lock."""
    key, database = account_key(login), town._gateway_database
    await rows(town, "INSERT INTO sign_in_tries VALUES ($1, 2, now(), now())", key)

    async def attempted() -> int:
        async with database.transaction() as session:
            found = await repository.locked(session, [key], clock.now())
            return found[key].count

    async with beside(town.stack.databases["gateway"]) as clearing:
        async with clearing.transaction():
            await clearing.execute("SELECT 1 FROM sign_in_tries WHERE key = $1 FOR UPDATE", key)
            attempt = asyncio.create_task(attempted())
            await until_it_waits(clearing, attempt, table="sign_in_tries")
            await clearing.execute("DELETE FROM sign_in_tries WHERE key = $1", key)
        assert await attempt == 0
