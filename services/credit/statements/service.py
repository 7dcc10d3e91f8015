"""Use cases of statements: an enterprise has one issued, a bank reads it."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlmodel.ext.asyncio.session import AsyncSession

from services.credit.grading import repository as grading
from services.credit.grading import scoring
from services.credit.grading.errors import SubjectNotFound
from services.credit.grading.leaf import DISCLOSED, body_of_evaluation
from services.credit.grading.models import Evaluation
from services.credit.log import repository as log_rows
from services.credit.log import service as log
from services.credit.log.leaf import openings
from services.credit.log.models import LogCheckpoint
from services.credit.log.tlog_proof import write_proof
from services.credit.statements import repository
from services.credit.statements.claims import FORMAT, TYPE, Claims
from services.credit.statements.errors import (
    EvaluationOutdated,
    NotEvaluated,
    StatementExpired,
    StatementNotFound,
)
from services.credit.statements.models import Statement
from services.credit.statements.schemas import StatementRead, StatementSummary
from services.kit import audit, clock
from services.kit.auth import Principal, RowScope
from services.kit.canonical import canonical_json
from services.kit.ids import new_id
from services.kit.receipt_keys import ReceiptOffice
from services.kit.schemas import plain

STATEMENT_ISSUED = "credit.statement_issued.v1"
STATEMENT_READ = "credit.statement_read.v1"
_HANDED_OVER = RowScope(everything=True)
"""A bank may read any statement whose address it was given: the enterprise hands it over itself."""


@dataclass(frozen=True, slots=True)
class StatementOffice:
    """Signs statements in the name of the installation, for so long."""

    receipts: ReceiptOffice
    holds_for: timedelta


async def _office(request: Request) -> StatementOffice:
    kit = request.app.state.kit
    receipts = ReceiptOffice(keys=kit.receipt_keys, issuer=kit.shared.issuer)
    return StatementOffice(receipts, timedelta(days=kit.settings.statement_days))


Office = Annotated[StatementOffice, Depends(_office)]
"""The process's statement office, as a parameter type."""


async def issue(
    session: AsyncSession, principal: Principal, *, uscc: str, office: StatementOffice
) -> StatementRead:
    """Signs what the newest evaluation says, if the ledger still says the same today."""
    if not principal.rows.covers(uscc):
        raise SubjectNotFound()
    evaluation = await grading.newest_evaluation(session, uscc)
    checkpoint = await log_rows.newest_checkpoint(session)
    if evaluation is None or checkpoint is None:
        raise NotEvaluated()
    if not await _still_true(session, evaluation, tree_size=checkpoint.size):
        raise EvaluationOutdated(evaluation=f"/v1/credit/evaluations/{evaluation.id}")
    statement = await _signed(session, principal, evaluation, checkpoint, office)
    session.add(statement)
    audit.record(
        session,
        principal,
        action=STATEMENT_ISSUED,
        entity="statement",
        entity_id=statement.id,
        owner=uscc,
        after=StatementSummary.model_validate(statement).model_dump(mode="json"),
    )
    await session.flush()
    return _view(statement, current=True)


async def _still_true(session: AsyncSession, evaluation: Evaluation, *, tree_size: int) -> bool:
    """Whether the same score and grade come out today, by the rules in force today and every entry so far."""
    pack = await grading.pack_on(session, clock.today())
    if pack is None:
        return False
    scored = await scoring.compute(
        session, evaluation.uscc, pack=pack, tree_size=tree_size, valid_at=clock.today()
    )
    return scoring.same(scored, evaluation)


async def _signed(
    session: AsyncSession,
    principal: Principal,
    evaluation: Evaluation,
    checkpoint: LogCheckpoint,
    office: StatementOffice,
) -> Statement:
    moment, statement_id = clock.now(), new_id()
    newest = await log_rows.newest_of(session, evaluation.uscc, size=checkpoint.size)
    claims = Claims(
        statement_id=str(statement_id),
        issuer=office.receipts.issuer,
        log=checkpoint.note.partition("\n")[0],
        subject=evaluation.uscc,
        grade=evaluation.grade,
        grade_name=evaluation.grade_name,
        score=plain(evaluation.score),
        rule_pack=evaluation.rule_pack,
        rule_hash=evaluation.rule_hash,
        valid_at=evaluation.valid_at.isoformat(),
        evaluation_index=evaluation.log_index,
        tree_size=checkpoint.size,
        subject_entries=(newest.subject_sequence or 0) if newest else 0,
        as_of=moment,
        expires_at=moment + office.holds_for,
    )
    jws = office.receipts.keys.sign(canonical_json(claims.payload()), typ=TYPE)
    return Statement(
        id=statement_id,
        uscc=evaluation.uscc,
        evaluation_id=evaluation.id,
        evaluation_index=evaluation.log_index,
        tree_size=checkpoint.size,
        requested_by=principal.subject,
        issued_at=moment,
        expires_at=claims.expires_at,
        document=await _file(session, evaluation, checkpoint, jws),
    )


async def _file(
    session: AsyncSession, evaluation: Evaluation, checkpoint: LogCheckpoint, jws: str
) -> dict[str, Any]:
    entry = await log_rows.entry_at(session, evaluation.log_index)
    if entry is None:
        raise RuntimeError("an evaluation without its log entry")
    fields = log.fields_of(entry, body_of_evaluation(evaluation))
    proof = await log.inclusion(session, index=entry.index, size=checkpoint.size)
    return {
        "format": FORMAT,
        "jws": jws,
        "evaluation": {
            "leaf": base64.b64encode(entry.leaf).decode("ascii"),
            "disclosed": openings(fields, entry.secret, only=DISCLOSED),
        },
        "proof": write_proof(entry.index, proof.hashes, checkpoint.note),
    }


async def read(session: AsyncSession, principal: Principal, *, statement_id: uuid.UUID) -> StatementRead:
    """A statement. Who reads it for a bank is noted, and gets none that has expired."""
    for_bank = "credit:check" in principal.scopes
    rows = _HANDED_OVER if for_bank else principal.rows
    statement = await repository.by_id(session, statement_id, rows=rows)
    if statement is None:
        raise StatementNotFound()
    expired = statement.expires_at <= clock.now()
    if for_bank:
        if expired:
            raise StatementExpired()
        audit.record(
            session,
            principal,
            action=STATEMENT_READ,
            entity="statement",
            entity_id=statement.id,
            owner=statement.uscc,
        )
    newest = await grading.newest_evaluation(session, statement.uscc)
    checkpoint = await log_rows.newest_checkpoint(session)
    current = (
        not expired
        and newest is not None
        and checkpoint is not None
        and newest.id == statement.evaluation_id
        and await _still_true(session, newest, tree_size=checkpoint.size)
    )
    return _view(statement, current=current)


def _view(statement: Statement, *, current: bool) -> StatementRead:
    summary = StatementSummary.model_validate(statement).model_dump()
    return StatementRead.model_validate({**summary, "current": current, "statement": statement.document})
