"""Use cases of grading: score and explanation as of two times, and evaluations to read."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from services.credit.grading import repository, rules, scoring
from services.credit.grading.errors import EvaluationNotFound, SubjectNotFound
from services.credit.grading.models import Evaluation
from services.credit.grading.schemas import Explanation, ExplanationLine, ScoreRead
from services.credit.log import repository as log
from services.credit.records.models import Record
from services.kit import clock
from services.kit.auth import Principal


@dataclass(frozen=True, slots=True)
class AsOf:
    """The two times of a question; without them: today, by all that is known now."""

    valid_at: date | None = None
    known_at: datetime | None = None
    rule: str | None = None


async def score(session: AsyncSession, principal: Principal, *, uscc: str, as_of: AsOf) -> ScoreRead:
    read, _ = await _scored(session, principal, uscc, as_of)
    return read


async def explain(session: AsyncSession, principal: Principal, *, uscc: str, as_of: AsOf) -> Explanation:
    """The score with every entry that made it, or could have."""
    read, scored = await _scored(session, principal, uscc, as_of)
    return Explanation(
        **read.model_dump(),
        start=scored.pack.start,
        maximum=scored.pack.maximum,
        sum=scored.score.raw,
        source=scored.pack.source,
        lines=[_line(scored.pack, line, scored.records[line.entry.index]) for line in scored.score.lines],
    )


def _line(pack: rules.Pack, line: rules.Line, record: Record) -> ExplanationLine:
    entry = line.entry
    # The points are those of the rules of the record's day; a pack of another day may word the clause differently.
    clause = pack.clauses.get(entry.clause or "")
    return ExplanationLine(
        index=entry.index,
        record=f"/v1/credit/records/{record.id}",
        kind=entry.kind,
        clause=entry.clause,
        clause_title=clause.title.zh if clause else None,
        article=clause.article if clause else None,
        points=entry.points,
        effective_from=entry.effective_from,
        effective_to=entry.effective_to,
        standing=line.standing.value,
    )


async def _scored(
    session: AsyncSession, principal: Principal, uscc: str, as_of: AsOf
) -> tuple[ScoreRead, scoring.Scored]:
    if not principal.rows.covers(uscc):
        raise SubjectNotFound()
    valid_at, known_at = as_of.valid_at or clock.today(), as_of.known_at or clock.now()
    size = await log.size_at(session, known_at)
    if await log.newest_of(session, uscc, size=size) is None:
        raise SubjectNotFound()
    pack = await scoring.pack_for(session, valid_at=valid_at, known_at=known_at, rule=as_of.rule)
    scored = await scoring.compute(session, uscc, pack=pack, tree_size=size, valid_at=valid_at)
    read = ScoreRead(
        uscc=uscc,
        valid_at=valid_at,
        known_at=known_at,
        tree_size=size,
        score=scored.score.value,
        grade=scored.score.band.code,
        grade_name=scored.score.band.name.zh,
        rule_pack=scored.pack.id,
        rule_hash=scored.pack.digest,
        counted=scored.score.counted,
    )
    return read, scored


async def read_evaluation(
    session: AsyncSession, principal: Principal, *, evaluation_id: uuid.UUID
) -> Evaluation:
    found = await repository.evaluation(session, evaluation_id, rows=principal.rows)
    if found is None:
        raise EvaluationNotFound()
    return found
