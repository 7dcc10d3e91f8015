"""Roles and databases of an installation, on a server that asks for passwords."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from infra import migrate
from infra.databases import provide, scram_verifier
from tests.infra.password_postgres import password_postgres

pytestmark = pytest.mark.stack


class Server:
    """A server and its administrator; `url` is a URL on it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.admin = self.url("boss", "boss-password", "postgres")

    def url(self, user: str, password: str, database: str) -> str:
        return f"postgresql+asyncpg://{user}:{password}@127.0.0.1:{self.port}/{database}"

    async def ask(self, url: str, sql: str) -> Any:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    async def provide(self, *urls: str, admin: str | None = None) -> list[str]:
        said: list[str] = []
        await provide(admin or self.admin, urls, said.append)
        return said


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("databases") / "postgres"
    with password_postgres(folder, user="boss", password="boss-password") as port:
        yield Server(port)


async def test_each_role_owns_its_database_and_may_enter_no_other(server: Server) -> None:
    one, two = server.url("one", "1", "first"), server.url("two", "2", "second")
    said = await server.provide(one, two)
    assert len(said) == 4
    owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    assert [await server.ask(url, owner) for url in (one, two)] == ["one", "two"]
    await server.ask(one, "CREATE TABLE kept AS SELECT 1")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await server.ask(server.url("one", "1", "second"), "SELECT 1")
    assert not await server.ask(
        one, "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = 'one'"
    )


async def test_doing_it_again_changes_nothing_and_says_nothing(server: Server) -> None:
    url = server.url("again", "1", "again")
    await server.provide(url)
    await server.ask(url, "CREATE TABLE kept AS SELECT 42 AS value")
    assert await server.provide(url) == []
    assert await server.ask(url, "SELECT value FROM kept") == 42


async def test_another_password_in_the_url_is_the_one_that_holds_from_then_on(server: Server) -> None:
    before, after = (server.url("changing", password, "changing") for password in ("old", "new"))
    await server.provide(before)
    await server.provide(after)
    assert await server.ask(after, "SELECT 1") == 1
    with pytest.raises(asyncpg.InvalidPasswordError):
        await server.ask(before, "SELECT 1")


async def test_an_administrator_who_is_no_superuser_can_do_it(server: Server) -> None:
    await server.ask(server.admin, "CREATE ROLE deputy LOGIN CREATEDB CREATEROLE PASSWORD 'd'")
    url = server.url("by_deputy", "1", "by_deputy")
    await server.provide(url, admin=server.url("deputy", "d", "postgres"))
    assert await server.ask(url, "CREATE TABLE kept AS SELECT 1") is None


async def test_the_administrators_own_database_needs_no_role(server: Server) -> None:
    url = server.url("boss", "boss-password", "own")
    assert [line.split(":")[0] for line in await server.provide(url)] == ["own"]
    assert await server.ask(url, "SELECT 1") == 1


async def test_names_and_passwords_may_hold_any_sign(server: Server) -> None:
    url = server.url("o%22dd%20r%C3%B6le", "p%27%22%40%2F%24", "o%22dd%20db")
    await server.provide(url)
    assert await server.ask(url, "SELECT current_user || '|' || current_database()") == 'o"dd röle|o"dd db'


async def test_a_database_on_another_server_is_left_to_that_one(server: Server) -> None:
    assert await server.provide("postgresql+asyncpg://x:y@127.0.0.1:1/elsewhere") == []


@pytest.mark.parametrize("secret", ["pass\u00e9", "a\tb"])
def test_a_password_that_would_need_normalising_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        scram_verifier(secret)


async def test_a_url_without_a_password_is_refused_before_a_role_is_made(server: Server) -> None:
    with pytest.raises(ValueError, match="bare"):
        await server.provide(f"postgresql+asyncpg://bare@127.0.0.1:{server.port}/bare")
    assert await server.ask(server.admin, "SELECT count(*) FROM pg_roles WHERE rolname = 'bare'") == 0


def test_the_migration_finds_the_administrators_url_among_its_secrets_and_makes_what_is_missing(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = server.url("steppe_waste", "w", "steppe_waste")
    monkeypatch.delenv("STEPPE_WASTE_DATABASE_URL", raising=False)
    monkeypatch.setenv("STEPPE_SECRETS_DIR", str(tmp_path))
    (tmp_path / "steppe_database_admin_url").write_text(server.admin + "\n", encoding="utf-8")
    (tmp_path / "steppe_waste_database_url").write_text(url + "\n", encoding="utf-8")
    assert migrate.main(["waste"]) == 0
    assert "steppe_waste: " in capsys.readouterr().out
    owner = "SELECT tableowner FROM pg_tables WHERE tablename = 'event_log'"
    assert asyncio.run(server.ask(url, owner)) == "steppe_waste"
