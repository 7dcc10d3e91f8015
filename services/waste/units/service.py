"""Use cases of units: register, change, read."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import Principal
from services.kit.event_catalogue import EventType
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.routing import require_match
from services.waste.units import repository, rules, views
from services.waste.units.errors import UnitExists, UnitInvalid, UnitNotFound
from services.waste.units.events import UNIT_CHANGED, UNIT_REGISTERED, UnitFact
from services.waste.units.models import Unit
from services.waste.units.schemas import UnitCreate, UnitRead, UnitUpdate


async def get(session: AsyncSession, principal: Principal, *, uscc: str) -> Unit:
    unit = await repository.by_uscc(session, uscc, rows=principal.rows)
    if unit is None:
        raise UnitNotFound()
    return unit


def findings_of(content: UnitCreate) -> Findings:
    found = Findings()
    rules.check_unit(found, kinds=content.kinds, transport_licence=content.transport_licence)
    return found


async def of_registration(_: AsyncSession, __: Principal, content: UnitCreate) -> Findings:
    """What the rules say about a unit whose shape is wrong in places."""
    return findings_of(content)


async def register(session: AsyncSession, principal: Principal, content: UnitCreate) -> Unit:
    """Adds a unit to the register; 409 where its USCC is there already."""
    findings_of(content).raise_if_any(UnitInvalid)
    moment = clock.now()
    unit = Unit(id=new_id(), created_at=moment, updated_at=moment, **content.model_dump())
    session.add(unit)
    try:
        await session.flush()
    except IntegrityError as error:
        raise UnitExists() from error
    _tell(session, principal, unit, kind=UNIT_REGISTERED, before=None)
    return unit


async def change(
    session: AsyncSession, principal: Principal, content: UnitUpdate, *, uscc: str, if_match: str | None
) -> Unit:
    """Changes what the update names, if the editor saw the present version."""
    unit = await repository.by_uscc(session, uscc, rows=principal.rows, lock=True)
    if unit is None:
        raise UnitNotFound()
    require_match(if_match, etag=views.etag(unit))
    before = _image(unit)
    for name, value in content.model_dump(exclude_none=True).items():
        setattr(unit, name, value)
    found = Findings()
    rules.check_unit(found, kinds=unit.kinds, transport_licence=unit.transport_licence)
    found.raise_if_any(UnitInvalid)
    unit.version += 1
    unit.updated_at = clock.now()
    _tell(session, principal, unit, kind=UNIT_CHANGED, before=before)
    return unit


def is_any(unit: Unit | None, kinds: Collection[str]) -> bool:
    """Whether the unit is registered, and as one of these kinds."""
    return unit is not None and not set(kinds).isdisjoint(unit.kinds)


def _image(unit: Unit) -> dict[str, object]:
    return UnitRead.model_validate(unit).model_dump(mode="json")


def _tell(
    session: AsyncSession,
    principal: Principal,
    unit: Unit,
    *,
    kind: EventType,
    before: dict[str, object] | None,
) -> None:
    deeds.record(
        session,
        principal,
        kind=kind,
        entity="unit",
        entity_id=unit.uscc,
        owner=unit.uscc,
        before=before,
        after=_image(unit),
        subject=f"/v1/waste/units/{unit.uscc}",
        fact=UnitFact.model_validate(unit),
    )
