"""Use case: everything that permits knows of one enterprise, in one dated answer."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import Principal
from services.permits.endings import service as endings
from services.permits.enterprises import service as enterprises
from services.permits.overview import repository
from services.permits.overview.schemas import Overview, PermitAtAGlance

YEAR = timedelta(days=365)


async def overview(session: AsyncSession, principal: Principal, *, uscc: str) -> Overview:
    """404 where the enterprise is not registered, or is not the caller's."""
    enterprise = await enterprises.get(session, principal, uscc=uscc)
    moment, today, rows = clock.now(), clock.today(), principal.rows
    permits = await repository.permits_of(session, uscc, rows=rows)
    standings = await endings.standings_of(session, {permit.id for permit, _ in permits}, today)
    owed, late = await repository.obligations_of(session, uscc, rows=rows, today=today)
    return Overview(
        as_of=moment,
        enterprise=enterprise,
        permits=[
            PermitAtAGlance(
                permit_number=permit.permit_number,
                site_name=permit.site_name,
                valid_to=version.valid_to,
                standing=standings[permit.id],
            )
            for permit, version in permits
        ],
        open_obligations=owed,
        late_obligations=late,
        reports_accepted=await repository.accepted_of(session, uscc, rows=rows),
        exceedances_confirmed=await repository.confirmations_of(
            session, uscc, rows=rows, since=moment - YEAR
        ),
    )
