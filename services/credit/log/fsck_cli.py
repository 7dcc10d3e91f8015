"""`steppe credit fsck [--vkey VKEY] [--checkpoint FILE]`: checks the ledger of the database for tampering.

The database is `STEPPE_CREDIT_DATABASE_URL`; nothing is written. A checkpoint kept elsewhere (`GET
/v1/credit/log/checkpoint`, saved to a file) also shows a log that was rewritten and signed anew, or cut short.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from services.credit.grading import repository as grading
from services.credit.grading.leaf import body_of_evaluation, body_of_pack
from services.credit.grading.scoring import replay
from services.credit.log.fsck import Bodies, Check, Report
from services.credit.log.kinds import EVALUATION, RECORD_KINDS, RULE_PUBLISHED
from services.credit.log.leaf import Fields
from services.credit.log.models import LogEntry
from services.credit.log.note import (
    Checkpoint,
    NoteInvalid,
    Verifier,
    open_checkpoint,
    read_vkey,
    said_by,
)
from services.credit.records import repository as records
from services.credit.records.leaf import body_of
from services.kit.database import Database

_CLEAN, _DIFFERS, _USAGE = 0, 1, 2
_DATABASE = "STEPPE_CREDIT_DATABASE_URL"
_SHOWN = 50


async def _records(session: AsyncSession, entries: Sequence[LogEntry]) -> dict[int, Fields]:
    kinds = {entry.index: (entry.kind, entry.entity_id) for entry in entries}
    found = await records.in_log(session, list(kinds))
    return {
        record.log_index: body_of(record, recorded_at=record.recorded_at)
        for record in found
        if record.log_index is not None
        and record.recorded_at is not None
        and record.state == "approved"
        and kinds[record.log_index] == (record.kind, record.id)
    }


async def _packs(session: AsyncSession, entries: Sequence[LogEntry]) -> dict[int, Fields]:
    found = await grading.packs_in_log(session, [entry.index for entry in entries])
    return {pack.log_index: body_of_pack(pack) for pack in found}


async def _evaluations(session: AsyncSession, entries: Sequence[LogEntry]) -> dict[int, Fields]:
    found = await grading.evaluations_in_log(session, [entry.index for entry in entries])
    return {evaluation.log_index: body_of_evaluation(evaluation) for evaluation in found}


BODIES: Mapping[str, Bodies] = {
    **dict.fromkeys(RECORD_KINDS, _records),
    RULE_PUBLISHED: _packs,
    EVALUATION: _evaluations,
}
"""Where the words of each kind of entry are kept."""


async def check(
    session: AsyncSession, *, verifiers: Sequence[Verifier] = (), kept: Sequence[Checkpoint] = ()
) -> Report:
    """Checks the log and computes every evaluation again; in a transaction that sees one state of the database."""
    report = await Check(session, bodies=BODIES, verifiers=verifiers).run(kept=kept)
    await _replay(session, report)
    strays = await records.approved_outside_log(session)
    for record_id in strays:
        zh, en = f"已通过的记录{record_id}不在日志中", f"the approved record {record_id} is not in the log"
        report.add(None, zh, en)
    return report


async def _replay(session: AsyncSession, report: Report) -> None:
    after = -1
    while batch := await grading.evaluations_after(session, after):
        for evaluation in batch:
            if not await replay(session, evaluation):
                report.add(
                    evaluation.log_index,
                    "按原规则和原记录重新计算，评价结果不同",
                    "computed again by its own rules and records, the evaluation comes out differently",
                )
        after = batch[-1].log_index


def main(argv: list[str]) -> int:
    """Exit code 0 nothing differs, 1 something does (it is named), 2 bad usage or no database."""
    try:
        given = _parser().parse_args(argv)
    except SystemExit as end:  # argparse has written its message
        return end.code if isinstance(end.code, int) else _USAGE
    url = os.environ.get(_DATABASE)
    if not url:
        sys.stderr.write(f"steppe credit fsck: {_DATABASE} is not set / 未设置\n")
        return _USAGE
    try:
        verifiers = [read_vkey(vkey) for vkey in given.vkey]
        kept = [_checkpoint(file, verifiers) for file in given.checkpoint]
        report = asyncio.run(_check(url, verifiers, kept))
    except (NoteInvalid, OSError, UnicodeDecodeError, sa.exc.DBAPIError) as error:
        sys.stderr.write(f"steppe credit fsck: {type(error).__name__}: {error}\n")
        return _USAGE
    _say(report, signed=bool(verifiers))
    return _DIFFERS if report.differences else _CLEAN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="steppe credit fsck",
        description="Check the credit ledger for tampering / 核查信用台账是否被改动",
    )
    parser.add_argument(
        "--vkey", action="append", default=[], help="verifier key of the log: checks signatures"
    )
    parser.add_argument(
        "--checkpoint",
        metavar="FILE",
        action="append",
        type=Path,
        default=[],
        help="a checkpoint that was kept elsewhere",
    )
    return parser


def _checkpoint(file: Path, verifiers: Sequence[Verifier]) -> Checkpoint:
    note = file.read_text(encoding="utf-8")
    return open_checkpoint(note, verifiers) if verifiers else said_by(note)


async def _check(url: str, verifiers: Sequence[Verifier], kept: Sequence[Checkpoint]) -> Report:
    database = Database(url, pool_size=1)
    try:
        async with database.transaction() as session:
            await session.exec(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))  # type: ignore[call-overload]
            return await check(session, verifiers=verifiers, kept=kept)
    finally:
        await database.close()


def _say(report: Report, *, signed: bool) -> None:
    said = (
        "签名已核验 signatures checked"
        if signed
        else "签名未核验（加 --vkey） signatures not checked (add --vkey)"
    )
    lines = [
        f"  {report.size} 个条目 entries · {report.checkpoints} 个检查点 checkpoints · {said}",
        f"  root {report.root.hex()}",
    ]
    for difference in report.differences[:_SHOWN]:
        place = "-" if difference.index is None else f"#{difference.index}"
        lines.append(f"  {place}  {difference.what.zh} / {difference.what.en}")
    if len(report.differences) > _SHOWN:
        lines.append(f"  … {len(report.differences) - _SHOWN} more / 另有")
    head = "台账被改动 / the ledger was CHANGED" if report.differences else "台账完好 / the ledger is whole"
    sys.stdout.write("\n".join([head, *lines, ""]))
