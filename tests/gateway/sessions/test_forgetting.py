"""Sign-ins that are over are forgotten with all that came of them; what is forgotten was not accepted, nor ever is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from annotated_types import Ge
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from gateway.apps.models import AuthorizationCode
from gateway.federation.models import UsedToken
from gateway.identity.models import RefreshToken
from gateway.identity.passwords import digest
from gateway.sessions.forgetting import AT_ONCE, forgetting
from gateway.sessions.models import AccountSession
from gateway.settings import GatewaySettings
from services.kit import clock, rounds
from services.kit.database import Database
from services.kit.endings import LONGEST_TOKEN
from services.kit.ids import new_id
from tests.gateway.apps.test_authorization import Ledger, registered
from tests.support.town import PASSWORD, Town

TOKEN = "/v1/auth/token"
KEPT = timedelta(days=30)


@dataclass
class Signed:
    """One sign-in of somebody's own account: its tokens, the newest last."""

    town: Town
    tokens: list[str]

    async def refresh(self, token: str | None = None) -> httpx.Response:
        form = {"grant_type": "refresh_token", "refresh_token": token or self.tokens[-1]}
        answer = await self.town.public.post(TOKEN, data=form)
        if answer.status_code == 200:
            self.tokens.append(answer.json()["refresh_token"])
        return answer


async def signed_in(town: Town) -> Signed:
    login = f"f{new_id().hex}"
    await town.account(login, roles=["clerk"], usccs=[])
    form = {"grant_type": "password", "username": login, "password": PASSWORD}
    answer = await town.public.post(TOKEN, data=form)
    return Signed(town, [answer.json()["refresh_token"]])


@pytest.fixture
async def database(town: Town) -> AsyncIterator[Database]:
    made = Database(town.stack.databases["gateway"], pool_size=10)
    yield made
    await made.close()


async def forget(database: Database, kept: timedelta = KEPT) -> None:
    for each in forgetting(kept):
        assert await rounds.make(database, each)
        assert each.progress.failed == 0


async def family_of(database: Database, token: str) -> AccountSession | None:
    async with database.transaction() as session:
        wanted = select(AccountSession).join(RefreshToken).where(RefreshToken.sha256 == digest(token))
        return (await session.exec(wanted)).first()


async def set_back(
    database: Database, token: str, *, expires_at: datetime, ended_at: datetime | None
) -> None:
    """As if the sign-in that this token belongs to had run out, or ended, then."""
    family = await family_of(database, token)
    assert family is not None
    because = None if ended_at is None else "signed_out"
    changes = {"expires_at": expires_at, "ended_at": ended_at, "ended_because": because}
    async with database.transaction() as session:
        await session.exec(sa.update(AccountSession).where(AccountSession.id == family.id).values(**changes))  # type: ignore[arg-type]
        revoked = {"expires_at": expires_at, "revoked_at": ended_at}
        await session.exec(sa.update(RefreshToken).where(RefreshToken.family == family.id).values(**revoked))  # type: ignore[arg-type]


MINUTES = st.integers(-3 * 30 * 24 * 60, 14 * 24 * 60)
"""From now: up to three times as long ago as is kept, or still to come."""


@given(
    st.lists(st.tuples(MINUTES, st.none() | MINUTES.filter(lambda ended: ended <= 0)), min_size=1, max_size=4)
)
@settings(max_examples=15)
async def test_what_is_forgotten_could_not_be_accepted_and_what_could_is_kept(
    town: Town, fates: list[tuple[int, int | None]]
) -> None:
    """A sign-in that lives is as it was; one that is over is nothing, forgotten or not, and only old ones are."""
    database, now = town._gateway_database, clock.now()
    people = [await signed_in(town) for _ in fates]
    for person, (expires, ended) in zip(people, fates, strict=True):
        await set_back(
            database,
            person.tokens[0],
            expires_at=now + timedelta(minutes=expires),
            ended_at=None if ended is None else now + timedelta(minutes=ended),
        )
    await forget(database)
    for person, (expires, ended) in zip(people, fates, strict=True):
        lives = ended is None and timedelta(minutes=expires) > timedelta(0)
        over_since = timedelta(minutes=-(expires if ended is None else ended))
        gone = await family_of(database, person.tokens[0]) is None
        if abs(over_since - KEPT) > timedelta(minutes=1):
            assert gone is (over_since > KEPT)
        assert not (gone and lives)
        if not timedelta(0) <= timedelta(minutes=expires) <= timedelta(minutes=1):
            assert (await person.refresh()).status_code == (200 if lives else 400)


def test_an_end_is_kept_for_longer_than_an_access_token_of_it_lives() -> None:
    """Gateways read the ends of the last token lifetime again: one that is forgotten must not be among them."""
    (floor,) = [
        each.ge
        for each in GatewaySettings.model_fields["sign_ins_kept_days"].metadata
        if isinstance(each, Ge)
    ]
    assert timedelta(days=floor) > LONGEST_TOKEN


