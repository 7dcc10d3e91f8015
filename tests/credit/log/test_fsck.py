"""`steppe credit fsck` finds what was edited behind the log's back, also by who can switch triggers off."""

# ruff: noqa: S608 - writing SQL that nobody should is what this file is about

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from services.credit.log.fsck import Report
from services.credit.log.fsck_cli import check
from services.credit.log.merkle import EMPTY_ROOT, leaf_hash, node_hash
from services.credit.log.note import Checkpoint
from services.kit.database import Database
from services.kit.pytest_plugin import MakeDatabase
from tests.support.credit_ledger import USCCS, Ledger, filled, new_signer

TABLES = ("log_entry", "log_node", "log_checkpoint", "credit_record", "evaluation", "rule_pack", "statement")


@pytest.fixture(scope="module")
async def ledger(make_database: MakeDatabase) -> AsyncIterator[Ledger]:
    made = await filled(await asyncio.to_thread(make_database, "services.credit"))
    yield made
    await made.database.close()


class _UndoError(Exception):
    """Ends a transaction so that the next test finds the ledger whole."""


async def after(
    ledger: Ledger, *statements: str, kept: list[Checkpoint] | None = None, signed: bool = True
) -> Report:
    """What fsck says once somebody who owns the tables has run `statements`; everything is undone afterwards."""
    verifiers = [ledger.signer.verifier] if signed else []
    report = None
    try:
        async with ledger.database.transaction() as session:
            connection = await session.connection()
            for table in TABLES:
                await connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            for statement in statements:
                await connection.execute(sa.text(statement))
            report = await check(session, verifiers=verifiers, kept=kept or [])
            raise _UndoError
    except _UndoError:
        assert report is not None
        return report


def said(report: Report) -> list[tuple[int | None, str]]:
    return [(difference.index, difference.what.en) for difference in report.differences]


async def test_a_whole_ledger_is_whole(ledger: Ledger) -> None:
    report = await after(ledger)
    assert said(report) == []
    assert (report.size, report.checkpoints) == (9, 9)


async def test_an_empty_ledger_is_whole(make_database: MakeDatabase) -> None:
    database = Database(await asyncio.to_thread(make_database, "services.credit"), pool_size=1)
    report = await after(Ledger(database, new_signer()))
    await database.close()
    assert (said(report), report.size, report.root) == ([], 0, EMPTY_ROOT)


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        ("summary = 'nothing happened'", "summary"),
        ("points = -0.5", "points"),
        ("points = -1.0", "points"),  # the same number, but not what was entered
        ("decision_date = decision_date + 1", "decision_date"),
        ("effective_to = effective_from", "effective_to"),
        ("effective_to = NULL", "effective_to"),
        ("clause = NULL", "clause"),
        ("severity = 'minor', severity_basis = 'x'", "severity, severity_basis"),
        ("fine_cny = 0", "fine_cny"),
        ("document_number = 'x'", "document_number"),
        ("entered_by = 'somebody'", "entered_by"),
        ("site = 'x'", "site"),
        ("entered_at = entered_at - interval '1 microsecond'", "entered_at"),
    ],
)
async def test_an_edited_record_is_found_with_its_index_and_fields(
    ledger: Ledger, edit: str, field: str
) -> None:
    report = await after(ledger, f"UPDATE credit_record SET {edit} WHERE log_index = 3")
    first = f"the stored row is not what was entered into the log; it differs in: {field}"
    assert said(report)[0] == (3, first)
    assert {index for index, what in said(report) if "computed again" not in what} == {3}


async def test_a_record_moved_to_another_enterprise_is_found(ledger: Ledger) -> None:
    report = await after(ledger, f"UPDATE credit_record SET uscc = '{USCCS[3]}' WHERE log_index = 3")
    assert (3, "its subject or time is not that of its row") in said(report)


