"""Use case: everything that waste knows of one unit, in one dated answer."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import Principal
from services.waste.clocks import repository as clocks
from services.waste.clocks.rules import Kind
from services.waste.licences import repository as licences
from services.waste.licences import views as licence_views
from services.waste.manifests import repository as manifests
from services.waste.overview.schemas import Overview
from services.waste.units import service as units

YEAR = timedelta(days=365)


async def overview(session: AsyncSession, principal: Principal, *, uscc: str) -> Overview:
    """404 where the unit is not registered, or is not the caller's."""
    unit = await units.get(session, principal, uscc=uscc)
    now, today = clock.now(), clock.today()
    held = await licences.of_holder(session, uscc, on=today)
    return Overview(
        as_of=now,
        **unit.model_dump(include={"uscc", "name", "kinds"}),
        licences=await licence_views.balances_of(session, held, year=today.year),
        open_manifests=await manifests.count_open(session, uscc),
        overdue_confirmations=await clocks.count_overdue(
            session, uscc, kind=Kind.MANIFEST_CONFIRMATION, now=now
        ),
        discrepancies=await manifests.count_discrepancies(session, uscc, since=now - YEAR),
        medical_bags_overdue=await clocks.count_overdue(session, uscc, kind=Kind.MEDICAL_STORAGE, now=now),
    )
