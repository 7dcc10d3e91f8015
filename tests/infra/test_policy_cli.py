"""`steppe policy …` on the policy that ships, on a broken one, and on real accounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.policy.loading import SHIPPED
from infra.policy_cli import check_main, explain_main, table_main
from services.kit.ids import new_id
from tests.support.town import Town


def broken(folder: Path, old: str, new: str) -> str:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    file = folder / "policy.toml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return str(file)


class TestCheck:
    def test_the_policy_that_ships_fits(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert check_main([]) == 0
        assert "the endpoints agree" in capsys.readouterr().out

    def test_a_policy_that_lacks_a_route_of_a_service_is_refused(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = broken(tmp_path, '"GET /v1/waste/notices"', '"GET /v1/waste/warnings"')
        assert check_main(["--file", file]) == 78
        said = capsys.readouterr().err.splitlines()
        assert [line.partition(":")[0] for line in said] == [
            "GET /v1/waste/notices",
            "GET /v1/waste/warnings",
        ]

    def test_a_file_that_cannot_be_read_is_refused(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = broken(tmp_path, 'rate = "sign_in"', 'rate = "sometimes"')
        assert check_main(["--file", file]) == 78
        assert "POST /v1/auth/token" in capsys.readouterr().err


def test_the_table_has_a_line_for_each_route(capsys: pytest.CaptureFixture[str]) -> None:
    assert table_main([]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split()[:4] == ["METHOD", "ROUTE", "AUDIENCE", "SCOPES"]
    line = next(row for row in rows if " /v1/waste/licences/{licence_number:path}  " in row).split()
    assert line == [
        *("GET", "/v1/waste/licences/{licence_number:path}", "bureau,enterprise,system", "waste:read"),
        *("reads", "1024", "30", "-", "unpublished"),
    ]


class TestExplain:
    @pytest.fixture(autouse=True)
    def database(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("STEPPE_GATEWAY_DATABASE_URL", town.stack.databases["gateway"])

    async def explained(self, *words: str) -> int:
        import asyncio  # noqa: PLC0415

        return await asyncio.to_thread(explain_main, [*words])

    async def test_who_may_is_told_how(self, town: Town, capsys: pytest.CaptureFixture[str]) -> None:
        inspector = await town.staff("inspector")
        path = "/v1/waste/licences/蒙危废/1/balance"
        assert await self.explained("get", path, "--as", inspector.login) == 0
        said = capsys.readouterr().out
        assert said.startswith("GET /v1/waste/licences/{licence_number:path}/balance\n")
        assert "reads: 3000 / 60 s" in said
        assert "Steppe-Purpose" in said
        assert "inspector → bureau" in said
        assert said.endswith("allowed\n")

    async def test_who_may_not_is_told_everything_that_is_missing(
        self, town: Town, capsys: pytest.CaptureFixture[str]
    ) -> None:
        reviewer = await town.staff("reviewer")
        assert await self.explained("POST", "/v1/permits/reports", "--as", reviewer.login) == 1
        said = capsys.readouterr().out
        assert "missing scope permits:submit (held by: enterprise)" in said
        assert "for enterprise (agent, carrier, " in said

    async def test_what_has_to_be_set_up_first_is_a_reason(
        self, town: Town, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        admin = await town.staff("administrator")
        content = {"login": f"new.{new_id().hex}", "name": "新人", "roles": ["clerk"]}
        assert (await admin.post("/v1/accounts", content)).status_code == 201
        assert await self.explained("GET", "/v1/waste/manifests", "--as", content["login"]) == 1
        assert "a temporary password has to be changed first" in capsys.readouterr().out
        assert await self.explained("PUT", "/v1/auth/password", "--as", content["login"]) == 0
        inspector = await town.staff("inspector")
        monkeypatch.setenv("STEPPE_GATEWAY_SECOND_FACTOR_ROLES", '["inspector"]')
        assert await self.explained("GET", "/v1/waste/manifests", "--as", inspector.login) == 1
        assert "a second factor has to be set up first" in capsys.readouterr().out
        assert await self.explained("GET", "/v1/accounts", "--as", admin.login) == 0

    async def test_a_route_after_its_sunset_is_refused(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        old = '"GET /v1/purposes" = { '
        retired = f"{old}retirement = {{ since = 2025-01-01T00:00:00Z, sunset = 2025-12-31T00:00:00Z }}, "
        file = broken(tmp_path, old, retired)
        assert await self.explained("GET", "/v1/purposes", "--file", file) == 1
        assert "the route is retired" in capsys.readouterr().out

    async def test_the_public_needs_to_sign_in(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert await self.explained("GET", "/v1/purposes") == 0
        assert await self.explained("GET", "/v1/permits/reports/{report_id}") == 1
        assert "signing in is needed" in capsys.readouterr().out

    async def test_what_is_not_there_is_said(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert await self.explained("GET", "/v1/nothing") == 2
        assert await self.explained("DELETE", "/v1/purposes") == 2
        assert await self.explained("GET", "/v1/auth/me", "--as", "nobody.at.all") == 2
        said = capsys.readouterr().err
        assert "no such route: GET /v1/nothing" in said
        assert "HEAD, GET" in said
        assert "no such account or client: nobody.at.all" in said
