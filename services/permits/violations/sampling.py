"""The round that finds samples which the permit wanted and nobody took (条例 art. 19, 36(5)), and lets go of what was
recorded late."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import Principal
from services.kit.rounds import CLOCK, Round
from services.permits.obligations import rules_sampling, sampling_queries
from services.permits.obligations import sampling as plans
from services.permits.permits.models import Permit
from services.permits.violations import configuration, repository, rules, steps
from services.permits.violations.models import Violation
from services.permits.violations.rules_frequency import SAMPLES, Sampled, judged

EVERY = timedelta(hours=6)


def missed_samples() -> Round:
    """Opens a violation for each pollutant, place and month (or longer window) with samples missing, once."""

    async def due(session: AsyncSession) -> Iterable[uuid.UUID]:
        return await sampling_queries.with_plans(session)

    async def act(session: AsyncSession, permit_id: uuid.UUID) -> None:
        permit = await session.get(Permit, permit_id)
        if permit is not None:
            await _judge(session, permit, await _sampled(session, permit))

    return Round("missed_samples", EVERY, due, act)


async def _sampled(session: AsyncSession, permit: Permit) -> list[Sampled]:
    """What is judged today of one permit; nothing that began before the permit was entered here."""
    since, until = configuration.present().grace.span(clock.today())
    asked = rules_sampling.samplings(await plans.plan_of(session, permit.id), since=since, until=until)
    counts = await plans.taken_by_day(session, permit.permit_number, asked)
    entered_on = permit.created_at.astimezone(clock.CITY_TIME).date()
    found = judged(asked, counts, since=since, until=until)
    return [each for each in found if each.first >= entered_on]


async def _judge(session: AsyncSession, permit: Permit, found: Sequence[Sampled]) -> None:
    # Of two rows of a plan for the same, the one with more missing.
    causes = {_cause(permit, each): each for each in sorted(found, key=lambda each: each.short)}
    known = {each.cause: each for each in await repository.by_causes(session, causes)}
    fresh = []
    for cause, each in causes.items():
        violation = known.get(cause)
        if violation is None:
            fresh += [_of(permit, cause, each)] if each.short else []
        elif violation.limit_kind == SAMPLES:  # what an inspector entered, an inspector ends
            _follow(session, CLOCK, violation, each)
    await steps.opened(session, CLOCK, fresh)


def _follow(session: AsyncSession, principal: Principal, violation: Violation, now: Sampled) -> None:
    """Records that came late, or were taken back, change what is known already."""
    changes: dict[str, Any] = {"value": Decimal(now.taken), "finding": now.finding}
    is_open = violation.state == rules.State.OPEN
    if not now.short and is_open:
        over = {"resolution": "corrected", "resolved_on": clock.today()}
        steps.take(session, principal, violation, rules.Step.RESOLVE, changes=changes | over)
    elif now.short and violation.resolution == "corrected":
        steps.take(session, principal, violation, rules.Step.REOPEN, changes=changes)
    elif now.short and is_open and violation.value != now.taken:
        steps.take(session, principal, violation, rules.Step.CHANGE, changes=changes)


def _cause(permit: Permit, each: Sampled) -> str:
    """As an inspector's entry of the same has it: what is known already is not found again."""
    return ":".join(
        (rules.Kind.FREQUENCY, permit.permit_number, each.place, each.pollutant_code, each.first.isoformat())
    )


def _of(permit: Permit, cause: str, each: Sampled) -> Violation:
    is_outlet = each.place[:2] in ("DA", "DW") and each.place[2:].isdigit()
    return steps.begun(
        cause=cause,
        kind=rules.Kind.FREQUENCY,
        permit_number=permit.permit_number,
        uscc=permit.uscc,
        outlet_code=each.place if is_outlet else None,
        pollutant_code=each.pollutant_code,
        limit_kind=SAMPLES,
        limit_value=Decimal(each.wanted),
        value=Decimal(each.taken),
        period_start=each.first,
        period_end=each.last,
        finding=each.finding,
    )
