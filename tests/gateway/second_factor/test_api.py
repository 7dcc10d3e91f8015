"""An approver sets a second factor up, signs in with it, and gets in with a recovery code when it is lost."""

from __future__ import annotations

import asyncio
import base64
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from gateway.identity.models import Account
from gateway.second_factor.rules import STEP_SECONDS, code_at, step_at
from services.kit import clock
from services.kit.ids import new_id
from tests.support.stack import TestStack, another_gateway
from tests.support.town import OTP_SECRET, PASSWORD, Caller, Town

PATH, TOKEN, ME = "/v1/auth/second-factor", "/v1/auth/token", "/v1/auth/me"


class Person:
    """Somebody with a login, and an authenticator once there is one."""

    def __init__(self, town: Town, login: str) -> None:
        self.town, self.login, self.secret = town, login, OTP_SECRET

    def code(self, off: int = 0) -> str:
        return code_at(self.secret, step_at(clock.now()) + off)

    async def sign_in(self, *, base: str = "", **form: str) -> httpx.Response:
        given = {"grant_type": "password", "username": self.login, "password": PASSWORD, **form}
        return await self.town.public.post(f"{base}{TOKEN}", data=given)

    async def token(self, **form: str) -> str:
        answer = await self.sign_in(**form)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    async def put(self, token: str, path: str, body: dict[str, Any]) -> httpx.Response:
        return await self.town.public.put(f"{PATH}{path}", json=body, headers=bearer(token))

    async def enrol(self, token: str) -> list[str]:
        begun = await self.put(token, "", {"password": PASSWORD})
        assert begun.status_code == 200, begun.text
        self.secret = begun.json()["secret"]
        confirmed = await self.put(token, "/confirmation", {"otp": self.code()})
        assert confirmed.status_code == 200, confirmed.text
        await self.unused()
        return list(confirmed.json()["recovery_codes"])

    async def unused(self) -> None:
        """As if the half minute of the last code were over."""
        await rows(
            self.town,
            "UPDATE second_factor SET last_step = -1 FROM account a WHERE a.id = account_id AND login = $1",
            self.login,
        )


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def rows(town: Town, statement: str, *values: object) -> list[Any]:
    async with town._gateway_database.engine.begin() as connection:
        found = await connection.exec_driver_sql(statement, tuple(values))
        return list(found) if found.returns_rows else []


async def account(town: Town, roles: list[str]) -> Person:
    """An account that has no second factor yet."""
    login = f"o{new_id().hex}"
    async with town._gateway_database.transaction() as session:
        session.add(
            Account(
                id=new_id(),
                login=login,
                name=login,
                password_hash=town._hash,
                roles=roles,
                usccs=[],
                created_at=clock.now(),
            )
        )
    return Person(town, login)


@pytest.fixture
async def newcomer(town: Town) -> Person:
    return await account(town, ["approver"])


@pytest.fixture
async def approver(town: Town) -> Person:
    """With the authenticator of the tests."""
    login = f"o{new_id().hex}"
    await town.account(login, roles=["approver"], usccs=[])
    return Person(town, login)


