"""Violations as they are read: with today's delay, the band of the law of then, and their history."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import Principal, RowScope
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.permits.obligations.rules import days_late
from services.permits.violations import configuration, repository, rules
from services.permits.violations.errors import ViolationNotFound
from services.permits.violations.models import Violation
from services.permits.violations.schemas import (
    PenaltyRead,
    ViolationDetail,
    ViolationRead,
    ViolationStepRead,
)

_BUREAU_STEPS = {"propose", "keep"}


async def get(
    session: AsyncSession, rows: RowScope, violation_id: uuid.UUID, *, lock: bool = False
) -> Violation:
    violation = await repository.by_id(session, violation_id, rows=rows, lock=lock)
    if violation is None:
        raise ViolationNotFound()
    return violation


def view(violation: Violation) -> ViolationRead:
    return ViolationRead.model_validate(_content(violation))


async def read(session: AsyncSession, principal: Principal, violation_id: uuid.UUID) -> ViolationDetail:
    """One violation with its history; what inspectors propose among themselves is shown to the bureau only."""
    violation = await get(session, principal.rows, violation_id)
    history = [
        ViolationStepRead.model_validate(each)
        for each in await repository.steps_of(session, violation.id)
        if principal.rows.everything or each.step not in _BUREAU_STEPS
    ]
    content = _content(violation)
    if not principal.rows.everything:
        content["dismissal_proposed"] = False
    return ViolationDetail.model_validate({**content, "history": history})


async def listing(
    session: AsyncSession, principal: Principal, *, query: PageQuery, **filters: Any
) -> Page[ViolationRead]:
    """A page, newest first."""
    long_late = clock.today() - timedelta(days=configuration.present().severity.late_days)
    found, following = await repository.page_of(
        session, rows=principal.rows, query=query, long_late=long_late, **filters
    )
    items = [view(each) for each in found]
    if not principal.rows.everything:
        items = [each.model_copy(update={"dismissal_proposed": False}) for each in items]
    return Page(items=items, next_cursor=following)


def _content(violation: Violation) -> dict[str, Any]:
    late, severe = violation.days_late, violation.severe
    if violation.kind == rules.Kind.NON_RECEIPT and violation.due_on and violation.state == rules.State.OPEN:
        late = days_late(violation.due_on, clock.today())
        severe = rules.severe_delay(configuration.present().severity, late)
    kept = violation.model_dump(exclude={"cause", "proposed_by", "proposed_reason"})
    return {
        **kept,
        "days_late": late,
        "severe": severe,
        "dismissal_proposed": violation.proposed_by is not None,
        "penalty": _penalty(violation),
    }


def _penalty(violation: Violation) -> PenaltyRead | None:
    """By the law of the day on which it was broken: the due day of a report, else the end of the period."""
    day = violation.due_on or violation.period_end
    found = rules.penalty_on(configuration.present().penalties, violation.kind, day)
    if found is None:
        return None
    return PenaltyRead(
        article=found.article,
        item=found.item,
        min_yuan=found.min_yuan,
        max_yuan=found.max_yuan,
        serious_max_yuan=found.serious_max_yuan,
        each_time=found.each_time,
        detail_zh=found.zh,
        detail_en=found.en,
    )
