"""The books of waste against its manifests, line by line."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from services.kit import clock
from services.waste.budgets.models import Budget, BudgetEntry
from services.waste.licences.models import Licence, LicenceGroup
from services.waste.manifests.models import Manifest, ManifestLine, ManifestStep, ReceptionLine
from services.waste.manifests.rules import HOLDS_RESERVATION
from services.waste.plans.models import Plan, PlanLine
from tests.support.waste_world import World


async def compare(world: World) -> None:
    """Every budget of this example against its ledger and against the lines of the manifests."""
    async with world.database.transaction() as session:
        groups = (
            select(Budget, LicenceGroup.codes)
            .join(LicenceGroup, col(LicenceGroup.id) == Budget.licence_group_id)
            .join(Licence, col(Licence.id) == LicenceGroup.licence_id)
            .where(Licence.licence_number == world.licence_number, Budget.year == clock.today().year)
        )
        for budget, codes in (await session.exec(groups)).all():
            of_category = col(ManifestLine.category).in_(codes)
            await _agrees(session, budget, Manifest.licence_number == world.licence_number, of_category)
        planned = (
            select(Budget, PlanLine, Plan.uscc)
            .join(PlanLine, col(PlanLine.id) == Budget.plan_line_id)
            .join(Plan, col(Plan.id) == PlanLine.plan_id)
            .where(col(Plan.uscc).in_(world.shippers))
        )
        for budget, line, uscc in (await session.exec(planned)).all():
            of_plan = Manifest.shipper_uscc == uscc
            await _agrees(session, budget, of_plan, col(ManifestLine.waste_code) == line.waste_code)
        await _mass_is_conserved(session, world)


async def _agrees(session: Any, budget: Budget, manifests_of: Any, lines_of: Any) -> None:
    assert budget.reserved_kg >= 0
    assert budget.received_kg >= 0
    assert budget.reserved_kg + budget.received_kg <= budget.scale_kg
    lines = select(sa.func.coalesce(sa.func.sum(ManifestLine.mass_kg), 0)).join(
        Manifest, col(Manifest.id) == ManifestLine.manifest_id
    )
    open_lines = lines.where(manifests_of, lines_of, col(Manifest.state).in_(sorted(HOLDS_RESERVATION)))
    assert budget.reserved_kg == (await session.exec(open_lines)).one()
    accepted = (
        select(sa.func.coalesce(sa.func.sum(ReceptionLine.accepted_kg), 0))
        .join(
            ManifestLine,
            sa.and_(
                col(ManifestLine.manifest_id) == ReceptionLine.manifest_id,
                col(ManifestLine.line) == ReceptionLine.line,
            ),
        )
        .join(Manifest, col(Manifest.id) == ManifestLine.manifest_id)
        .where(manifests_of, lines_of)
    )
    assert budget.received_kg == (await session.exec(accepted)).one()
    entries = select(BudgetEntry.movement, sa.func.sum(BudgetEntry.mass_kg)).group_by(
        col(BudgetEntry.movement)
    )
    moved = dict((await session.exec(entries.where(BudgetEntry.budget_id == budget.id))).all())
    reserved, released = moved.get("reserve", Decimal(0)), moved.get("release", Decimal(0))
    assert budget.reserved_kg == reserved - released
    assert budget.received_kg == moved.get("receive", Decimal(0))


async def _mass_is_conserved(session: Any, world: World) -> None:
    """Each decided manifest answers every line it declared, and to the gram; each has its steps without a gap."""
    decided = select(Manifest).where(
        Manifest.licence_number == world.licence_number, col(Manifest.decided_at).is_not(None)
    )
    for manifest in (await session.exec(decided)).all():
        declared = select(ManifestLine.line).where(ManifestLine.manifest_id == manifest.id)
        received = (
            await session.exec(select(ReceptionLine).where(ReceptionLine.manifest_id == manifest.id))
        ).all()
        assert {line.line for line in received} == set((await session.exec(declared)).all())
        assert all(line.accepted_kg + line.refused_kg == line.arrived_kg for line in received)
        steps = select(ManifestStep.position).where(ManifestStep.manifest_id == manifest.id)
        assert sorted((await session.exec(steps)).all()) == [1, 2, 3, 4, 5]
