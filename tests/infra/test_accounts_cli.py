"""`steppe account add` and `steppe client add`, against the gateway's database and its sign-in."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from gateway.app import create_app
from gateway.apps.rules import challenge_of
from gateway.identity.models import Account, App, Client
from gateway.identity.rules import ROLE_SCOPES
from gateway.sealing import Seal
from gateway.settings import GatewaySettings, UpstreamSettings
from infra.accounts_cli import account_main, client_main
from infra.apps_cli import main as app_main
from infra.disabling_cli import app_main as disable_app
from infra.disabling_cli import client_main as disable_client
from infra.rescue_cli import reset_main, unlock_main
from services.kit.database import Database
from services.kit.ids import new_id
from services.kit.pytest_plugin import MakeDatabase
from services.kit.settings import SharedSettings
from services.kit.signing import KeyRing
from services.kit.tables import AuditRow
from services.kit.trusted import trusted
from tests.support.stack import serving

PASSWORD = "synthetic-password"
USCC = "911525017332825861"
"""Synthetic: its check digits hold."""


@dataclass(frozen=True)
class Gateway:
    """A running gateway and its database."""

    url: str
    database_url: str

    async def sign_in(self, **form: str) -> httpx.Response:
        async with httpx.AsyncClient(
            base_url=self.url, trust_env=False, timeout=60, verify=trusted()
        ) as client:
            return await client.post("/v1/auth/token", data=form)

    async def with_password(self, login: str, password: str = PASSWORD) -> httpx.Response:
        return await self.sign_in(grant_type="password", username=login, password=password)

    async def rows(self, statement: Any) -> list[Any]:
        database = Database(self.database_url, pool_size=1)
        try:
            async with database.transaction() as session:
                return list(await session.exec(statement))
        finally:
            await database.close()


@pytest.fixture(scope="module")
async def gateway(make_database: MakeDatabase) -> AsyncIterator[Gateway]:
    url = await asyncio.to_thread(make_database, "gateway")
    settings = GatewaySettings(database_url=url, token_keys=KeyRing.generate(), secret=Seal.generate())
    app = create_app(settings, SharedSettings(), UpstreamSettings())
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    async with serving(app, listener):
        yield Gateway(f"http://127.0.0.1:{listener.getsockname()[1]}", url)


@pytest.fixture(autouse=True)
def _installation(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPPE_GATEWAY_DATABASE_URL", gateway.database_url)
    for variable in ("STEPPE_ACCOUNT_PASSWORD", "STEPPE_CLIENT_SECRET"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def login() -> str:
    return f"u{new_id().hex}"


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


async def run(command: Callable[[list[str]], int], *words: str) -> int:
    """The command has an event loop of its own, so it runs in a thread, as it would in another process."""
    return await asyncio.to_thread(command, list(words))


def claims(answer: httpx.Response) -> dict[str, Any]:
    payload = answer.json()["access_token"].split(".")[1]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return decoded


async def test_who_was_added_signs_in_with_the_roles_and_enterprises_given(
    gateway: Gateway, login: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, f"{PASSWORD}\r\n")
    words = [login.upper(), "--name", "赵环保", "--role", "enterprise", "--uscc", f" {USCC.lower()} "]
    assert await run(account_main, *words) == 0
    assert login in capsys.readouterr().out
    token = claims(await gateway.with_password(login))
    assert (token["name"], token["roles"], token["usccs"]) == ("赵环保", ["enterprise"], [USCC])
    assert set(token["scope"].split()) == ROLE_SCOPES["enterprise"]
    assert (await gateway.with_password(login, "another-password")).status_code == 400


async def test_the_password_may_come_by_environment_and_is_kept_as_argon2id_only(
    gateway: Gateway, login: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STEPPE_ACCOUNT_PASSWORD", PASSWORD)
    words = [login, "--name", "钱审核", "--role", "reviewer", "--role", "inspector", "--role", "reviewer"]
    assert await run(account_main, *words) == 0
    (account,) = await gateway.rows(select(Account).where(col(Account.login) == login))
    assert account.roles == ["inspector", "reviewer"]
    assert account.password_hash.startswith("$argon2id$")
    said = capsys.readouterr()
    assert PASSWORD not in said.out + said.err


async def test_the_audit_trail_says_that_the_system_added_it_and_holds_no_secret(
    gateway: Gateway, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, PASSWORD)
    await run(account_main, login, "--name", "孙执法", "--role", "inspector")
    (account,) = await gateway.rows(select(Account).where(col(Account.login) == login))
    (row,) = await gateway.rows(select(AuditRow).where(col(AuditRow.entity_id) == str(account.id)))
    assert (row.actor, row.action, row.entity, row.before) == (
        "system",
        "gateway.account_added.v1",
        "account",
        None,
    )
    assert row.after == {"login": login, "name": "孙执法", "roles": ["inspector"], "usccs": []}


async def test_a_login_that_is_taken_is_1_and_stays_as_it_was(
    gateway: Gateway, login: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for password, code in ((PASSWORD, 0), ("another-password", 1)):
        typed(monkeypatch, password)
        assert await run(account_main, login, "--name", "李", "--role", "clerk") == code
    assert f"there already: {login}" in capsys.readouterr().err
    assert (await gateway.with_password(login)).status_code == 200


@pytest.mark.parametrize("password", ["", "short", "x" * 11, "x" * 1025])
async def test_a_password_that_is_too_short_or_too_long_is_1_and_adds_nobody(
    gateway: Gateway,
    login: str,
    password: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    typed(monkeypatch, f"{password}\n")
    assert await run(account_main, login, "--name", "李", "--role", "clerk") == 1
    assert "12 to 1024" in capsys.readouterr().err
    assert await gateway.rows(select(Account).where(col(Account.login) == login)) == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["a b", "--name", "李", "--role", "clerk"], "letters, digits"),
        (["x" * 65, "--name", "李", "--role", "clerk"], "letters, digits"),
        (["li", "--name", "李", "--role", "mayor"], "mayor"),
        (["li", "--name", "李"], "--role"),
        (["li", "--role", "clerk"], "--name"),
        (["li", "--name", "李", "--role", "enterprise"], "--uscc is needed with the role enterprise"),
        (["li", "--name", "李", "--role", "clerk", "--role", "driver"], "role driver"),
        (["li", "--name", "李", "--role", "clerk", "--uscc", "9115250I7332825861"], f"did you mean {USCC}?"),
        (["li", "--name", "李", "--role", "clerk", "--password", PASSWORD], "unrecognized"),
    ],
)
def test_bad_usage_of_account_add_is_2_and_says_what_is_wrong(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        account_main(words)
    assert end.value.code == 2
    assert says in capsys.readouterr().err


async def test_a_client_gets_a_secret_that_is_printed_once_and_opens_the_scopes_given(
    gateway: Gateway, login: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run(client_main, login, "--name", "省平台", "--scope", "events:read", "--uscc", USCC) == 0
    secret = capsys.readouterr().out.strip()
    answer = await gateway.sign_in(grant_type="client_credentials", client_id=login, client_secret=secret)
    token = claims(answer)
    assert (token["scope"], token["usccs"], token["every_enterprise"]) == ("events:read", [USCC], False)
    (row,) = await gateway.rows(select(AuditRow).where(col(AuditRow.entity_id) == login))
    assert (row.actor, row.action) == ("system", "gateway.client_added.v1")
    assert secret not in str(row.after)


async def test_a_client_can_be_given_the_secret_that_it_has_already(
    gateway: Gateway, login: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "s" * 43
    typed(monkeypatch, secret)
    words = [
        login.upper(),
        "--scope",
        "permits:read",
        "--every-enterprise",
        "--purpose",
        "statistics",
        "--secret-stdin",
    ]
    assert await run(client_main, *words) == 0
    said = capsys.readouterr()
    assert secret not in said.out + said.err
    answer = await gateway.sign_in(
        grant_type="client_credentials", client_id=login.upper(), client_secret=secret
    )
    assert (claims(answer)["every_enterprise"], claims(answer)["purposes"]) == (True, ["statistics"])


@pytest.mark.parametrize("words", ["", "--purpose gossip", "--purpose statistics --scope permits:submit"])
def test_a_system_that_reads_every_enterprise_says_what_for_and_acts_for_none(
    words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        client_main(["province", "--scope", "permits:read", "--every-enterprise", *words.split()])
    assert end.value.code == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert (words.split() or ["--purpose"])[-1] in said


async def test_a_secret_that_can_be_guessed_is_1_and_adds_no_client(
    gateway: Gateway, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEPPE_CLIENT_SECRET", "short")
    assert await run(client_main, login, "--scope", "events:read") == 1
    assert await gateway.rows(select(Client).where(col(Client.client_id) == login)) == []


async def becomes_401(gateway: Gateway, token: str) -> None:
    async with httpx.AsyncClient(
        base_url=gateway.url, trust_env=False, timeout=60, verify=trusted()
    ) as client:
        for _ in range(1500):
            answer = await client.get("/v1/auth/me", headers={"authorization": f"Bearer {token}"})
            if answer.status_code == 401:
                return
            await asyncio.sleep(0.02)
    pytest.fail("the token still holds")


async def test_a_disabled_system_is_out_at_once_and_for_good(
    gateway: Gateway, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEPPE_CLIENT_SECRET", "s" * 43)
    assert await run(client_main, login, "--scope", "events:read") == 0
    form = {"grant_type": "client_credentials", "client_id": login, "client_secret": "s" * 43}
    token = (await gateway.sign_in(**form)).json()["access_token"]
    assert await run(disable_client, login) == 0
    await becomes_401(gateway, token)
    assert (await gateway.sign_in(**form)).status_code == 401
    rows = await gateway.rows(select(AuditRow.action).where(col(AuditRow.entity_id) == login))
    assert rows == ["gateway.client_added.v1", "gateway.client_disabled.v1"]
    assert await run(disable_client, login) == 1  # it is already


async def test_a_disabled_app_loses_what_it_holds(
    gateway: Gateway, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEPPE_ACCOUNT_PASSWORD", PASSWORD)
    assert await run(account_main, login, "--name", "赵环保", "--role", "enterprise", "--uscc", USCC) == 0
    app, back = f"app-{login}", "https://ledger.example/back"
    words = [app, "--name", "台账", "--redirect-uri", back, "--scope", "permits:read"]
    assert await run(app_main, *words) == 0
    asked = {
        **{"client_id": app, "redirect_uri": back, "response_type": "code", "scope": "permits:read"},
        **{"code_challenge": challenge_of("v" * 43), "code_challenge_method": "S256", "decision": "allow"},
    }
    async with httpx.AsyncClient(
        base_url=gateway.url, trust_env=False, timeout=60, verify=trusted()
    ) as client:
        answer = await client.post("/authorize", data={**asked, "username": login, "password": PASSWORD})
    code = httpx.URL(answer.headers["location"]).params["code"]
    redeemed = {"client_id": app, "redirect_uri": back, "code": code, "code_verifier": "v" * 43}
    token = (await gateway.sign_in(grant_type="authorization_code", **redeemed)).json()["access_token"]
    assert await run(disable_app, app) == 0
    await becomes_401(gateway, token)


async def test_an_app_is_registered_and_audited(
    gateway: Gateway, login: str, capsys: pytest.CaptureFixture[str]
) -> None:
    back = "https://ledger.example/back"
    words = [login, "--name", "台账", "--redirect-uri", back, "--scope", "permits:read"]
    assert await run(app_main, *words) == 0
    assert login in capsys.readouterr().out
    (app,) = await gateway.rows(select(App).where(col(App.client_id) == login))
    assert (app.name, app.redirect_uris, app.scopes) == ("台账", [back], ["permits:read"])
    (row,) = await gateway.rows(select(AuditRow).where(col(AuditRow.entity_id) == login))
    assert (row.action, row.after["redirect_uris"]) == ("gateway.app_added.v1", [back])
    assert await run(app_main, *words) == 1  # the name is taken


@pytest.mark.parametrize(
    "words",
    [
        ("--redirect-uri", "http://ledger.example/back", "--scope", "permits:read"),
        ("--redirect-uri", "https://ledger.example/back", "--scope", "accounts:manage"),
        ("--redirect-uri", "https://ledger.example/back"),
    ],
)
def test_an_app_that_could_be_led_astray_or_do_too_much_is_bad_usage(words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as end:
        app_main(["ledger", "--name", "台账", *words])
    assert end.value.code == 2


def test_a_scope_that_no_role_has_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        client_main(["x", "--scope", "permits:rule"])
    assert end.value.code == 2
    assert "permits:rule" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("database", "says"),
    [("postgresql+asyncpg://x:y@127.0.0.1:1/none", "Connect"), (None, "STEPPE_GATEWAY_DATABASE_URL")],
)
async def test_a_database_that_cannot_be_reached_is_1_and_shows_no_traceback(
    database: str | None, says: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("STEPPE_ACCOUNT_PASSWORD", PASSWORD)
    monkeypatch.setenv("STEPPE_HOME", str(tmp_path))
    monkeypatch.delenv("STEPPE_SECRETS_DIR", raising=False)
    if database is None:
        monkeypatch.delenv("STEPPE_GATEWAY_DATABASE_URL")
    else:
        monkeypatch.setenv("STEPPE_GATEWAY_DATABASE_URL", database)
    assert await run(account_main, "li", "--name", "李", "--role", "clerk") == 1
    error = capsys.readouterr().err
    assert says in error
    assert "Traceback" not in error
    assert "argon2" not in error


async def test_an_account_that_nobody_gets_into_is_reset_on_the_machine(
    gateway: Gateway, login: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STEPPE_ACCOUNT_PASSWORD", PASSWORD)
    assert await run(account_main, login, "--name", "管理员", "--role", "administrator") == 0
    assert (await gateway.with_password(login)).json()["next_step"] == "enrol_second_factor"
    capsys.readouterr()
    assert await run(reset_main, login.upper()) == 0
    temporary = capsys.readouterr().out.strip()
    assert (await gateway.with_password(login)).status_code == 400
    assert (await gateway.with_password(login, temporary)).json()["next_step"] == "change_password"
    trail = await gateway.rows(select(AuditRow.action).where(AuditRow.actor == "system"))
    assert {"gateway.password_reset.v1", "gateway.second_factor_reset.v1"} <= set(trail)


async def test_a_locked_account_is_unlocked_on_the_machine(
    gateway: Gateway, login: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STEPPE_ACCOUNT_PASSWORD", PASSWORD)
    assert await run(account_main, login, "--name", "王受理", "--role", "clerk") == 0
    for _ in range(11):  # some more where this machine takes a second for one
        if (await gateway.with_password(login, "wrong")).status_code == 429:
            break
    else:
        pytest.fail("nobody stopped it")
    assert await run(unlock_main, login) == 0
    assert (await gateway.with_password(login)).status_code == 200
    assert await run(unlock_main, "nobody.of.this.name") == 1
    assert "no such account" in capsys.readouterr().err


async def test_a_database_without_tables_is_1_and_shows_no_hash(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STEPPE_ACCOUNT_PASSWORD", PASSWORD)
    monkeypatch.setenv("STEPPE_GATEWAY_DATABASE_URL", postgres_url)
    assert await run(account_main, "li", "--name", "李", "--role", "clerk") == 1
    error = capsys.readouterr().err
    assert "does not exist" in error
    assert "argon2" not in error