class TestSettingUp:
    async def test_an_approver_without_one_may_set_one_up_and_nothing_else(
        self, town: Town, newcomer: Person
    ) -> None:
        first = (await newcomer.sign_in()).json()
        assert (first["next_step"], first["scope"]) == ("enrol_second_factor", "")
        assert "refresh_token" not in first
        token = first["access_token"]
        for path in ("/v1/credit/records", "/v1/permits/reports", "/v1/enterprises/911525017332825861"):
            refused = await town.public.get(path, headers=bearer(token))
            assert (refused.status_code, refused.json()["code"]) == (403, "set_up_first")
            assert "PUT /v1/auth/second-factor" in refused.json()["detail"]
        codes = await newcomer.enrol(token)
        assert len(set(codes)) == 10
        then = (await newcomer.sign_in(otp=newcomer.code())).json()
        assert "credit:approve" in then["scope"]
        sessions = await town.public.get("/v1/auth/sessions", headers=bearer(then["access_token"]))
        assert [item["second_factor"] for item in sessions.json()["items"] if item["current"]] == [True]

    async def test_what_the_app_takes_in_names_the_account_and_draws_it(self, newcomer: Person) -> None:
        begun = (await newcomer.put(await newcomer.token(), "", {"password": PASSWORD})).json()
        uri = urlsplit(begun["uri"])
        assert (uri.scheme, uri.netloc, uri.path) == ("otpauth", "totp", f"/Steppe:{newcomer.login}")
        assert parse_qs(uri.query)["secret"] == [begun["secret"]]
        assert begun["qr_svg"].startswith("<svg")
        image = base64.b64decode(begun["qr_png"].removeprefix("data:image/png;base64,"))
        assert image.startswith(b"\x89PNG")

    async def test_a_wrong_password_begins_nothing(self, newcomer: Person) -> None:
        answer = await newcomer.put(await newcomer.token(), "", {"password": "wrong"})
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong_password")

    async def test_a_wrong_first_code_confirms_nothing(self, newcomer: Person) -> None:
        token = await newcomer.token()
        assert (await newcomer.put(token, "/confirmation", {"otp": "123456"})).status_code == 409
        await newcomer.put(token, "", {"password": PASSWORD})
        newcomer.secret = OTP_SECRET  # not the one that was begun with
        answer = await newcomer.put(token, "/confirmation", {"otp": newcomer.code()})
        assert (answer.status_code, answer.json()["code"]) == (403, "code_refused")
        assert (await newcomer.sign_in()).json()["next_step"] == "enrol_second_factor"

    async def test_another_authenticator_needs_a_code_of_the_one_that_holds(self, approver: Person) -> None:
        token = await approver.token(otp=approver.code())
        await approver.unused()
        without = await approver.put(token, "", {"password": PASSWORD})
        assert (without.status_code, without.json()["code"]) == (403, "code_refused")
        begun = await approver.put(token, "", {"password": PASSWORD, "otp": approver.code()})
        assert begun.status_code == 200
        await approver.unused()
        assert (await approver.sign_in(otp=approver.code())).status_code == 200  # the old one still holds
        approver.secret = begun.json()["secret"]
        assert (await approver.put(token, "/confirmation", {"otp": approver.code()})).status_code == 200

    async def test_whoever_need_not_may(self, town: Town) -> None:
        clerk = await account(town, ["clerk"])
        token = await clerk.token()
        state = await town.public.get(PATH, headers=bearer(token))
        assert state.json() == {"confirmed_at": None, "required": False, "recovery_codes_left": 0}
        await clerk.enrol(token)
        assert (await clerk.sign_in()).json()["code"] == "second_factor_required"

    async def test_the_roles_are_a_setting(self, town: Town, stack: TestStack) -> None:
        clerk = await account(town, ["clerk"])
        async with another_gateway(stack, second_factor_roles=frozenset({"clerk"})) as base:
            assert (await clerk.sign_in(base=base)).json()["next_step"] == "enrol_second_factor"

    async def test_the_secret_is_sealed_and_no_recovery_code_is_kept(
        self, town: Town, newcomer: Person
    ) -> None:
        codes = await newcomer.enrol(await newcomer.token())
        dump = await rows(town, "SELECT f::text FROM second_factor f")
        dump += await rows(town, "SELECT r::text FROM recovery_code r")
        dump += await rows(town, "SELECT a::text FROM audit_log a")
        text = "\n".join(row[0] for row in dump)
        assert newcomer.secret not in text
        assert newcomer.secret.encode().hex() not in text
        assert not any(code in text or code.replace("-", "") in text for code in codes)


