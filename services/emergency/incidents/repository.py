"""SQL of incidents."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.emergency.incidents.models import Grading, Incident, IncidentCounter
from services.kit.pages import PageQuery, page

_COUNTER = cast(sa.Table, IncidentCounter.__table__)  # type: ignore[attr-defined]

# What keeps an incident open. One statement: goods that move meanwhile are seen in one place or the other.
_UNSETTLED = sa.text("""
SELECT
    (SELECT count(*) FROM reservation_line JOIN reservation ON reservation.id = reservation_id
     WHERE incident_id = :incident AND quantity > dispatched + released) AS reserved,
    (SELECT count(*) FROM dispatch_line JOIN dispatch ON dispatch.id = dispatch_id
     WHERE incident_id = :incident AND quantity > received + lost) AS in_transit,
    (SELECT count(*) FROM balance WHERE location_id = :incident AND on_hand > 0) AS on_site
""")


async def next_serial(session: AsyncSession, *, region_code: str, year: int) -> int:
    """The next number of a place and year; others wait until this transaction ends."""
    statement = insert(_COUNTER).values(region_code=region_code, year=year, serial=1)
    counted = statement.on_conflict_do_update(
        index_elements=["region_code", "year"], set_={"serial": _COUNTER.c.serial + 1}
    ).returning(_COUNTER.c.serial)
    connection = await session.connection()
    return int((await connection.execute(counted)).scalar_one())


async def by_id(session: AsyncSession, incident_id: uuid.UUID) -> Incident | None:
    return (await session.exec(select(Incident).where(Incident.id == incident_id))).first()


async def lock(session: AsyncSession, incident_id: uuid.UUID, *, share: bool = False) -> Incident | None:
    """The incident, locked: alone for a change of its own, shared for what must not outlive its closing."""
    statement = select(Incident).where(Incident.id == incident_id).with_for_update(read=share)
    return (await session.exec(statement, execution_options={"populate_existing": True})).first()


async def unsettled(session: AsyncSession, incident_id: uuid.UUID) -> dict[str, int]:
    """How many lines are reserved, on the way and on site; only what is more than none."""
    connection = await session.connection()
    row = (await connection.execute(_UNSETTLED, {"incident": incident_id})).one()
    return {name: count for name, count in row._mapping.items() if count}


async def gradings_of(session: AsyncSession, incident_id: uuid.UUID) -> Sequence[Grading]:
    statement = select(Grading).where(Grading.incident_id == incident_id).order_by(col(Grading.id))
    return (await session.exec(statement)).all()


async def page_of(
    session: AsyncSession, *, query: PageQuery, state: str | None, responsible_uscc: str | None
) -> tuple[list[Incident], str | None]:
    """Newest first."""
    statement = select(Incident)
    if state is not None:
        statement = statement.where(Incident.state == state)
    if responsible_uscc is not None:
        statement = statement.where(Incident.responsible_uscc == responsible_uscc)
    return await page(session, statement, by=[(col(Incident.id), uuid.UUID)], query=query, descending=True)
