"""Signing in at the gateway: by password, by refresh token, by client credentials."""

from __future__ import annotations

import asyncio
import base64
import json
from functools import cache
from typing import Any

import httpx
import pytest

from gateway.identity import passwords
from gateway.identity.models import Client
from gateway.identity.passwords import digest, new_secret
from services.kit import clock
from tests.support.town import PASSWORD, SHIPPED, Caller, Town

TOKEN, ME = "/v1/auth/token", "/v1/auth/me"


@pytest.fixture
async def clerk(town: Town) -> Caller:
    return await town.staff("clerk")


async def asked(town: Town, **form: str) -> httpx.Response:
    return await town.public.post(TOKEN, data=form)


async def signed_in(town: Town, login: str, **form: str) -> dict[str, Any]:
    answer = await asked(town, grant_type="password", username=login, password=PASSWORD, **form)
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def refreshed(town: Town, token: str, **form: str) -> httpx.Response:
    return await asked(town, grant_type="refresh_token", refresh_token=token, **form)


async def rows(town: Town, statement: str, *values: object) -> list[Any]:
    async with town._gateway_database.engine.begin() as connection:
        found = await connection.exec_driver_sql(statement, tuple(values))
        return list(found) if found.returns_rows else []


def claims_of(token: str) -> dict[str, Any]:
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))  # type: ignore[no-any-return]


def is_refusal(answer: httpx.Response, status: int, error: str) -> bool:
    body = answer.json()
    return (answer.status_code, body["code"], body["error"]) == (status, error, error)


