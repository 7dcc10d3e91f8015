"""Sessions: a person sees the sign-ins of the account and ends them; an end holds at every gateway at once."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.kit.ids import new_id
from tests.support.stack import TestStack, another_gateway
from tests.support.town import PASSWORD, Town

TOKEN, ME, SESSIONS = "/v1/auth/token", "/v1/auth/me", "/v1/auth/sessions"


class Person:
    """An account of the test's own, which signs in as often as it likes."""

    def __init__(self, town: Town, login: str) -> None:
        self.town, self.login = town, login

    async def sign_in(self, base: str = "", **headers: str) -> dict[str, Any]:
        form = {"grant_type": "password", "username": self.login, "password": PASSWORD}
        answer = await self.town.public.post(f"{base}{TOKEN}", data=form, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()  # type: ignore[no-any-return]

    async def call(self, signed_in: dict[str, Any], method: str, path: str) -> httpx.Response:
        headers = {"authorization": f"Bearer {signed_in['access_token']}"}
        return await self.town.public.request(method, path, headers=headers)

    async def session_of(self, signed_in: dict[str, Any]) -> str:
        return str((await self.call(signed_in, "GET", ME)).json()["session"])

    async def refresh(self, token: str, base: str = "") -> httpx.Response:
        form = {"grant_type": "refresh_token", "refresh_token": token}
        return await self.town.public.post(f"{base}{TOKEN}", data=form)


@pytest.fixture
async def person(town: Town) -> Person:
    login = f"p{new_id().hex}"
    await town.account(login, roles=["clerk"], usccs=[])
    return Person(town, login)


@pytest.fixture(scope="module")
async def beside(stack: TestStack) -> AsyncIterator[str]:
    """A second gateway that re-reads so seldom that only a notice can have told it."""
    async with another_gateway(stack, notice_poll_seconds=60) as url:
        yield url


async def becomes_401(person: Person, signed_in: dict[str, Any], path: str) -> httpx.Response:
    for _ in range(600):
        answer = await person.call(signed_in, "GET", path)
        if answer.status_code == 401:
            return answer
        await asyncio.sleep(0.05)
    pytest.fail("the token of an ended session still holds")


async def test_the_list_says_where_one_is_signed_in_and_which_one_asks(person: Person) -> None:
    first = await person.sign_in(**{"user-agent": "tablet\tone"})
    second = await person.sign_in(**{"user-agent": "desk"})
    listed = (await person.call(second, "GET", SESSIONS)).json()
    assert [(item["client"], item["current"]) for item in listed["items"]] == [
        ("desk", True),
        ("tablet one", False),
    ]
    assert {item["address"] for item in listed["items"]} == {"127.0.0.1"}
    assert listed["items"][1]["id"] == await person.session_of(first)


async def test_the_list_is_paged(person: Person) -> None:
    tokens = [await person.sign_in() for _ in range(3)]
    page = (await person.call(tokens[0], "GET", f"{SESSIONS}?limit=2")).json()
    rest = (await person.call(tokens[0], "GET", f"{SESSIONS}?limit=2&cursor={page['next_cursor']}")).json()
    seen = [item["id"] for item in (*page["items"], *rest["items"])]
    assert seen == [await person.session_of(token) for token in reversed(tokens)]
    assert rest["next_cursor"] is None


async def test_signing_out_ends_the_access_token_and_the_refresh_token_and_nothing_else(
    person: Person,
) -> None:
    leaving, staying = await person.sign_in(), await person.sign_in()
    assert (await person.call(leaving, "DELETE", f"{SESSIONS}/current")).status_code == 204
    refused = await becomes_401(person, leaving, ME)
    assert refused.json()["code_hint"] == "session_ended"
    assert (await person.refresh(leaving["refresh_token"])).status_code == 400
    assert (await person.call(staying, "GET", ME)).status_code == 200
    assert (await person.refresh(staying["refresh_token"])).status_code == 200


async def test_an_end_is_heard_at_another_gateway_without_waiting_for_its_next_reading(
    person: Person, beside: str
) -> None:
    ended, ending = await person.sign_in(), await person.sign_in()
    assert (await person.call(ended, "GET", f"{beside}{ME}")).status_code == 200
    session = await person.session_of(ended)
    assert (await person.call(ending, "DELETE", f"{SESSIONS}/{session}")).status_code == 204
    await becomes_401(person, ended, f"{beside}{ME}")
    await becomes_401(person, ended, f"{beside}/v1/permits/reports")  # nor does it reach a service
    assert (await person.refresh(ended["refresh_token"], beside)).status_code == 400
    assert (await person.call(ending, "GET", f"{beside}{ME}")).status_code == 200


async def test_a_gateway_that_starts_later_knows_of_an_earlier_end(person: Person, stack: TestStack) -> None:
    ended = await person.sign_in()
    await person.call(ended, "DELETE", f"{SESSIONS}/current")
    async with another_gateway(stack) as later:
        assert (await person.call(ended, "GET", f"{later}{ME}")).status_code == 401


async def test_a_lost_notice_is_made_good_by_reading_again(person: Person, stack: TestStack) -> None:
    async with another_gateway(stack, notice_poll_seconds=0.05) as other:
        ended = await person.sign_in()
        session = await person.session_of(ended)
        statement = "UPDATE account_session SET ended_at = now(), ended_because = 'revoked' WHERE id = $1"
        async with person.town._gateway_database.engine.begin() as connection:  # and no NOTIFY
            await connection.exec_driver_sql(statement, (uuid.UUID(session),))
        await becomes_401(person, ended, f"{other}{ME}")


async def test_all_of_them_end_together(person: Person) -> None:
    tokens = [await person.sign_in() for _ in range(3)]
    assert (await person.call(tokens[0], "DELETE", SESSIONS)).status_code == 204
    for token in tokens:
        await becomes_401(person, token, ME)


async def test_a_session_of_somebody_else_or_of_nobody_is_not_there(person: Person, town: Town) -> None:
    stranger = Person(town, (await town.staff("clerk")).login)
    mine, theirs = await person.sign_in(), await stranger.sign_in()
    for session in (await stranger.session_of(theirs), str(new_id())):
        assert (await person.call(mine, "DELETE", f"{SESSIONS}/{session}")).status_code == 404
    assert (await stranger.call(theirs, "GET", ME)).status_code == 200


async def test_an_end_is_audited(person: Person) -> None:
    token = await person.sign_in()
    session = await person.session_of(token)
    await person.call(token, "DELETE", f"{SESSIONS}/current")
    statement = "SELECT action, after->>'because' FROM audit_log WHERE entity = 'session' AND entity_id = $1"
    async with person.town._gateway_database.engine.begin() as connection:
        found = list(await connection.exec_driver_sql(statement, (session,)))
    assert found == [("gateway.session_ended.v1", "signed_out")]


async def test_a_replayed_refresh_token_ends_the_access_tokens_of_its_family_too(person: Person) -> None:
    first = await person.sign_in()
    second = (await person.refresh(first["refresh_token"])).json()
    assert (await person.refresh(first["refresh_token"])).status_code == 400
    for token in (first, second):
        await becomes_401(person, token, ME)


@pytest.mark.parametrize("at_once", [2, 6])
async def test_however_many_use_one_refresh_token_at_once_no_token_of_the_family_is_left(
    person: Person, beside: str, at_once: int
) -> None:
    """One wins, the others are replays; what the winner got does not outlive them, whoever commits first."""
    first = await person.sign_in()
    bases = ["", beside] * (at_once // 2)
    answers = await asyncio.gather(*(person.refresh(first["refresh_token"], base) for base in bases))
    assert sorted(answer.status_code for answer in answers) == [200, *[400] * (at_once - 1)]
    (won,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert (await person.refresh(won["refresh_token"])).status_code == 400
    await becomes_401(person, won, ME)


async def test_a_replay_and_the_next_refresh_at_once_leave_no_living_token(person: Person) -> None:
    """The replay must not miss the token that the other one is just writing."""
    for _ in range(10):
        first = await person.sign_in()
        second = (await person.refresh(first["refresh_token"])).json()
        replay, following = await asyncio.gather(
            person.refresh(first["refresh_token"]), person.refresh(second["refresh_token"])
        )
        assert replay.status_code == 400
        if following.status_code == 200:
            assert (await person.refresh(following.json()["refresh_token"])).status_code == 400


async def test_a_system_has_no_sessions(town: Town) -> None:
    assert (await town.public.get(SESSIONS)).status_code == 401
