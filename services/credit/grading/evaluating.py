"""Use case of the bureau: evaluate an enterprise. The grade, the rules and what counted become an entry of the log."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from services.credit.grading import repository, scoring
from services.credit.grading.errors import SubjectNotFound
from services.credit.grading.events import EVALUATED, tell_grade
from services.credit.grading.leaf import body_of_evaluation
from services.credit.grading.models import Evaluation
from services.credit.grading.schemas import EvaluationRead
from services.credit.log import service as log
from services.credit.log.keys import LogSigner
from services.credit.log.kinds import EVALUATION
from services.kit import audit, clock
from services.kit.auth import Principal
from services.kit.ids import new_id


async def evaluate(
    session: AsyncSession, principal: Principal, *, uscc: str, signer: LogSigner
) -> Evaluation:
    """The grade of today by everything the ledger knows; tells of it where it changed.

    SubjectNotFound for an enterprise that is not the caller's.
    """
    if not principal.rows.covers(uscc):
        raise SubjectNotFound()
    # The place comes first: while it is held, no record is admitted beside the evaluation.
    place = await log.take_place(session, subject=uscc)
    today = clock.today()
    pack = await scoring.pack_for(session, valid_at=today)
    scored = await scoring.compute(session, uscc, pack=pack, tree_size=place.index, valid_at=today)
    before = await repository.newest_evaluation(session, uscc)
    evaluation = Evaluation(
        id=new_id(),
        uscc=uscc,
        valid_at=today,
        tree_size=place.index,
        counted=scored.score.counted,
        score=scored.score.value,
        grade=scored.score.band.code,
        grade_name=scored.score.band.name.zh,
        previous_grade=before.grade if before else None,
        rule_pack=scored.pack.id,
        rule_hash=scored.pack.digest,
        evaluated_by=principal.subject,
        evaluated_at=place.recorded_at,
        log_index=place.index,
    )
    body = body_of_evaluation(evaluation)
    await log.append(session, place, kind=EVALUATION, entity_id=evaluation.id, body=body, signer=signer)
    session.add(evaluation)
    await session.flush()
    _tell(session, principal, evaluation)
    return evaluation


def _tell(session: AsyncSession, principal: Principal, evaluation: Evaluation) -> None:
    audit.record(
        session,
        principal,
        action=EVALUATED,
        entity="evaluation",
        entity_id=evaluation.id,
        owner=evaluation.uscc,
        after=EvaluationRead.model_validate(evaluation).model_dump(mode="json"),
    )
    if evaluation.grade != evaluation.previous_grade:
        tell_grade(session, evaluation)
