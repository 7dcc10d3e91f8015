"""`steppe credit fsck` in a process of its own."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa

from services.kit.pytest_plugin import MakeDatabase
from tests.support.credit_ledger import filled


class TestCommand:
    """The command as it is typed."""

    def fsck(self, url: str | None, *arguments: str) -> tuple[int, str]:
        environment = {
            name: value for name, value in os.environ.items() if name != "STEPPE_CREDIT_DATABASE_URL"
        }
        if url:
            environment["STEPPE_CREDIT_DATABASE_URL"] = url
        command = [sys.executable, "-m", "infra.cli", "credit", "fsck", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        return done.returncode, done.stdout + done.stderr

    async def test_it_ends_with_0_for_a_whole_ledger_and_with_1_naming_what_was_edited(
        self, make_database: MakeDatabase, tmp_path: Path
    ) -> None:
        url = await asyncio.to_thread(make_database, "services.credit")
        ledger = await filled(url)
        vkey = ledger.signer.verifier.vkey
        kept = tmp_path / "checkpoint"
        async with ledger.database.engine.connect() as connection:
            note = await connection.scalar(sa.text("SELECT note FROM log_checkpoint WHERE size = 5"))
        kept.write_text(note)
        code, text = self.fsck(url, "--vkey", vkey, "--checkpoint", str(kept))
        assert (code, "the ledger is whole" in text) == (0, True), text
        async with ledger.database.transaction() as session:
            connection = await session.connection()
            await connection.execute(sa.text("ALTER TABLE credit_record DISABLE TRIGGER USER"))
            await connection.execute(sa.text("UPDATE credit_record SET points = 0 WHERE log_index = 2"))
        await ledger.database.close()
        code, text = self.fsck(url)
        assert code == 1
        assert "#2" in text
        assert "it differs in: points" in text

    def test_without_a_database_or_with_a_wrong_key_it_is_bad_usage(self) -> None:
        assert self.fsck(None)[0] == 2
        assert self.fsck("postgresql+asyncpg://nobody@127.0.0.1:1/none")[0] == 2
        assert self.fsck("postgresql+asyncpg://nobody@127.0.0.1:1/none", "--vkey", "x")[0] == 2
