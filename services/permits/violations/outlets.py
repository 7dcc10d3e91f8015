"""The round that finds what was recorded of outlets which a permit does not have (条例 art. 36(1))."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.rounds import CLOCK, Round
from services.kit.texts import Text
from services.permits.monitoring import repository as monitoring
from services.permits.monitoring.repository import Unpermitted
from services.permits.permits import repository as permits
from services.permits.permits.models import Permit
from services.permits.violations import repository, rules, steps
from services.permits.violations.models import Violation

EVERY = timedelta(minutes=10)
RECORDS = "records"
"""What is counted: self-monitoring records."""
_FINDING = Text(
    zh="自行监测记录{count}条，{first}至{last}，许可证无此排放口",
    en="{count} self-monitoring records, {first} to {last}, of an outlet that the permit does not have",
)


def wrong_outlets() -> Round:
    """Opens a violation for each outlet and month with such records, once; more of them change it. Nothing ends it
    but an inspector: what was discharged there was."""

    async def due(session: AsyncSession) -> Iterable[uuid.UUID]:
        return await permits.ids_of(session, await monitoring.with_unpermitted(session))

    async def act(session: AsyncSession, permit_id: uuid.UUID) -> None:
        permit = await session.get(Permit, permit_id)
        if permit is not None:
            await _judge(session, permit)

    return Round("wrong_outlets", EVERY, due, act)


async def _judge(session: AsyncSession, permit: Permit) -> None:
    found = {
        _cause(permit, each): each for each in await monitoring.unpermitted(session, permit.permit_number)
    }
    known = {each.cause: each for each in await repository.by_causes(session, found)}
    for cause, violation in known.items():
        now = _shown(found[cause])
        if any(getattr(violation, name) != value for name, value in now.items()):
            is_dismissed = violation.state == rules.State.DISMISSED
            step = rules.Step.REOPEN if is_dismissed else rules.Step.CHANGE
            steps.take(session, CLOCK, violation, step, changes=now)
    fresh = [_of(permit, cause, each) for cause, each in found.items() if cause not in known]
    await steps.opened(session, CLOCK, fresh)


def _cause(permit: Permit, each: Unpermitted) -> str:
    month = each.first.isoformat()[:7]
    return ":".join((rules.Kind.WRONG_OUTLET, RECORDS, permit.permit_number, each.outlet_code, month))


def _shown(each: Unpermitted) -> dict[str, object]:
    finding = _FINDING.format(count=each.count, first=each.first, last=each.last)
    return {
        "value": Decimal(each.count),
        "period_start": each.first,
        "period_end": each.last,
        "finding": finding.zh,
    }


def _of(permit: Permit, cause: str, each: Unpermitted) -> Violation:
    return steps.begun(
        cause=cause,
        kind=rules.Kind.WRONG_OUTLET,
        permit_number=permit.permit_number,
        uscc=permit.uscc,
        outlet_code=each.outlet_code,
        limit_kind=RECORDS,
        **_shown(each),
    )
