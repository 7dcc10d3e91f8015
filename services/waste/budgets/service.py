"""Use cases of budgets, each within the transaction of the step that calls it: reserve, release, settle."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.waste.budgets import repository
from services.waste.budgets.models import Budget, BudgetEntry
from services.waste.budgets.rules import Balance, Draw, Kind, Movement, check_room


@dataclass(frozen=True, slots=True)
class Wish:
    """What one line wants of one budget; `where` is the line's mass in the document."""

    budget_id: uuid.UUID
    line: int
    where: str
    mass_kg: Decimal


def open_budget(*, kind: Kind, reference_id: uuid.UUID, year: int, scale_kg: Decimal) -> Budget:
    """A new budget of a licence group or plan line for one year."""
    return Budget(
        id=new_id(),
        kind=kind,
        licence_group_id=reference_id if kind is Kind.LICENCE else None,
        plan_line_id=reference_id if kind is Kind.PLAN else None,
        year=year,
        scale_kg=scale_kg,
    )


def balance_of(budget: Budget) -> Balance:
    return Balance(budget.scale_kg, budget.reserved_kg, budget.received_kg)


async def find_room(
    session: AsyncSession, found: Findings, wishes: Sequence[Wish]
) -> dict[uuid.UUID, Budget]:
    """Locks the budgets that the lines want and notes every line for which one does not suffice."""
    budgets = await repository.locked(session, {wish.budget_id for wish in wishes})
    for budget_id, budget in budgets.items():
        draws = [Draw(wish.where, wish.mass_kg) for wish in wishes if wish.budget_id == budget_id]
        check_room(found, kind=Kind(budget.kind), year=budget.year, balance=balance_of(budget), draws=draws)
    return budgets


def reserve(
    session: AsyncSession,
    budgets: Mapping[uuid.UUID, Budget],
    wishes: Iterable[Wish],
    *,
    manifest_id: uuid.UUID,
) -> None:
    """Reserves what `find_room` found room for; call it once the manifest's row is there."""
    for wish in wishes:
        _move(
            session,
            budgets[wish.budget_id],
            Movement.RESERVE,
            mass_kg=wish.mass_kg,
            manifest_id=manifest_id,
            line=wish.line,
        )


@dataclass(frozen=True, slots=True)
class Held:
    """What a manifest holds reserved, with the budgets, locked."""

    entries: Sequence[BudgetEntry]
    budgets: Mapping[uuid.UUID, Budget]


async def held_by(session: AsyncSession, manifest_id: uuid.UUID) -> Held:
    """Locks the budgets of which a manifest holds a part."""
    entries = await repository.reservations_of(session, manifest_id)
    return Held(entries, await repository.locked(session, {entry.budget_id for entry in entries}))


def find_room_at_receipt(found: Findings, held: Held, accepted: Mapping[int, Draw]) -> None:
    """Notes every line of which more is accepted than the budgets have room for.

    What the manifest itself holds reserved counts as free; `accepted` is by line.
    """
    for budget_id, budget in held.budgets.items():
        own = [entry for entry in held.entries if entry.budget_id == budget_id]
        reserved = sum((entry.mass_kg for entry in own), Decimal(0))
        balance = balance_of(budget).after(Movement.RELEASE, reserved)
        draws = [accepted[entry.line] for entry in own if entry.line in accepted]
        check_room(found, kind=Kind(budget.kind), year=budget.year, balance=balance, draws=draws)


def settle(session: AsyncSession, held: Held, accepted: Mapping[int, Decimal]) -> None:
    """True-up: what was reserved is released, what was accepted (kg by line) is booked; nothing at a cancellation."""
    for entry in held.entries:
        budget = held.budgets[entry.budget_id]
        _again(session, budget, Movement.RELEASE, entry, entry.mass_kg)
        mass = accepted.get(entry.line, Decimal(0))
        if mass > 0:
            _again(session, budget, Movement.RECEIVE, entry, mass)


def _again(
    session: AsyncSession, budget: Budget, movement: Movement, entry: BudgetEntry, mass_kg: Decimal
) -> None:
    _move(session, budget, movement, mass_kg=mass_kg, manifest_id=entry.manifest_id, line=entry.line)


def _move(
    session: AsyncSession,
    budget: Budget,
    movement: Movement,
    *,
    mass_kg: Decimal,
    manifest_id: uuid.UUID,
    line: int,
) -> None:
    after = balance_of(budget).after(movement, mass_kg)
    budget.reserved_kg, budget.received_kg = after.reserved_kg, after.received_kg
    session.add(
        BudgetEntry(
            id=new_id(),
            budget_id=budget.id,
            manifest_id=manifest_id,
            line=line,
            movement=movement,
            mass_kg=mass_kg,
            at=clock.now(),
        )
    )