async def test_a_used_token_is_known_as_a_replay_for_as_long_as_its_family_lives(
    town: Town, database: Database
) -> None:
    """RFC 9700 4.14.2. Its own expiry, long past, and the round change nothing of it."""
    person = await signed_in(town)
    assert (await person.refresh()).status_code == 200
    async with database.transaction() as session:
        long_past = clock.now() - 3 * KEPT
        first = RefreshToken.sha256 == digest(person.tokens[0])
        await session.exec(sa.update(RefreshToken).where(first).values(expires_at=long_past))  # type: ignore[arg-type]
    await forget(database)
    assert (await person.refresh(person.tokens[0])).status_code == 400
    ended = await family_of(database, person.tokens[1])
    assert ended is not None
    assert ended.ended_because == "replayed"
    assert (await person.refresh(person.tokens[1])).status_code == 400


async def test_an_unused_token_that_ran_out_ends_nothing(town: Town, database: Database) -> None:
    person = await signed_in(town)
    async with database.transaction() as session:
        only = RefreshToken.sha256 == digest(person.tokens[0])
        past = clock.now() - timedelta(seconds=1)
        await session.exec(sa.update(RefreshToken).where(only).values(expires_at=past))  # type: ignore[arg-type]
    assert (await person.refresh()).status_code == 400
    family = await family_of(database, person.tokens[0])
    assert family is not None
    assert family.ended_at is None


async def test_the_codes_of_an_app_go_with_the_sign_in_and_not_before(town: Town, database: Database) -> None:
    holder = await town.holder()
    app = Ledger(town, await registered(town), holder.login, holder)
    used, unused = await app.code(), await app.code()
    tokens = (await app.redeems(used)).json()
    async with database.transaction() as session:
        old = clock.now() - 3 * KEPT
        codes = AuthorizationCode.sha256.in_([digest(used), digest(unused)])  # type: ignore[attr-defined]
        await session.exec(sa.update(AuthorizationCode).where(codes).values(expires_at=old))
        waiting = (
            await session.exec(select(AuthorizationCode).where(AuthorizationCode.sha256 == digest(unused)))
        ).one()
        begun = await session.get(AccountSession, waiting.session_id)
        assert begun is not None
        begun.expires_at = old
    await forget(database)
    async with database.transaction() as session:
        left = (await session.exec(select(AuthorizationCode.sha256).where(codes))).all()
    assert left == [digest(used)]
    for code in (used, unused):
        answer = await app.redeems(code)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    form = {
        "grant_type": "refresh_token",
        "refresh_token": tokens["refresh_token"],
        "client_id": app.client_id,
    }
    assert (await town.public.post(TOKEN, data=form)).status_code == 400  # the replay of its code ended it


async def test_used_tokens_of_issuers_go_once_no_clock_would_take_them(database: Database) -> None:
    now, before, after = clock.now(), [new_id().hex for _ in range(250)], [new_id().hex]
    async with database.transaction() as session:
        session.add_all(UsedToken(sha256=each, expires_at=now - timedelta(seconds=1)) for each in before)
        session.add_all(UsedToken(sha256=each, expires_at=now + timedelta(hours=1)) for each in after)
    await forget(database)
    async with database.transaction() as session:
        wanted = select(UsedToken.sha256).where(UsedToken.sha256.in_([*before, *after]))  # type: ignore[attr-defined]
        assert (await session.exec(wanted)).all() == after


async def test_many_go_in_one_round(town: Town, database: Database) -> None:
    somebody = await signed_in(town)
    family = await family_of(database, somebody.tokens[0])
    assert family is not None
    moment = clock.now() - 2 * KEPT
    ids = [new_id() for _ in range(AT_ONCE + 1)]
    async with database.transaction() as session:
        session.add_all(_old(each, family, moment) for each in ids)
    await forget(database)
    async with database.transaction() as session:
        wanted = select(AccountSession.id).where(AccountSession.id.in_(ids))  # type: ignore[attr-defined]
        assert (await session.exec(wanted)).all() == []
    assert (await somebody.refresh()).status_code == 200


async def test_two_rounds_at_once_and_a_refresh_between_them_harm_nothing(
    town: Town, database: Database
) -> None:
    person = await signed_in(town)
    answers: list[Any] = await asyncio.gather(
        *(rounds.make(database, each) for _ in range(2) for each in forgetting(KEPT)), person.refresh()
    )
    assert answers[-1].status_code == 200
    assert (await person.refresh()).status_code == 200


def _old(session_id: Any, like: AccountSession, moment: datetime) -> AccountSession:
    told = like.model_dump(include={"account_id", "second_factor", "address", "client"})
    return AccountSession(id=session_id, begun_at=moment, last_used_at=moment, expires_at=moment, **told)
