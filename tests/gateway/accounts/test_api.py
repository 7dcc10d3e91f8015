"""An administrator adds, changes, disables, resets and unlocks accounts; nobody else does."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from services.kit.ids import new_id
from tests.support.stack import TestStack, another_gateway
from tests.support.town import PASSWORD, Caller, Town

ACCOUNTS, TOKEN, ME = "/v1/accounts", "/v1/auth/token", "/v1/auth/me"
OWN = "one of my own, 2026"


@pytest.fixture
async def admin(town: Town) -> Caller:
    return await town.staff("administrator")


def new_login() -> str:
    return f"a{new_id().hex}"


async def added(admin: Caller, **changes: Any) -> dict[str, Any]:
    content = {"login": new_login(), "name": "钱受理", "roles": ["clerk"], **changes}
    answer = await admin.post(ACCOUNTS, content)
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def signed_in(town: Town, login: str, password: str) -> httpx.Response:
    form = {"grant_type": "password", "username": login, "password": password}
    return await town.public.post(TOKEN, data=form)


async def becomes_401(town: Town, token: str) -> bool:
    for _ in range(1500):
        if (await town.public.get(ME, headers=bearer(token))).status_code == 401:
            return True
        await asyncio.sleep(0.02)
    return False


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def test_a_new_person_sets_a_password_before_anything_else(town: Town, admin: Caller) -> None:
    account = await added(admin, login=new_login().upper())
    first = (await signed_in(town, account["login"], account["temporary_password"])).json()
    assert (first["next_step"], first["scope"], "refresh_token" in first) == ("change_password", "", False)
    token = bearer(first["access_token"])
    for path in ("/v1/permits/reports", "/v1/accounts", "/v1/enterprises/911525017332825861"):
        assert (await town.public.get(path, headers=token)).status_code == 403
    assert (await town.public.get(ME, headers=token)).json()["roles"] == ["restricted"]
    body = {"old_password": account["temporary_password"], "new_password": OWN}
    assert (await town.public.put("/v1/auth/password", json=body, headers=token)).status_code == 204
    then = (await signed_in(town, account["login"], OWN)).json()
    assert "next_step" not in then
    assert "permits:register" in then["scope"]


async def test_a_restricted_token_opens_nothing_at_a_service_either(town: Town, admin: Caller) -> None:
    account = await added(admin)
    token = (await signed_in(town, account["login"], account["temporary_password"])).json()["access_token"]
    permits = await town.direct("permits", token)
    assert (await permits.get("/v1/permits/reports")).status_code == 403


async def test_a_repeated_request_adds_one_account_and_tells_the_password_once(
    town: Town, admin: Caller
) -> None:
    content = {"login": new_login(), "name": "钱受理", "roles": ["clerk"]}
    first = await admin.post(ACCOUNTS, content, key=content["login"])
    again = await admin.post(ACCOUNTS, content, key=content["login"])
    assert (first.status_code, again.status_code) == (201, 201)
    secret = first.json().pop("temporary_password")
    assert again.json() == {k: v for k, v in first.json().items() if k != "temporary_password"}
    async with town._gateway_database.engine.begin() as connection:
        kept = list(
            await connection.exec_driver_sql("SELECT convert_from(body, 'UTF8') FROM idempotency_key")
        )
    assert not any(secret in row[0] for row in kept if row[0])


async def test_a_login_is_taken_once_in_any_case(admin: Caller) -> None:
    account = await added(admin)
    content = {"login": account["login"].upper(), "name": "孙", "roles": ["clerk"]}
    answers = await asyncio.gather(*(admin.post(ACCOUNTS, content) for _ in range(2)))
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(409, "account_exists")}
    fresh = {"login": new_login(), "name": "孙", "roles": ["clerk"]}
    answers = await asyncio.gather(*(admin.post(ACCOUNTS, fresh) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_what_is_wrong_is_said_at_once(admin: Caller) -> None:
    content = {
        "login": new_login(),
        "name": "李",
        "roles": ["enterprise", "king"],
        "department": "no-such-office",
    }
    answer = await admin.post(ACCOUNTS, content)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_account")
    assert {(e["pointer"], e["code"]) for e in answer.json()["errors"]} == {
        ("/roles", "unknown_role"),
        ("/usccs", "uscc_needed"),
        ("/department", "department_of_no_staff"),
        ("/department", "unknown_department"),
    }


@pytest.mark.parametrize("name", ["\u202egpj.exe", "first\nsecond", "\u200b"])
async def test_a_name_is_one_line_that_reads_as_it_is_written(admin: Caller, name: str) -> None:
    content = {"login": new_login(), "name": name, "roles": ["clerk"]}
    for path, body in ((ACCOUNTS, content), ("/v1/departments", {"code": "an-office", "name": name})):
        answer = await admin.post(path, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_document")
        (error,) = answer.json()["errors"]
        assert (error["pointer"], error["code"] in ("unseen_character", "blank_name")) == ("/name", True)


async def test_staff_belong_to_departments_and_are_found_by_them(admin: Caller) -> None:
    code = f"office-{new_id().hex[:12]}"
    made = await admin.post("/v1/departments", {"code": code, "name": "行政审批科"})
    assert made.status_code == 201
    assert (await admin.post("/v1/departments", {"code": code, "name": "又一个"})).status_code == 409
    member = await added(admin, department=code)
    listed = (await admin.get(ACCOUNTS, department=code)).json()["items"]
    assert [item["id"] for item in listed] == [member["id"]]
    assert code in {item["code"] for item in (await admin.get("/v1/departments", limit=500)).json()["items"]}


async def test_the_list_is_paged_and_filtered(town: Town, admin: Caller) -> None:
    uscc = town.new_uscc()
    logins = sorted([(await added(admin, roles=["enterprise"], usccs=[uscc]))["login"] for _ in range(3)])
    first = (await admin.get(ACCOUNTS, uscc=uscc, limit=2)).json()
    rest = (await admin.get(ACCOUNTS, uscc=uscc, limit=2, cursor=first["next_cursor"])).json()
    assert [item["login"] for item in (*first["items"], *rest["items"])] == logins
    assert rest["next_cursor"] is None
    (one,) = (await admin.get(ACCOUNTS, login=logins[0].upper())).json()["items"]
    assert one["login"] == logins[0]
    assert (await admin.get(ACCOUNTS, uscc=uscc, role="clerk")).json()["items"] == []
    assert len((await admin.get(ACCOUNTS, uscc=uscc, disabled=False)).json()["items"]) == 3


async def test_disabling_ends_everything_at_once_and_enabling_lets_in_again(
    town: Town, admin: Caller
) -> None:
    person = await town.caller(new_login(), roles=["clerk"], usccs=[])
    path = f"{ACCOUNTS}/{person.account}"
    assert (await admin.post(f"{path}/disabling", None)).json()["disabled_at"] is not None
    assert await becomes_401(town, person.token)
    assert (await signed_in(town, person.login, PASSWORD)).status_code == 400
    assert (await admin.post(f"{path}/enabling", None)).json()["disabled_at"] is None
    assert (await signed_in(town, person.login, PASSWORD)).status_code == 200


async def test_other_rights_end_the_sessions_that_have_the_old_ones(town: Town, admin: Caller) -> None:
    person = await town.caller(new_login(), roles=["clerk"], usccs=[])
    path = f"{ACCOUNTS}/{person.account}"
    assert (await admin.http.patch(path, json={"name": "新名字"})).json()["name"] == "新名字"
    assert (await person.get(ME)).status_code == 200
    changed = await admin.http.patch(path, json={"roles": ["inspector"]})
    assert (changed.status_code, changed.json()["roles"]) == (200, ["inspector"])
    assert await becomes_401(town, person.token)


async def test_a_reset_password_is_temporary_and_ends_the_sessions(town: Town, admin: Caller) -> None:
    person = await town.caller(new_login(), roles=["clerk"], usccs=[])
    answer = await admin.post(f"{ACCOUNTS}/{person.account}/password-reset", None)
    assert await becomes_401(town, person.token)
    assert (await signed_in(town, person.login, PASSWORD)).status_code == 400
    again = await signed_in(town, person.login, answer.json()["temporary_password"])
    assert again.json()["next_step"] == "change_password"


async def test_a_locked_account_is_shown_and_unlocked(town: Town, stack: TestStack, admin: Caller) -> None:
    account = await added(admin)
    async with another_gateway(stack, account_tries_free=1, account_tries_lock=1) as strict:
        form = {"grant_type": "password", "username": account["login"], "password": "wrong"}
        assert (await town.public.post(f"{strict}{TOKEN}", data=form)).status_code == 400
        assert (await town.public.post(f"{strict}{TOKEN}", data=form)).status_code == 429
        path = f"{ACCOUNTS}/{account['id']}"
        assert (await admin.get(path)).json()["blocked_until"] is not None
        assert (await admin.post(f"{path}/unlocking", None)).status_code == 200
        assert (await admin.get(path)).json()["blocked_until"] is None
        form["password"] = account["temporary_password"]
        assert (await town.public.post(f"{strict}{TOKEN}", data=form)).status_code == 200


async def test_nobody_disables_or_promotes_the_own_account(admin: Caller) -> None:
    path = f"{ACCOUNTS}/{admin.account}"
    assert (await admin.post(f"{path}/disabling", None)).json()["code"] == "own_account"
    promoted = await admin.http.patch(path, json={"roles": ["administrator", "approver"]})
    assert (promoted.status_code, promoted.json()["code"]) == (409, "own_account")


@pytest.mark.parametrize("role", ["clerk", "approver", "enterprise"])
async def test_only_administrators_may(town: Town, admin: Caller, role: str) -> None:
    usccs = [town.new_uscc()] if role == "enterprise" else []
    caller = await town.caller(new_login(), roles=[role], usccs=usccs)
    assert (await caller.get(ACCOUNTS)).status_code == 403
    assert (await caller.post(f"{ACCOUNTS}/{admin.account}/password-reset", None)).status_code == 403


async def test_an_account_that_is_not_there_is_404(admin: Caller) -> None:
    for path in ("", "/disabling", "/enabling", "/password-reset", "/unlocking"):
        target = f"{ACCOUNTS}/{new_id()}{path}"
        answer = await (admin.post(target, None) if path else admin.get(target))
        assert answer.status_code == 404


async def test_each_step_is_in_the_trail_with_who_did_it(town: Town, admin: Caller) -> None:
    account = await added(admin)
    path = f"{ACCOUNTS}/{account['id']}"
    await admin.http.patch(path, json={"roles": ["reviewer"]})
    for step in ("disabling", "enabling", "password-reset"):
        await admin.post(f"{path}/{step}", None)
    statement = "SELECT action, actor FROM audit_log WHERE entity = 'account' AND entity_id = $1 ORDER BY id"
    async with town._gateway_database.engine.begin() as connection:
        found = list(await connection.exec_driver_sql(statement, (account["id"],)))
    assert [row[0] for row in found] == [
        f"gateway.{what}.v1"
        for what in (
            *("account_added", "account_changed", "account_disabled", "account_enabled"),
            "password_reset",
        )
    ]
    assert {row[1] for row in found} == {str(admin.account)}
