"""A person signs in to an app: the way it is meant, and the ways in which it is attacked."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.apps.rules import challenge_of
from gateway.identity.models import App
from gateway.identity.schemas import ACCESS_TOKEN, TOKEN_EXCHANGE
from services.kit import clock
from services.kit.ids import new_id
from tests.support.town import PASSWORD, Holder, Town

AUTHORIZE, TOKEN, ME = "/authorize", "/v1/auth/token", "/v1/auth/me"
VERIFIER = "v" * 50
BACK = "https://app.example/back?kept=1"


@dataclass
class Ledger:
    """An app as its maker runs it, and the person before its browser."""

    town: Town
    client_id: str
    login: str
    holder: Holder

    def asks(self, **changes: str | None) -> dict[str, str]:
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": BACK,
            "scope": "permits:read",
            "state": "s-1",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in asked.items() if value is not None}

    async def page(self, **changes: str | None) -> httpx.Response:
        return await self.town.public.get(AUTHORIZE, params=self.asks(**changes))

    async def sends(self, decision: str = "allow", **changes: str | None) -> httpx.Response:
        person = {"username": self.login, "password": PASSWORD, "otp": "", "decision": decision}
        return await self.town.public.post(AUTHORIZE, data=self.asks(**{**person, **changes}))

    async def code(self, **changes: str | None) -> str:
        return led_back(await self.sends(**changes))["code"]

    async def redeems(self, presented: str, **changes: str | None) -> httpx.Response:
        form = {
            "grant_type": "authorization_code",
            "code": presented,
            "client_id": self.client_id,
            "redirect_uri": BACK,
            "code_verifier": VERIFIER,
            **changes,
        }
        return await self.town.public.post(
            TOKEN, data={name: value for name, value in form.items() if value is not None}
        )

    async def signed_in(self, **changes: str | None) -> dict[str, Any]:
        answer = await self.redeems(await self.code(**changes))
        assert answer.status_code == 200, answer.text
        return answer.json()  # type: ignore[no-any-return]

    async def call(self, token: str, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {token}", "Idempotency-Key": str(new_id())}
        return await self.town.public.request(method, path, headers=headers, **more)


def led_back(answer: httpx.Response) -> dict[str, str]:
    """What the app is told in its address."""
    assert answer.status_code == 303, answer.text
    where = answer.headers["location"]
    assert where.startswith(f"{BACK}&")
    assert answer.headers["cache-control"] == "no-store"
    return {name: values[0] for name, values in parse_qs(urlsplit(where).query).items()}


async def registered(town: Town, **changes: Any) -> str:
    client_id = f"app.{new_id().hex}"
    app = {
        "client_id": client_id,
        "name": "示例<台账>",
        "redirect_uris": [BACK],
        "scopes": ["events:read", "permits:file", "permits:read"],
        "created_at": clock.now(),
        **changes,
    }
    async with town._gateway_database.transaction() as session:
        session.add(App(**app))
    return client_id


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    return await town.holder()


@pytest.fixture
async def app(town: Town, holder: Holder) -> Ledger:
    return Ledger(town, await registered(town), holder.login, holder)


class TestTheWayItIsMeant:
    async def test_the_page_says_who_asks_for_what_and_where_it_leads(self, app: Ledger) -> None:
        page = await app.page()
        assert page.status_code == 200
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "示例&lt;台账&gt;" in page.text
        assert "permits: read" in page.text
        assert BACK in unescape(page.text)
        policy = page.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self' https://app.example;" in policy
        assert "set-cookie" not in page.headers
        kept = dict(re.findall(r'type="hidden" name="([a-z_]+)" value="([^"]*)"', page.text))
        assert {name: unescape(value) for name, value in kept.items()} == app.asks()

    async def test_the_page_speaks_chinese_without_being_asked_for_english(self, app: Ledger) -> None:
        page = await app.town.public.get(AUTHORIZE, params=app.asks(), headers={"Accept-Language": "zh-CN"})
        assert "排污许可：查看" in page.text

    async def test_a_person_allows_and_the_app_acts_for_them(self, app: Ledger) -> None:
        back = led_back(await app.sends())
        assert (back["state"], back["iss"], back["kept"]) == ("s-1", app.town.stack.shared.issuer, "1")
        answer = await app.redeems(back["code"])
        assert answer.headers["cache-control"] == "no-store"
        tokens = answer.json()
        assert tokens["scope"] == "permits:read"
        me = (await app.call(tokens["access_token"], "GET", ME)).json()
        assert (me["subject"], me["scopes"]) == (str(app.holder.account), ["permits:read"])
        assert (await app.call(tokens["access_token"], "GET", "/v1/permits/permits")).status_code == 200
        assert (await app.call(tokens["access_token"], "GET", "/v1/permits/events")).status_code == 403

    async def test_whoever_denies_is_sent_back_without_a_password(self, app: Ledger) -> None:
        back = led_back(await app.sends("deny", username="", password=""))
        assert (back["error"], back["state"]) == ("access_denied", "s-1")
        assert "code" not in back

    async def test_it_goes_on_by_refresh_token_and_the_person_sees_and_ends_it(self, app: Ledger) -> None:
        first = await app.signed_in()
        form = {
            "grant_type": "refresh_token",
            "refresh_token": first["refresh_token"],
            "client_id": app.client_id,
        }
        second = (await app.town.public.post(TOKEN, data=form)).json()
        assert second["scope"] == "permits:read"
        sessions = (await app.holder.get("/v1/auth/sessions")).json()["items"]
        mine = [each for each in sessions if (each["client"] or "").startswith("示例<台账>")]
        assert mine
        for each in mine:
            assert (await app.holder.http.delete(f"/v1/auth/sessions/{each['id']}")).status_code == 204
        for _ in range(1500):
            if (await app.call(second["access_token"], "GET", ME)).status_code == 401:
                break
            await asyncio.sleep(0.02)
        else:
            pytest.fail("the app's token still holds")

    async def test_what_the_account_does_not_hold_is_not_given(self, app: Ledger, town: Town) -> None:
        login = f"d{new_id().hex}"
        await town.account(login, roles=["driver"], usccs=[app.holder.uscc])
        assert led_back(await app.sends(username=login))["error"] == "invalid_scope"

    async def test_where_the_parts_are(self, app: Ledger) -> None:
        said = (await app.town.public.get("/.well-known/oauth-authorization-server")).json()
        assert said["issuer"] == app.town.stack.shared.issuer
        assert said["code_challenge_methods_supported"] == ["S256"]
        assert said["authorization_endpoint"] == f"{said['issuer']}/authorize"


class TestAskingWrongly:
    @pytest.mark.parametrize(
        "changes",
        [
            {"client_id": "nobody"},
            {"client_id": None},
            {"redirect_uri": None},
            {"redirect_uri": "https://evil.example/back"},
            {"redirect_uri": f"{BACK}2"},
            {"redirect_uri": BACK.upper()},
            {"redirect_uri": "https://app.example/back"},
            {"redirect_uri": "https://app.example/back?kept=1#x"},
        ],
    )
    async def test_an_address_that_is_not_the_apps_is_led_to_by_nothing(
        self, app: Ledger, changes: dict[str, str | None]
    ) -> None:
        for answer in (
            await app.page(**changes),
            await app.sends(**changes),
            await app.sends("deny", **changes),
        ):
            assert answer.status_code == 400
            assert "location" not in answer.headers
            assert "evil" not in answer.text

    async def test_two_addresses_are_none(self, app: Ledger) -> None:
        twice = [*app.asks().items(), ("redirect_uri", BACK)]
        answer = await app.town.public.get(AUTHORIZE, params=httpx.QueryParams(twice))
        assert answer.status_code == 400

    async def test_a_parameter_that_is_given_twice_is_refused(self, app: Ledger) -> None:
        twice = [*app.asks().items(), ("scope", "permits:file")]
        answer = await app.town.public.get(AUTHORIZE, params=httpx.QueryParams(twice))
        assert led_back(answer)["error"] == "invalid_request"

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"response_type": "token"}, "unsupported_response_type"),
            ({"code_challenge": None}, "invalid_request"),
            ({"code_challenge_method": None}, "invalid_request"),
            ({"code_challenge_method": "plain", "code_challenge": VERIFIER}, "invalid_request"),
            ({"scope": None}, "invalid_scope"),
            ({"scope": "permits:submit"}, "invalid_scope"),
            ({"scope": "permits:read accounts:manage"}, "invalid_scope"),
        ],
    )
    async def test_the_app_is_told_what_is_wrong(
        self, app: Ledger, changes: dict[str, str | None], error: str
    ) -> None:
        for answer in (await app.page(**changes), await app.sends(**changes)):
            back = led_back(answer)
            assert (back["error"], back["state"]) == (error, "s-1")
            assert "code" not in back

    async def test_an_app_that_was_disabled_is_unknown(self, app: Ledger) -> None:
        client_id = await registered(app.town, disabled_at=clock.now())
        assert (await app.page(client_id=client_id)).status_code == 400


class TestSigningIn:
    async def test_a_wrong_password_shows_the_form_again_and_begins_nothing(self, app: Ledger) -> None:
        answer = await app.sends(password="wrong wrong wrong")
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
        assert "wrong wrong wrong" not in answer.text
        assert "location" not in answer.headers

    @pytest.mark.parametrize("login", ["nobody", "", "<script>", "a b", "\u0430"])
    async def test_a_name_that_nobody_has_looks_the_same(self, app: Ledger, login: str) -> None:
        answer = await app.sends(username=login)
        known = await app.sends(password="wrong wrong wrong")
        assert answer.status_code == known.status_code == 400
        alert = r'role="alert">([^<]*)<'
        assert re.findall(alert, answer.text) == re.findall(alert, known.text)
        assert "<script>" not in answer.text

    async def test_a_second_factor_is_needed_here_too(self, app: Ledger, town: Town) -> None:
        approver = await town.staff("approver")
        answer = await app.sends(username=approver.login)
        assert answer.status_code == 400
        assert "location" not in answer.headers
        code = await town._fresh_code(approver.login)
        assert "code" in led_back(await app.sends(username=approver.login, otp=f"{code[:3]} {code[3:]}"))

    @pytest.mark.parametrize("field", ["decision", "extra"])
    async def test_a_form_that_is_not_ours_is_refused(self, app: Ledger, field: str) -> None:
        answer = await app.sends(**{field: "whatever"})
        assert answer.status_code == 422


class TestTheCode:
    async def refused(self, answer: httpx.Response) -> None:
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant"), answer.text

    async def test_a_second_use_ends_what_came_of_the_first(self, app: Ledger) -> None:
        code = await app.code()
        tokens = (await app.redeems(code)).json()
        await self.refused(await app.redeems(code))
        form = {
            "grant_type": "refresh_token",
            "refresh_token": tokens["refresh_token"],
            "client_id": app.client_id,
        }
        await self.refused(await app.town.public.post(TOKEN, data=form))
        for _ in range(1500):
            if (await app.call(tokens["access_token"], "GET", ME)).status_code == 401:
                return
            await asyncio.sleep(0.02)
        pytest.fail("the token of a replayed code still holds")

    async def test_of_many_at_once_one_wins_and_nothing_is_left_of_it(self, app: Ledger) -> None:
        code = await app.code()
        answers = await asyncio.gather(*(app.redeems(code) for _ in range(5)))
        assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400, 400]
        (won,) = [answer.json() for answer in answers if answer.status_code == 200]
        form = {
            "grant_type": "refresh_token",
            "refresh_token": won["refresh_token"],
            "client_id": app.client_id,
        }
        await self.refused(await app.town.public.post(TOKEN, data=form))

    async def test_it_is_bound_to_verifier_address_and_app_and_spent_by_a_wrong_one(
        self, app: Ledger
    ) -> None:
        other = await registered(app.town)
        for changes in (
            {"code_verifier": "w" * 50},
            {"redirect_uri": "https://app.example/back"},
            {"client_id": other},
        ):
            code = await app.code()
            await self.refused(await app.redeems(code, **changes))
            await self.refused(await app.redeems(code))

    @pytest.mark.parametrize("missing", ["code_verifier", "redirect_uri", "client_id", "code"])
    async def test_nothing_of_it_may_be_left_out(self, app: Ledger, missing: str) -> None:
        code = await app.code()
        answer = await app.redeems(code, **{missing: None})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")

    async def test_after_a_minute_it_is_nothing(self, app: Ledger) -> None:
        code = await app.code()
        await self.age(app, timedelta(seconds=61))
        await self.refused(await app.redeems(code))

    async def age(self, app: Ledger, by: timedelta) -> None:
        statement = (
            "UPDATE authorization_code SET expires_at = expires_at - $1::interval WHERE client_id = $2"
        )
        async with app.town._gateway_database.engine.begin() as connection:
            await connection.exec_driver_sql(statement, (by, app.client_id))

    async def test_an_app_or_account_that_was_disabled_meanwhile_gets_nothing(self, app: Ledger) -> None:
        code = await app.code()

        async def disable(session: AsyncSession) -> None:
            found = await session.get(App, app.client_id)
            assert found is not None
            found.disabled_at = clock.now()

        async with app.town._gateway_database.transaction() as session:
            await disable(session)
        await self.refused(await app.redeems(code))

    async def test_a_made_up_code_is_nothing(self, app: Ledger) -> None:
        await self.refused(await app.redeems("x" * 43))


class TestWhatAnAppMayNot:
    async def test_its_refresh_token_is_good_for_it_alone(self, app: Ledger) -> None:
        tokens = await app.signed_in()
        form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        other = await registered(app.town)
        for wrong in ({}, {"client_id": other}):
            assert (await app.town.public.post(TOKEN, data={**form, **wrong})).status_code == 400
        right = await app.town.public.post(TOKEN, data={**form, "client_id": app.client_id})
        assert right.status_code == 200

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/v1/auth/sessions"),
            ("DELETE", "/v1/auth/sessions"),
            ("PUT", "/v1/auth/password"),
            ("GET", "/v1/auth/second-factor"),
            ("PUT", "/v1/auth/second-factor"),
            ("GET", "/v1/delegations"),
        ],
    )
    async def test_it_does_not_touch_the_account_itself(self, app: Ledger, method: str, path: str) -> None:
        tokens = await app.signed_in()
        answer = await app.call(tokens["access_token"], method, path, json={} if method == "PUT" else None)
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong_audience")

    async def test_it_signs_itself_out(self, app: Ledger) -> None:
        tokens = await app.signed_in()
        answer = await app.call(tokens["access_token"], "DELETE", "/v1/auth/sessions/current")
        assert answer.status_code == 204

    async def test_an_agents_app_does_not_act_under_the_delegation(self, app: Ledger, town: Town) -> None:
        agent = f"a.{new_id().hex}"
        await town.account(agent, roles=["agent", "enterprise"], usccs=[town.new_uscc()])
        tokens = await app.signed_in(username=agent)
        form = {
            "grant_type": TOKEN_EXCHANGE,
            "subject_token": tokens["access_token"],
            "subject_token_type": ACCESS_TOKEN,
            "delegation": str(new_id()),
        }
        assert (await town.public.post(TOKEN, data=form)).status_code == 400
