"""Use cases of licences: enter one that was issued, read one, see how it stands in a year."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import Principal
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.waste.budgets.rules import Kind
from services.waste.budgets.service import open_budget
from services.waste.licences import repository, rules, views
from services.waste.licences.errors import (
    HolderNotReceiver,
    LicenceExists,
    LicenceInvalid,
    LicenceNotFound,
)
from services.waste.licences.events import LICENCE_REGISTERED, LicenceFact
from services.waste.licences.models import Licence, LicenceGroup
from services.waste.licences.schemas import LicenceBalance, LicenceCreate, LicenceRead
from services.waste.units import repository as units
from services.waste.units.errors import UnitNotFound
from services.waste.units.rules import RECEIVER


def findings_of(content: LicenceCreate) -> Findings:
    found = Findings()
    rules.check_validity(found, kind=content.kind, valid_from=content.valid_from, valid_to=content.valid_to)
    rules.check_modes(found, kind=content.kind, modes=content.modes)
    rules.check_groups(found, [group.codes for group in content.groups])
    return found


async def of_registration(_: AsyncSession, __: Principal, content: LicenceCreate) -> Findings:
    """What the rules say about a licence whose shape is wrong in places."""
    return findings_of(content)


async def register(session: AsyncSession, principal: Principal, content: LicenceCreate) -> LicenceRead:
    """Enters a licence with a budget for each group and each calendar year that it touches."""
    findings_of(content).raise_if_any(LicenceInvalid)
    holder = (await units.named(session, [content.holder_uscc])).get(content.holder_uscc)
    if holder is None or not principal.rows.covers(content.holder_uscc):
        raise UnitNotFound()
    if RECEIVER not in holder.kinds:
        raise HolderNotReceiver()
    licence = Licence(id=new_id(), created_at=clock.now(), **content.model_dump(exclude={"groups"}))
    session.add(licence)
    try:
        await session.flush()
    except IntegrityError as error:
        raise LicenceExists() from error
    await _add_groups(session, licence, content)
    entered = (await views.views_of(session, [licence]))[0]
    _tell(session, principal, entered)
    return entered


async def _add_groups(session: AsyncSession, licence: Licence, content: LicenceCreate) -> None:
    groups = [
        LicenceGroup(id=new_id(), licence_id=licence.id, position=position, **group.model_dump())
        for position, group in enumerate(content.groups)
    ]
    session.add_all(groups)
    await session.flush()
    session.add_all(
        open_budget(kind=Kind.LICENCE, reference_id=group.id, year=year, scale_kg=group.yearly_scale_kg)
        for group in groups
        for year in range(licence.valid_from.year, licence.valid_to.year + 1)
    )
    await session.flush()


async def get(session: AsyncSession, *, number: str) -> LicenceRead:
    """Any licence: they are announced when they are issued (Order 408 art. 9)."""
    licence = await repository.by_number(session, number)
    if licence is None:
        raise LicenceNotFound()
    return (await views.views_of(session, [licence]))[0]


async def balance(
    session: AsyncSession, principal: Principal, *, number: str, year: int | None
) -> LicenceBalance:
    """How a licence stands in a year, this one without one; for its holder and the bureau, else 404."""
    licence = await repository.by_number(session, number)
    if licence is None or not principal.rows.covers(licence.holder_uscc):
        raise LicenceNotFound()
    found = await views.balances_of(session, [licence], year=year or clock.today().year)
    return found[0]


def _tell(session: AsyncSession, principal: Principal, entered: LicenceRead) -> None:
    deeds.record(
        session,
        principal,
        kind=LICENCE_REGISTERED,
        entity="licence",
        entity_id=entered.licence_number,
        subject=f"/v1/waste/licences/{entered.licence_number}",
        owner=entered.holder_uscc,
        after=entered.model_dump(mode="json"),
        fact=LicenceFact(**entered.model_dump(include=set(LicenceFact.model_fields))),
    )
