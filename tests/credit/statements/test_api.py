"""Statements: issued for an enterprise, read by a bank, checked offline by `steppe verify statement`."""

from __future__ import annotations

import json
import subprocess
import sys
from copy import deepcopy
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.credit.log.note import Verifier
from services.credit.statements.models import Statement
from services.kit import clock
from services.kit.database import Database
from services.kit.ids import new_id
from tests.support.credit import Bureau, body, violation
from tests.support.town import Caller


async def stated(bureau: Bureau) -> tuple[str, Caller, dict[str, Any]]:
    """An enterprise with one violation, evaluated, and its statement."""
    uscc, enterprise = await bureau.enterprise()
    await bureau.admitted(violation(bureau.town, uscc))
    await bureau.evaluated(uscc)
    return uscc, enterprise, body(await enterprise.post("/v1/credit/statements", {"uscc": uscc}), 201)


async def bank(bureau: Bureau) -> Caller:
    return await bureau.town.caller(f"bank.{new_id()}", roles=["bank"], usccs=[])


class TestIssue:
    async def test_an_enterprise_has_one_issued_for_itself(self, bureau: Bureau) -> None:
        uscc, enterprise, statement = await stated(bureau)
        assert (statement["uscc"], statement["current"]) == (uscc, True)
        held = datetime.fromisoformat(statement["expires_at"]) - datetime.fromisoformat(
            statement["issued_at"]
        )
        assert held == timedelta(days=7)
        listed = body(await enterprise.get("/v1/credit/statements"))["items"]
        assert [each["id"] for each in listed] == [statement["id"]]

    async def test_a_statement_holds_no_word_about_the_cases(self, bureau: Bureau) -> None:
        _, _, statement = await stated(bureau)
        text = json.dumps(statement["statement"], ensure_ascii=False)
        names = {name for _, name, _ in statement["statement"]["evaluation"]["disclosed"]}
        assert "二氧化硫" not in text
        assert "counted" not in names

    async def test_not_for_another_enterprise_nor_before_an_evaluation(self, bureau: Bureau) -> None:
        uscc, enterprise = await bureau.enterprise()
        refused = await enterprise.post("/v1/credit/statements", {"uscc": bureau.new_uscc()})
        assert body(refused, 404)["code"] == "subject_not_found"
        refused = await enterprise.post("/v1/credit/statements", {"uscc": uscc})
        assert body(refused, 409)["code"] == "not_evaluated"

    async def test_not_when_the_ledger_says_something_else_by_now(self, bureau: Bureau) -> None:
        uscc, enterprise, _ = await stated(bureau)
        await bureau.admitted(violation(bureau.town, uscc))
        refused = await enterprise.post("/v1/credit/statements", {"uscc": uscc})
        assert body(refused, 409)["code"] == "evaluation_outdated"
        await bureau.evaluated(uscc)
        body(await enterprise.post("/v1/credit/statements", {"uscc": uscc}), 201)


class TestRead:
    async def test_a_bank_reads_the_one_it_was_given_and_that_is_noted(
        self, bureau: Bureau, ledger: Database
    ) -> None:
        _, _, statement = await stated(bureau)
        reader = await bank(bureau)
        seen = body(await reader.get(f"/v1/credit/statements/{statement['id']}"))
        assert seen == statement
        async with ledger.engine.connect() as connection:
            noted = await connection.exec_driver_sql(
                "SELECT actor FROM audit_log WHERE action = 'credit.statement_read.v1' AND entity_id = $1",
                (statement["id"],),
            )
            assert noted.scalars().all() == [str(reader.account)]

    async def test_a_bank_reads_nothing_else(self, bureau: Bureau) -> None:
        uscc, _, _ = await stated(bureau)
        reader = await bank(bureau)
        for path in (
            "statements",
            "records",
            f"subjects/{uscc}/score",
            f"enterprises/{uscc}/overview",
            "evaluations",
        ):
            assert (await reader.get(f"/v1/credit/{path}")).status_code == 403, path

    async def test_read_again_it_says_when_it_has_been_overtaken(self, bureau: Bureau) -> None:
        uscc, _, statement = await stated(bureau)
        await bureau.admitted(violation(bureau.town, uscc))
        seen = body(await (await bank(bureau)).get(f"/v1/credit/statements/{statement['id']}"))
        assert seen["current"] is False

    async def test_an_expired_one_is_gone_for_a_bank_and_not_for_its_enterprise(
        self, bureau: Bureau, ledger: Database
    ) -> None:
        _, enterprise, statement = await stated(bureau)
        old = {**statement, "id": new_id(), "expires_at": clock.now() - timedelta(seconds=1)}
        async with ledger.transaction() as session:
            row = {name: old[name] for name in Statement.model_fields if name in old}
            long_ago = clock.now() - timedelta(days=8)
            made = Statement.model_validate(
                {**row, "issued_at": long_ago, "document": statement["statement"]}
            )
            session.add(made)
        refused = await (await bank(bureau)).get(f"/v1/credit/statements/{old['id']}")
        assert body(refused, 410)["code"] == "statement_expired"
        assert body(await enterprise.get(f"/v1/credit/statements/{old['id']}"))["current"] is False

    async def test_another_enterprise_s_statement_is_not_there(self, bureau: Bureau) -> None:
        _, _, statement = await stated(bureau)
        _, other = await bureau.enterprise()
        assert (await other.get(f"/v1/credit/statements/{statement['id']}")).status_code == 404
        driver = await bureau.town.caller(f"driver.{new_id()}", roles=["driver"], usccs=[])
        assert (await driver.get(f"/v1/credit/statements/{statement['id']}")).status_code == 403