class TestPassword:
    async def test_a_right_password_gives_a_token_of_the_accounts_roles(
        self, town: Town, clerk: Caller
    ) -> None:
        answer = await asked(town, grant_type="password", username=clerk.login, password=PASSWORD)
        body = answer.json()
        assert answer.headers["cache-control"] == "no-store"
        assert body["token_type"] == "Bearer"
        assert (
            body["expires_in"]
            == claims_of(body["access_token"])["exp"] - claims_of(body["access_token"])["iat"]
        )
        claims = claims_of(body["access_token"])
        assert (claims["sub"], claims["roles"], claims["every_enterprise"]) == (
            str(clerk.account),
            ["clerk"],
            True,
        )
        assert claims["scope"] == body["scope"]
        assert "permits:register" in body["scope"].split()

    async def test_the_name_is_read_in_any_case(self, town: Town, clerk: Caller) -> None:
        assert claims_of((await signed_in(town, clerk.login.upper()))["access_token"])["sub"] == str(
            clerk.account
        )

    async def test_signing_in_is_audited_and_no_secret_is_kept(self, town: Town) -> None:
        holder = await town.holder()
        (audit,) = await rows(
            town, "SELECT action, entity_id FROM audit_log WHERE actor = $1", str(holder.account)
        )
        assert audit == ("gateway.signed_in.v1", str(holder.account))
        refresh = (await signed_in(town, holder.login))["refresh_token"]
        dump = "".join(row[0] for row in await rows(town, "SELECT r::text FROM refresh_token r"))
        assert refresh not in dump
        assert digest(refresh) in dump

    async def test_a_wrong_password_an_unknown_name_and_a_disabled_account_look_and_cost_the_same(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept = f"kept.{new_secret()[:8].lower()}"
        disabled = await town.caller(f"gone.{new_secret()[:8].lower()}", roles=["clerk"], usccs=[])
        await town.account(kept, roles=["clerk"], usccs=[])
        # All at the product's cost, and none as the tests' own.
        monkeypatch.setattr(passwords, "_hasher", SHIPPED)
        monkeypatch.setattr(passwords, "_nobody", cache(passwords._nobody.__wrapped__))
        for login in (kept, disabled.login):
            hashed = passwords.hash_password(PASSWORD)
            await rows(town, "UPDATE account SET password_hash = $2 WHERE login = $1", login, hashed)
        await rows(town, "UPDATE account SET disabled_at = now() WHERE login = $1", disabled.login)
        await asked(town, grant_type="password", username="nobody", password="x")  # makes nobody's hash
        checked: list[str] = []
        verify = passwords._hasher.verify

        def counting(password: str, against: str) -> bool:
            checked.append(against.rsplit("$", 2)[0])
            return bool(verify(password, against))

        monkeypatch.setattr(passwords._hasher, "verify", counting)
        answers = []
        for login, password in ((kept, "wrong"), ("nobody", PASSWORD), (disabled.login, PASSWORD)):
            answer = await asked(town, grant_type="password", username=login, password=password)
            assert is_refusal(answer, 400, "invalid_grant")
            answers.append({name: value for name, value in answer.json().items() if name != "instance"})
        assert answers[0] == answers[1] == answers[2]
        assert len(checked) == 3
        assert len(set(checked)) == 1  # with the same parameters: the same work
        assert checked[0] == "$argon2id$v=19$m=65536,t=3,p=4"

    @pytest.mark.parametrize(
        ("form", "missing"),
        [
            ({}, {"/username", "/password"}),
            ({"username": "a"}, {"/password"}),
            ({"password": "a", "username": ""}, {"/username"}),
        ],
    )
    async def test_what_is_missing_is_named(
        self, town: Town, form: dict[str, str], missing: set[str]
    ) -> None:
        answer = await asked(town, grant_type="password", **form)
        assert is_refusal(answer, 400, "invalid_request")
        assert {error["pointer"] for error in answer.json()["errors"]} == missing

    async def test_an_unknown_grant_is_named_as_oauth_has_it(self, town: Town) -> None:
        assert is_refusal(await asked(town, grant_type="implicit"), 400, "unsupported_grant_type")


class TestScopes:
    async def test_a_token_has_the_scopes_asked_for_that_are_held(self, town: Town, clerk: Caller) -> None:
        body = await signed_in(town, clerk.login, scope="permits:read permits:submit nothing:else")
        assert body["scope"] == "permits:read"
        assert claims_of(body["access_token"])["scope"] == "permits:read"

    async def test_none_of_them_held_is_invalid_scope(self, town: Town, clerk: Caller) -> None:
        form = {"grant_type": "password", "username": clerk.login, "password": PASSWORD}
        assert is_refusal(await asked(town, **form, scope="permits:submit"), 400, "invalid_scope")
        assert is_refusal(await asked(town, **form, scope=" "), 400, "invalid_scope")

    async def test_a_refresh_never_gives_more_than_the_sign_in(self, town: Town, clerk: Caller) -> None:
        narrow = await signed_in(town, clerk.login, scope="permits:read events:read")
        same = (await refreshed(town, narrow["refresh_token"])).json()
        assert same["scope"] == "events:read permits:read"
        fewer = (await refreshed(town, same["refresh_token"], scope="permits:read")).json()
        assert fewer["scope"] == "permits:read"
        again = (await refreshed(town, fewer["refresh_token"])).json()
        assert again["scope"] == "events:read permits:read"
        wider = await refreshed(town, again["refresh_token"], scope="permits:register")
        assert is_refusal(wider, 400, "invalid_scope")

    async def test_nor_more_than_the_account_still_holds(self, town: Town) -> None:
        caller = await town.caller(f"moved.{new_secret()[:8].lower()}", roles=["clerk"], usccs=[])
        refresh = (await signed_in(town, caller.login))["refresh_token"]
        await rows(town, "UPDATE account SET roles = '{inspector}' WHERE login = $1", caller.login)
        body = (await refreshed(town, refresh)).json()
        assert "permits:register" not in body["scope"].split()
        assert claims_of(body["access_token"])["roles"] == ["inspector"]


class TestRefresh:
    async def test_each_refresh_token_is_used_once_and_replaced(self, town: Town, clerk: Caller) -> None:
        first = (await signed_in(town, clerk.login))["refresh_token"]
        answer = await refreshed(town, first)
        assert answer.status_code == 200
        assert answer.json()["refresh_token"] != first
        assert claims_of(answer.json()["access_token"])["sub"] == str(clerk.account)

    async def test_a_replayed_one_revokes_its_whole_family_and_no_other(
        self, town: Town, clerk: Caller
    ) -> None:
        other = (await signed_in(town, clerk.login))["refresh_token"]
        first = (await signed_in(town, clerk.login))["refresh_token"]
        second = (await refreshed(town, first)).json()["refresh_token"]
        assert is_refusal(await refreshed(town, first), 400, "invalid_grant")
        assert is_refusal(await refreshed(town, second), 400, "invalid_grant")
        statement = "SELECT revoked_at IS NOT NULL FROM refresh_token WHERE sha256 = ANY($1::text[])"
        kept = await rows(town, statement, [digest(first), digest(second)])
        assert [row[0] for row in kept] == [True, True]  # it outlived the refusal that told of it
        assert (await refreshed(town, other)).status_code == 200

    async def test_two_uses_at_once_are_one_use_and_one_replay(self, town: Town, clerk: Caller) -> None:
        first = (await signed_in(town, clerk.login))["refresh_token"]
        answers = await asyncio.gather(*(refreshed(town, first) for _ in range(2)))
        assert sorted(answer.status_code for answer in answers) == [200, 400]
        (won,) = [answer.json() for answer in answers if answer.status_code == 200]
        assert is_refusal(await refreshed(town, won["refresh_token"]), 400, "invalid_grant")

    async def test_an_expired_or_unknown_one_is_refused(self, town: Town, clerk: Caller) -> None:
        expired = (await signed_in(town, clerk.login))["refresh_token"]
        statement = "UPDATE refresh_token SET expires_at = now() WHERE sha256 = $1"
        await rows(town, statement, digest(expired))
        access = (await signed_in(town, clerk.login))["access_token"][:1000]
        for token in (expired, new_secret(), access, "x"):
            assert is_refusal(await refreshed(town, token), 400, "invalid_grant")
        assert is_refusal(await asked(town, grant_type="refresh_token"), 400, "invalid_request")


class TestClientCredentials:
    SECRET = "a secret: of a system"

    @pytest.fixture
    async def client_id(self, town: Town) -> str:
        name = f"system.{new_secret()[:12].replace('_', '-')}"
        async with town._gateway_database.transaction() as session:
            session.add(
                Client(
                    client_id=name,
                    name="上级平台",
                    secret_sha256=digest(self.SECRET),
                    scopes=["events:read", "permits:read"],
                    usccs=["91152501XY0000000X"],
                    every_enterprise=False,
                    created_at=clock.now(),
                )
            )
        return name

    def basic(self, name: str, secret: str) -> dict[str, str]:
        encoded = base64.b64encode(f"{name}:{secret}".encode()).decode()
        return {"authorization": f"Basic {encoded}"}

    async def test_a_system_signs_in_by_form_and_by_basic(self, town: Town, client_id: str) -> None:
        grant = {"grant_type": "client_credentials"}
        by_form = await asked(town, **grant, client_id=client_id, client_secret=self.SECRET)
        by_basic = await town.public.post(TOKEN, data=grant, headers=self.basic(client_id, self.SECRET))
        for answer in (by_form, by_basic):
            assert answer.status_code == 200
            assert "refresh_token" not in answer.json()
            claims = claims_of(answer.json()["access_token"])
            assert (claims["sub"], claims["roles"], claims["usccs"]) == (
                client_id,
                ["system"],
                ["91152501XY0000000X"],
            )
            assert (claims["every_enterprise"], claims["scope"]) == (False, "events:read permits:read")

    async def test_it_may_ask_for_less(self, town: Town, client_id: str) -> None:
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": self.SECRET}
        assert (await asked(town, **form, scope="events:read")).json()["scope"] == "events:read"
        assert is_refusal(await asked(town, **form, scope="permits:register"), 400, "invalid_scope")

    async def test_one_that_reads_every_enterprise_acts_for_none_whatever_it_was_given(
        self, town: Town, client_id: str
    ) -> None:
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": self.SECRET}
        given = ["permits:read", "permits:file", "permits:submit"]
        statement = "UPDATE client SET scopes = $2, every_enterprise = $3 WHERE client_id = $1 RETURNING 1"
        for every, held in ((False, " ".join(sorted(given))), (True, "permits:read")):
            await rows(town, statement, client_id, given, every)
            claims = claims_of((await asked(town, **form)).json()["access_token"])
            assert (claims["every_enterprise"], claims["scope"]) == (every, held)
        assert is_refusal(await asked(town, **form, scope="permits:submit"), 400, "invalid_scope")

    async def test_a_wrong_secret_an_unknown_system_and_a_disabled_one_look_the_same(
        self, town: Town, client_id: str
    ) -> None:
        grant, bodies = {"grant_type": "client_credentials"}, []
        tries = [(client_id, "wrong"), ("nobody", self.SECRET)]
        for name, secret in tries:
            for answer in (
                await asked(town, **grant, client_id=name, client_secret=secret),
                await town.public.post(TOKEN, data=grant, headers=self.basic(name, secret)),
            ):
                assert is_refusal(answer, 401, "invalid_client")
                assert answer.headers["www-authenticate"].startswith("Basic ")
                bodies.append({key: value for key, value in answer.json().items() if key != "instance"})
        await rows(town, "UPDATE client SET disabled_at = now() WHERE client_id = $1", client_id)
        gone = await asked(town, **grant, client_id=client_id, client_secret=self.SECRET)
        assert is_refusal(gone, 401, "invalid_client")
        assert all(body == bodies[0] for body in bodies)

    async def test_what_is_missing_is_named(self, town: Town) -> None:
        answer = await asked(town, grant_type="client_credentials")
        assert is_refusal(answer, 400, "invalid_request")
        assert {error["pointer"] for error in answer.json()["errors"]} == {"/client_id", "/client_secret"}


class TestMeAndKeys:
    async def test_me_says_what_the_token_says(self, town: Town, clerk: Caller) -> None:
        body = (await clerk.get(ME)).json()
        assert (body["subject"], body["name"], body["roles"]) == (str(clerk.account), clerk.login, ["clerk"])
        assert (body["usccs"], body["every_enterprise"]) == ([], True)
        assert body["scopes"] == sorted(claims_of(clerk.token)["scope"].split())

    async def test_nobody_is_401(self, town: Town) -> None:
        answer = await town.public.get(ME)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")

    async def test_the_published_keys_have_no_private_part(self, town: Town) -> None:
        answer = await town.public.get("/.well-known/jwks.json")
        keys = answer.json()["keys"]
        assert keys
        for key in keys:
            assert set(key) == {"kty", "crv", "x", "kid", "use", "alg"}
        assert "max-age" in answer.headers["cache-control"]

    async def test_a_token_names_a_published_key(self, town: Town, clerk: Caller) -> None:
        header = json.loads(base64.urlsafe_b64decode(clerk.token.split(".")[0] + "=="))
        keys = (await town.public.get("/.well-known/jwks.json")).json()["keys"]
        assert header["typ"] == "at+jwt"
        assert header["kid"] in {key["kid"] for key in keys}