async def test_a_record_that_is_gone_or_no_longer_approved_is_found(ledger: Ledger) -> None:
    gone = "the violation row that the entry is about is gone, or no longer points to it"
    report = await after(ledger, "DELETE FROM credit_record WHERE log_index = 2")
    assert (2, gone) in said(report)
    back = "state = 'draft', log_index = NULL, recorded_at = NULL"
    report = await after(ledger, f"UPDATE credit_record SET {back} WHERE log_index = 2")
    assert (2, gone) in said(report)


async def test_two_records_that_changed_places_are_found(ledger: Ledger) -> None:
    report = await after(
        ledger,
        "ALTER TABLE credit_record DROP CONSTRAINT uq_credit_record_log_index",
        "UPDATE credit_record SET log_index = 8 - log_index WHERE log_index IN (3, 5)",
    )
    assert {3, 5} <= {index for index, _ in said(report)}


async def test_an_approved_record_that_never_entered_the_log_is_found(ledger: Ledger) -> None:
    report = await after(
        ledger,
        "ALTER TABLE credit_record DROP CONSTRAINT ck_credit_record_admitted",
        "ALTER TABLE credit_record DROP CONSTRAINT uq_credit_record_log_index",
        "INSERT INTO credit_record SELECT (jsonb_populate_record(r, jsonb_build_object("
        "'id', gen_random_uuid(), 'document_key', 'slipped in'))).* FROM credit_record r WHERE log_index = 4",
    )
    assert next(what for index, what in said(report) if index is None).endswith("is not in the log")


async def test_an_edited_evaluation_is_found_twice_by_its_leaf_and_by_computing_it_again(
    ledger: Ledger,
) -> None:
    report = await after(ledger, "UPDATE evaluation SET grade = 'green', score = 12 WHERE log_index = 7")
    assert said(report) == [
        (7, "the stored row is not what was entered into the log; it differs in: grade, score"),
        (7, "computed again by its own rules and records, the evaluation comes out differently"),
    ]


async def test_edited_rules_are_found(ledger: Ledger) -> None:
    path = "'{scale,start}', '\"12\"'"
    report = await after(ledger, f"UPDATE rule_pack SET document = jsonb_set(document, {path})")
    assert said(report)[0] == (
        0,
        "the stored row is not what was entered into the log; it differs in: document_sha256",
    )


async def test_an_edited_entry_node_or_checkpoint_is_found_at_its_index(ledger: Ledger) -> None:
    zero = "'\\x" + "00" * 32 + "'::bytea"
    report = await after(ledger, f"UPDATE log_node SET hash = {zero} WHERE level = 1 AND index = 2")
    assert said(report) == [(5, "the tree's node (1, 2) is missing or not the hash of its leaves")]
    report = await after(ledger, "DELETE FROM log_node WHERE level = 0 AND index = 4")
    assert (4, "the tree's node (0, 4) is missing or not the hash of its leaves") in said(report)
    report = await after(ledger, f"UPDATE log_checkpoint SET root = {zero} WHERE size = 4")
    assert said(report) == [(3, "the root of size 4 is not the one in its signed checkpoint")]
    report = await after(
        ledger, "UPDATE log_checkpoint SET note = replace(note, E'\\n4\\n', E'\\n5\\n') WHERE size = 4"
    )
    assert said(report)[0][0] == 3
    report = await after(ledger, f"UPDATE log_entry SET leaf_hash = {zero} WHERE index = 4")
    assert (4, "the stored leaf does not hash to its leaf hash") in said(report)
    report = await after(ledger, f"UPDATE log_entry SET secret = {zero} WHERE index = 4")
    assert {index for index, _ in said(report)} == {4}
    report = await after(
        ledger, "UPDATE log_entry SET recorded_at = recorded_at - interval '1 day' WHERE index = 4"
    )
    assert (4, "its subject or time is not that of its row") in said(report)
    report = await after(ledger, "UPDATE log_entry SET previous_index = 0 WHERE index = 4")
    assert (4, "its place among the entries about its subject is not as stored") in said(report)
    report = await after(ledger, f"INSERT INTO log_node VALUES (9, 9, {zero})")
    assert said(report) == [(None, "there are more or fewer tree nodes than entries make")]