class Offline:
    """`steppe verify statement` in a process of its own, with files alone."""

    def __init__(self, folder: Path, *, keys: Any, vkey: str) -> None:
        self._folder, self.vkey = folder, vkey
        self._keys = folder / "keys.json"
        self._keys.write_text(json.dumps(keys))

    def verify(self, document: Any, *more: str, vkey: str | None = None) -> tuple[int, str]:
        file = self._folder / "statement.json"
        file.write_text(json.dumps(document))
        command = [
            sys.executable,
            "-m",
            "infra.cli",
            "verify",
            "statement",
            str(file),
            "--keys",
            str(self._keys),
        ]
        done = subprocess.run(
            [*command, "--vkey", vkey or self.vkey, *more], capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
async def offline(bureau: Bureau, tmp_path: Path) -> Offline:
    public = bureau.town.public
    keys = body(await public.get("/v1/credit/receipt-keys"))
    return Offline(tmp_path, keys=keys, vkey=(await public.get("/v1/credit/log/vkey")).text.strip())


class TestOffline:
    async def test_a_statement_holds_and_the_verifier_says_what_it_proved_and_what_not(
        self, bureau: Bureau, offline: Offline
    ) -> None:
        uscc, _, statement = await stated(bureau)
        for document in (statement, statement["statement"]):
            code, said = offline.verify(document)
            assert code == 0, said
        assert f"the grade of {uscc} is blue (蓝色), its score 6" in said
        proved, _, not_proved = said.partition("未证明 / not proved:")
        assert "已证明 / proved:" in proved
        assert "freshness" in not_proved
        assert "信用修复" in not_proved

    async def test_an_expired_one_does_not_hold(self, bureau: Bureau, offline: Offline) -> None:
        _, _, statement = await stated(bureau)
        assert offline.verify(statement, "--at", statement["expires_at"])[0] == 1
        code, said = offline.verify(statement, "--at", "2099-01-01T00:00:00+08:00")
        assert (code, "statement_expired" in said) == (1, True)
        code, said = offline.verify(statement, "--at", "2020-01-01T00:00:00+08:00")
        assert (code, "statement_not_yet_issued" in said) == (1, True)

    async def test_one_of_another_log_or_another_issuer_does_not_hold(
        self, bureau: Bureau, offline: Offline, tmp_path: Path
    ) -> None:
        _, _, statement = await stated(bureau)
        name = offline.vkey.partition("+")[0]
        stranger = Verifier(name, Ed25519PrivateKey.generate().public_key()).vkey
        code, said = offline.verify(statement, vkey=stranger)
        assert (code, "note_unknown_key" in said) == (1, True)
        permits = body(await bureau.town.public.get("/v1/permits/receipt-keys"))
        code, said = Offline(tmp_path, keys=permits, vkey=offline.vkey).verify(statement)
        assert (code, "signature_unknown_key" in said) == (1, True)

    async def test_every_tampering_is_refused(self, bureau: Bureau, offline: Offline) -> None:
        _, _, mine = await stated(bureau)
        uscc, _ = await bureau.enterprise()
        await bureau.evaluated(uscc)
        other = body(await bureau.clerk.post("/v1/credit/statements", {"uscc": uscc}), 201)
        good, better = mine["statement"], other["statement"]
        leaf = {**good, "evaluation": better["evaluation"]}
        tampered = {
            "claims_differ_from_log": leaf,
            "proof_mismatch": {**better, "proof": good["proof"]},
            "disclosure_mismatch": _with_score(good, "12"),
            "signature_mismatch": {**good, "jws": _with_payload_of(good["jws"], better["jws"])},
            "statement_malformed": {**good, "format": "other"},
            "proof_malformed": {**good, "proof": good["proof"].replace("@v1", "@v2")},
            "note_signature": {**good, "proof": _with_another_root(good["proof"])},
            "signature_malformed": {**good, "jws": good["jws"].rpartition(".")[0]},
        }
        for code, document in tampered.items():
            status, said = offline.verify(document)
            assert (status, f"[{code}]" in said) == (1, True), (code, said)

    async def test_files_and_arguments_that_cannot_be_used_are_bad_usage(
        self, bureau: Bureau, offline: Offline
    ) -> None:
        _, _, statement = await stated(bureau)
        assert offline.verify(statement, "--at", "yesterday")[0] == 2
        assert offline.verify(statement, vkey="no vkey")[0] == 2
        assert offline.verify(statement, "--unknown")[0] == 2
        assert offline.verify([])[0] == 1


def _with_score(document: dict[str, Any], score: str) -> dict[str, Any]:
    changed = deepcopy(document)
    for opening in changed["evaluation"]["disclosed"]:
        if opening[1] == "score":
            opening[2] = score
    return changed


def _with_payload_of(jws: str, other: str) -> str:
    header, _, signature = jws.split(".")
    return f"{header}.{other.split('.')[1]}.{signature}"


def _with_another_root(proof: str) -> str:
    head, _, note = proof.partition("\n\n")
    lines = note.split("\n")
    lines[2] = ("B" if lines[2][0] == "A" else "A") + lines[2][1:]
    return f"{head}\n\n" + "\n".join(lines)