class TestSigningIn:
    async def test_without_a_code_it_is_asked_for_once_the_password_was_right(self, approver: Person) -> None:
        answer = await approver.sign_in()
        assert (answer.status_code, answer.json()["code"]) == (400, "second_factor_required")
        assert answer.json()["error"] == "second_factor_required"
        wrong = await approver.sign_in(password="wrong", otp=approver.code())
        assert wrong.json()["code"] == "invalid_grant"

    @pytest.mark.parametrize("off", [-1, 0, 1])
    async def test_a_clock_may_be_half_a_minute_off(self, approver: Person, off: int) -> None:
        while off < 0 and clock.now().timestamp() % STEP_SECONDS > STEP_SECONDS / 2:
            await asyncio.sleep(0.1)  # a code of the step before is not good any more when this one is over
        assert (await approver.sign_in(otp=approver.code(off))).status_code == 200

    @pytest.mark.parametrize("off", [-20, 20])
    async def test_but_not_ten_minutes(self, approver: Person, off: int) -> None:
        answer = await approver.sign_in(otp=approver.code(off))
        assert (answer.status_code, answer.json()["code"]) == (400, "second_factor_refused")

    async def test_a_code_is_good_once_also_for_two_at_once(self, approver: Person) -> None:
        code = approver.code()
        answers = await asyncio.gather(*(approver.sign_in(otp=code) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]
        assert (await approver.sign_in(otp=code)).json()["code"] == "second_factor_refused"

    async def test_a_recovery_code_is_good_once(self, town: Town, newcomer: Person) -> None:
        codes = await newcomer.enrol(await newcomer.token())
        used = codes[0].upper()
        answers = await asyncio.gather(*(newcomer.sign_in(recovery_code=used) for _ in range(3)))
        assert sorted(answer.status_code for answer in answers) == [200, 400, 400]
        (won,) = [answer.json() for answer in answers if answer.status_code == 200]
        state = await town.public.get(PATH, headers=bearer(won["access_token"]))
        assert state.json()["recovery_codes_left"] == 9
        assert (await newcomer.sign_in(recovery_code="aaaa-bbbb-cccc-dddd")).status_code == 400

    async def test_guessing_at_codes_locks_although_the_password_is_right_in_between(
        self, approver: Person, stack: TestStack
    ) -> None:
        """Asking with the password alone gives its own attempt back and no other."""
        async with another_gateway(stack, account_tries_free=9, account_tries_lock=4) as base:
            statuses = []
            for _ in range(4):
                statuses.append((await approver.sign_in(base=base, otp="000000")).status_code)
                statuses.append((await approver.sign_in(base=base)).status_code)
        assert statuses == [400] * 7 + [429]

    async def test_a_session_from_before_the_role_does_not_go_on(self, town: Town) -> None:
        person = await account(town, ["clerk"])
        refresh = (await person.sign_in()).json()["refresh_token"]
        await rows(town, "UPDATE account SET roles = '{approver}' WHERE login = $1", person.login)
        form = {"grant_type": "refresh_token", "refresh_token": refresh}
        assert (await town.public.post(TOKEN, data=form)).status_code == 400

    async def test_a_session_with_a_second_factor_is_refreshed_without_another_code(
        self, town: Town, approver: Person
    ) -> None:
        begun = (await approver.sign_in(otp=approver.code())).json()
        form = {"grant_type": "refresh_token", "refresh_token": begun["refresh_token"]}
        refreshed = (await town.public.post(TOKEN, data=form)).json()
        assert "credit:approve" in refreshed["scope"]


class TestLost:
    @pytest.fixture
    async def admin(self, town: Town) -> Caller:
        return await town.staff("administrator")

    async def test_an_administrator_resets_it_and_its_person_sets_another_up(
        self, town: Town, admin: Caller, approver: Person
    ) -> None:
        token = await approver.token(otp=approver.code())
        ((account_id,),) = await rows(town, "SELECT id FROM account WHERE login = $1", approver.login)
        answer = await admin.post(f"/v1/accounts/{account_id}/second-factor-reset", None)
        assert answer.status_code == 200
        assert (await approver.sign_in()).json()["next_step"] == "enrol_second_factor"
        for _ in range(1500):
            if (await town.public.get(ME, headers=bearer(token))).status_code == 401:
                break
            await asyncio.sleep(0.02)
        else:
            pytest.fail("its session goes on")

    async def test_nobody_resets_the_own_one(self, admin: Caller) -> None:
        answer = await admin.post(f"/v1/accounts/{admin.account}/second-factor-reset", None)
        assert (answer.status_code, answer.json()["code"]) == (409, "own_account")