async def test_an_entry_that_is_gone_is_found(ledger: Ledger) -> None:
    report = await after(
        ledger,
        "ALTER TABLE log_checkpoint DROP CONSTRAINT fk_log_checkpoint_last_index",
        "ALTER TABLE credit_record DROP CONSTRAINT fk_credit_record_log_index",
        "DELETE FROM log_entry WHERE index = 4",
    )
    assert said(report)[0] == (4, "the entry is missing")


async def test_a_log_that_was_cut_short_is_found_by_a_checkpoint_kept_elsewhere(ledger: Ledger) -> None:
    kept = Checkpoint(ledger.signer.origin, 9, (await after(ledger)).root)
    cut = (
        "DELETE FROM evaluation WHERE log_index = 8",
        "DELETE FROM log_checkpoint WHERE size = 9",
        "DELETE FROM log_node WHERE (level, index) IN ((0, 8))",
        "DELETE FROM log_entry WHERE index = 8",
    )
    assert said(await after(ledger, *cut)) == []  # nothing inside the database can show it
    report = await after(ledger, *cut, kept=[kept])
    assert said(report) == [(8, "a checkpoint kept elsewhere counts 9 entries, the log has 8")]


async def test_history_rewritten_without_the_key_is_found_by_its_signatures_and_elsewhere(
    ledger: Ledger,
) -> None:
    """Whoever owns the server rewrites the newest entry, its nodes and its checkpoint, all of a piece."""
    async with ledger.database.transaction() as session:
        connection = await session.connection()
        rows = await connection.execute(sa.text("SELECT hash FROM log_node WHERE level = 3"))
        left = rows.scalar_one()
    leaf = b'{"kind":"evaluation","sd":{},"v":1}'
    root = node_hash(left, leaf_hash(leaf))
    stranger = new_signer()
    note = stranger.sign(size=9, root=root).replace("'", "''")
    rewrite = (
        "DELETE FROM evaluation WHERE log_index = 8",
        f"UPDATE log_entry SET leaf = '\\x{leaf.hex()}', leaf_hash = '\\x{leaf_hash(leaf).hex()}' WHERE index = 8",
        f"UPDATE log_node SET hash = '\\x{leaf_hash(leaf).hex()}' WHERE level = 0 AND index = 8",
        f"UPDATE log_checkpoint SET root = '\\x{root.hex()}', note = '{note}' WHERE size = 9",
    )
    unsigned = [what for _, what in said(await after(ledger, *rewrite, signed=False))]
    assert unsigned == ["the evaluation row that the entry is about is gone, or no longer points to it"]
    signed = [what for _, what in said(await after(ledger, *rewrite))]
    assert "checkpoint: the checkpoint is not signed by the key given" in signed
    kept = [Checkpoint(ledger.signer.origin, 9, (await after(ledger)).root)]
    elsewhere = [what for _, what in said(await after(ledger, *rewrite, kept=kept, signed=False))]
    assert "not the tree of the checkpoint kept elsewhere (size 9): history was rewritten" in elsewhere


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", ["DELETE FROM {}", "TRUNCATE {} CASCADE", "UPDATE {} SET {} = {}"])
async def test_the_database_itself_refuses_to_change_the_log(ledger: Ledger, table: str, change: str) -> None:
    column = {"log_entry": "kind", "log_node": "hash", "log_checkpoint": "note"}.get(table, "id")
    await _one_statement(ledger)
    async with ledger.database.transaction() as session:
        connection = await session.connection()
        with pytest.raises(DBAPIError, match="append-only"):
            await connection.execute(sa.text(change.format(table, column, column)))
        await session.rollback()


async def _one_statement(ledger: Ledger) -> None:
    """A row trigger needs a row to refuse."""
    async with ledger.database.transaction() as session:
        connection = await session.connection()
        await connection.execute(
            sa.text(
                "INSERT INTO statement SELECT gen_random_uuid(), uscc, id, log_index, log_index + 1, 'x', now(), "
                "now() + interval '1 day', '{}' FROM evaluation WHERE NOT EXISTS (SELECT 1 FROM statement) LIMIT 1"
            )
        )
