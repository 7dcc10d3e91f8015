"""SQL of ends."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import matching, within_sites
from services.permits.endings.models import EndingDecision, EndingProposal, EndingStep
from services.permits.endings.rules import ENDED, Standing
from services.permits.permits.models import Permit, PermitVersion


async def permit(session: AsyncSession, number: str, *, rows: RowScope, lock: bool = False) -> Permit | None:
    """Locked, it holds back whoever else would end the permit, or propose it."""
    statement = within_sites(
        rows,
        select(Permit).where(Permit.permit_number == number),
        col(Permit.uscc),
        site=col(Permit.permit_number),
    )
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def validities(
    session: AsyncSession, permit_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, tuple[date, date]]:
    """First and last day of each permit over all its versions."""
    statement = (
        select(
            PermitVersion.permit_id,
            sa.func.min(PermitVersion.valid_from),
            sa.func.max(PermitVersion.valid_to),
        )
        .where(col(PermitVersion.permit_id).in_(permit_ids))
        .group_by(col(PermitVersion.permit_id))
    )
    return {permit_id: (first, last) for permit_id, first, last in await session.exec(statement)}


def standing_is(standing: Standing, day: date) -> sa.ColumnElement[bool]:
    """Of a permit: how it stands on `day`, as `rules.standing_on` works it out."""
    if standing == "cancelled":
        return _ended_by(day, standing)
    if standing in ENDED:
        return sa.and_(_ended_by(day, standing), ~_ended_by(day, "cancelled"))
    begun, not_over = (
        _some_version(PermitVersion.valid_from <= day),
        _some_version(PermitVersion.valid_to >= day),
    )
    if standing == "expired":
        return sa.and_(~_ended_by(day), ~not_over)
    return sa.and_(~_ended_by(day), not_over, begun if standing == "in_force" else ~begun)


def _some_version(condition: Any) -> sa.Exists:
    statement = sa.select(sa.literal(1)).where(col(PermitVersion.permit_id) == Permit.id, condition)
    return statement.correlate_except(PermitVersion).exists()


def _ended_by(day: date, kind: str | None = None) -> sa.Exists:
    """An end, or one of this kind, was decided and is effective on `day`."""
    statement = (
        sa.select(sa.literal(1))
        .select_from(EndingProposal)
        .join(EndingDecision, col(EndingDecision.proposal_id) == EndingProposal.id)
        .where(col(EndingProposal.permit_id) == Permit.id, col(EndingDecision.decision) == "approve")
        .where(col(EndingDecision.effective_on) <= day)
        .correlate_except(EndingProposal, EndingDecision)
    )
    return (statement.where(col(EndingProposal.kind) == kind) if kind else statement).exists()


async def approved_of(
    session: AsyncSession, permit_ids: Collection[uuid.UUID]
) -> Sequence[tuple[EndingProposal, EndingDecision]]:
    """The ends that were decided, in the order of their decisions."""
    statement = (
        select(EndingProposal, EndingDecision)
        .join(EndingDecision, col(EndingDecision.proposal_id) == EndingProposal.id)
        .where(col(EndingProposal.permit_id).in_(permit_ids), EndingDecision.decision == "approve")
        .order_by(col(EndingDecision.decided_at))
    )
    return (await session.exec(statement)).all()


async def open_proposal(session: AsyncSession, permit_id: uuid.UUID) -> EndingProposal | None:
    decided = select(EndingDecision.proposal_id)
    statement = select(EndingProposal).where(
        EndingProposal.permit_id == permit_id, col(EndingProposal.id).not_in(decided)
    )
    return (await session.exec(statement)).first()


async def undecided(session: AsyncSession) -> Sequence[EndingProposal]:
    """The proposals that wait for their decision, oldest first: few, for each is of another permit."""
    decided = select(EndingDecision.proposal_id)
    statement = select(EndingProposal).where(col(EndingProposal.id).not_in(decided))
    return (await session.exec(statement.order_by(col(EndingProposal.id)))).all()


async def by_id(session: AsyncSession, ending_id: uuid.UUID, *, rows: RowScope) -> EndingProposal | None:
    statement = within_sites(
        rows,
        select(EndingProposal).where(EndingProposal.id == ending_id),
        col(EndingProposal.uscc),
        site=col(EndingProposal.permit_number),
    )
    return (await session.exec(statement)).first()


async def page_of(
    session: AsyncSession,
    *,
    rows: RowScope,
    query: PageQuery,
    permit_number: str | None,
    uscc: str | None,
    kind: str | None,
    state: str | None,
) -> tuple[list[EndingProposal], str | None]:
    """Newest first."""
    statement = within_sites(
        rows, select(EndingProposal), col(EndingProposal.uscc), site=col(EndingProposal.permit_number)
    )
    statement = matching(
        statement,
        (col(EndingProposal.permit_number), permit_number),
        (col(EndingProposal.uscc), uscc),
        (col(EndingProposal.kind), kind),
    )
    if state is not None:
        statement = statement.where(_in_state(state))
    by = [(col(EndingProposal.id), uuid.UUID)]
    return await page(session, statement, by=by, query=query, descending=True)


def _in_state(state: str) -> sa.ColumnElement[bool]:
    decided = select(EndingDecision.proposal_id)
    if state == "proposed":
        return col(EndingProposal.id).not_in(decided)
    decision = {"approved": "approve", "rejected": "reject"}[state]
    return col(EndingProposal.id).in_(decided.where(EndingDecision.decision == decision))


async def decisions_of(
    session: AsyncSession, proposal_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, EndingDecision]:
    statement = select(EndingDecision).where(col(EndingDecision.proposal_id).in_(proposal_ids))
    return {each.proposal_id: each for each in await session.exec(statement)}


async def bar_of(session: AsyncSession, uscc: str, day: date) -> tuple[EndingProposal, EndingDecision] | None:
    """The decision that bars an enterprise on `day`; of several the one that lasts longest."""
    statement = (
        select(EndingProposal, EndingDecision)
        .join(EndingDecision, col(EndingDecision.proposal_id) == EndingProposal.id)
        .where(
            EndingProposal.uscc == uscc,
            col(EndingDecision.barred_since) <= day,
            col(EndingDecision.barred_until) >= day,
        )
        .order_by(col(EndingDecision.barred_until).desc(), col(EndingDecision.decided_at))
    )
    return (await session.exec(statement)).first()


async def steps_of(
    session: AsyncSession, proposal_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[EndingStep]]:
    """The steps before each decision, oldest first."""
    statement = select(EndingStep).where(col(EndingStep.proposal_id).in_(proposal_ids))
    found: dict[uuid.UUID, list[EndingStep]] = {each: [] for each in proposal_ids}
    for step in await session.exec(statement.order_by(col(EndingStep.revision))):
        found[step.proposal_id].append(step)
    return found


def holds_no_more(permit_id: Any, today: date) -> sa.ColumnElement[bool]:
    """Of a permit by its id: it has expired, or its end counts by now."""
    ended = sa.exists().where(
        col(EndingProposal.permit_id) == permit_id,
        col(EndingDecision.proposal_id) == EndingProposal.id,
        col(EndingDecision.decision) == "approve",
        col(EndingDecision.effective_on) <= today,
    )
    running = sa.exists().where(
        col(PermitVersion.permit_id) == permit_id, col(PermitVersion.valid_to) >= today
    )
    return sa.or_(ended, ~running)


async def page_to_cancel(
    session: AsyncSession, *, query: PageQuery, today: date
) -> tuple[list[Permit], str | None]:
    """Permits that hold no more, by expiry or by an end that counts, and were not cancelled; by number."""
    cancelled = (
        select(EndingProposal.permit_id)
        .join(EndingDecision, col(EndingDecision.proposal_id) == EndingProposal.id)
        .where(EndingDecision.decision == "approve", EndingProposal.kind == "cancelled")
    )
    statement = select(Permit).where(holds_no_more(col(Permit.id), today), col(Permit.id).not_in(cancelled))
    return await page(session, statement, by=[(col(Permit.permit_number), str)], query=query)


async def open_proposals(
    session: AsyncSession, permit_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, uuid.UUID]:
    """The open proposal of each permit that has one."""
    decided = select(EndingDecision.proposal_id)
    statement = select(EndingProposal).where(
        col(EndingProposal.permit_id).in_(permit_ids), col(EndingProposal.id).not_in(decided)
    )
    return {each.permit_id: each.id for each in await session.exec(statement)}
