"""What credit knows of one enterprise."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from services.credit.candidates import repository as candidates
from services.credit.grading import repository as grading
from services.credit.grading.errors import SubjectNotFound
from services.credit.log import repository as log
from services.credit.overview.schemas import Overview
from services.kit import clock
from services.kit.auth import RowScope


async def overview(session: AsyncSession, rows: RowScope, *, uscc: str) -> Overview:
    """An enterprise at a glance; 404 for one that the ledger does not know, or that is not the caller's."""
    if not rows.covers(uscc):
        raise SubjectNotFound()
    newest = await log.newest_of(session, uscc)
    waiting = await candidates.count_open(session, uscc) if rows.everything else None
    if newest is None and not waiting:
        raise SubjectNotFound()
    evaluation = await grading.newest_evaluation(session, uscc)
    return Overview(
        as_of=clock.now(),
        uscc=uscc,
        grade=evaluation.grade if evaluation else None,
        grade_name=evaluation.grade_name if evaluation else None,
        score=evaluation.score if evaluation else None,
        rule_pack=evaluation.rule_pack if evaluation else None,
        evaluated_at=evaluation.evaluated_at if evaluation else None,
        entries=(newest.subject_sequence or 0) if newest else 0,
        open_candidates=waiting,
    )
