"""kill -9 in the middle of a file of ledger entries: nothing of it is there; sent again, all of it is, once."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import warnings
from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.ids import new_id, new_id_text
from services.kit.receipt_keys import ReceiptOffice
from services.kit.signing import KeyRing
from services.kit.uploads import NDJSON, Upload
from services.permits.batches.intake import Intake
from services.permits.batches.receiving import receive
from services.permits.ledger.desk import LedgerDesk
from tests.support.town import Holder, Town

pytestmark = pytest.mark.stack
ROWS = 2500
SURVIVED = 7


@pytest.fixture(scope="module")
async def holder(pair_town: Town) -> Holder:
    return await pair_town.holder()


async def send(database: Database, holder: Holder, content: bytes) -> dict[str, Any]:
    """As the route does it: one transaction."""
    principal = Principal("tester", "tester", ("enterprise",), frozenset(), usccs=(holder.uscc,))
    async with database.transaction() as session:
        answer = await receive(
            session,
            principal,
            Upload(NDJSON, content),
            LedgerDesk,
            permit_number=holder.permit["permit_number"],
            batch_id=new_id(),
            office=ReceiptOffice(KeyRing.from_private_jwks(KeyRing.generate()), "test"),
            language="en",
        )
    return json.loads(answer)["batch"]  # type: ignore[no-any-return]


def in_a_child(url: str, holder: Holder, content: bytes, *, piece: int | None, statement: int | None) -> int:
    """Sends the file from a process that dies when it takes this piece, or after this statement; how it ended."""
    with warnings.catch_warnings():  # newer Pythons warn of threads, which the child does not need
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            database = Database(url, pool_size=1)
            _die(database, piece=piece, statement=statement)
            asyncio.new_event_loop().run_until_complete(send(database, holder, content))
        finally:
            os._exit(SURVIVED)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _die(database: Database, *, piece: int | None, statement: int | None) -> None:
    pieces = statements = 0
    take = Intake.take

    def dying(self: Intake, rows: Sequence[tuple[int, Any]]) -> bytes:
        nonlocal pieces
        pieces += 1
        if pieces == piece:
            os.kill(os.getpid(), signal.SIGKILL)
        return take(self, rows)

    def executed(*_: object) -> None:
        nonlocal statements
        statements += 1
        if statements == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    Intake.take = dying  # type: ignore[method-assign]
    sa.event.listen(database.engine.sync_engine, "after_cursor_execute", executed)


async def kept(database: Database, holder: Holder) -> list[int]:
    """How many entries, batches, events and audit rows of the enterprise there are."""
    async with database.engine.connect() as connection:
        wanted = (
            "SELECT (SELECT count(*) FROM ledger_entry WHERE permit_number = :number), "
            "(SELECT count(*) FROM batch WHERE uscc = :uscc), "
            "(SELECT count(*) FROM event_log WHERE owner = :uscc AND type LIKE '%batch%'), "
            "(SELECT count(*) FROM audit_log WHERE owner = :uscc AND entity = 'batch')"
        )
        number = holder.permit["permit_number"]
        return list(
            (await connection.execute(sa.text(wanted), {"number": number, "uscc": holder.uscc})).one()
        )


async def test_a_killed_file_leaves_nothing_and_sent_again_is_there_once(
    holder: Holder, databases: dict[str, str]
) -> None:
    database = Database(databases["permits"], pool_size=2)
    row = {"kind": "other", "happened_at": "2026-05-01T08:00:00Z", "note": "巡查无异常"}
    content = b"\n".join(json.dumps({**row, "id": new_id_text()}).encode() for _ in range(ROWS))
    deaths: list[dict[str, int | None]] = [{"piece": at, "statement": None} for at in (1, 2, 3)]
    deaths += [{"piece": None, "statement": at} for at in range(1, 40)]
    for death in deaths:
        ended = await asyncio.to_thread(in_a_child, databases["permits"], holder, content, **death)
        if ended == SURVIVED:  # it has fewer statements than this, so this time it was done
            break
        assert ended == -signal.SIGKILL
        assert await kept(database, holder) == [0, 0, 0, 0], death
    assert await kept(database, holder) == [ROWS, 1, 1, 1]
    again = await send(database, holder, content)
    assert (again["accepted"], again["repeated"]) == (0, ROWS)
    assert await kept(database, holder) == [ROWS, 2, 2, 2]
    await database.close()
