"""The round that finds what was recorded of outlets which a permit does not have (条例 art. 36(1))."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
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
    """Opens a violation for each outlet and month with such records, once; more of them change it. An inspector ends
    it, until further records come, or corrections that leave none of the month."""

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
    of_records = await repository.by_cause_of(session, permit.permit_number, _beginning(permit))
    known = {each.cause: each for each in of_records}
    over = [each.id for each in of_records if each.state != rules.State.OPEN]
    closed = await repository.closed_at(session, over)
    for cause, violation in known.items():
        _follow(session, violation, found.get(cause), closed.get(violation.id))
    fresh = [_of(permit, cause, each) for cause, each in found.items() if cause not in known]
    await steps.opened(session, CLOCK, fresh)


def _follow(
    session: AsyncSession, violation: Violation, each: Unpermitted | None, closed: datetime | None
) -> None:
    """What is known already takes the figures of its month; what inspectors decided stands until a record comes."""
    if each is None:
        if violation.state == rules.State.OPEN:
            gone = {"resolution": "corrected", "resolved_on": clock.today()}
            steps.take(session, CLOCK, violation, rules.Step.RESOLVE, changes=gone)
        return
    now, how = _shown(each), violation.resolution
    if how and closed and rules.stands_again(how, entered=each.entered, closed=closed):
        steps.take(session, CLOCK, violation, rules.Step.REOPEN, changes=now)
    elif any(getattr(violation, name) != value for name, value in now.items()):
        steps.take(session, CLOCK, violation, rules.Step.CHANGE, changes=now)


def _beginning(permit: Permit) -> str:
    return ":".join((rules.Kind.WRONG_OUTLET, RECORDS, permit.permit_number, ""))


def _cause(permit: Permit, each: Unpermitted) -> str:
    return f"{_beginning(permit)}{each.outlet_code}:{each.first.isoformat()[:7]}"


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
