"""Use cases of medical waste: a hospital registers a bag; whoever has it in hand scans it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import Principal
from services.kit.event_catalogue import EventType
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.schemas import Schema
from services.waste.clocks import repository as clocks
from services.waste.clocks.service import start_storage
from services.waste.medical import repository, rules, views
from services.waste.medical.errors import BagExists, BagNotFound, ScanInvalid, ScanOutOfOrder
from services.waste.medical.events import BAG_REGISTERED, BAG_SCANNED, BagRegistered, BagScanned
from services.waste.medical.models import MedicalBag, MedicalScan
from services.waste.medical.rules import Place, ScanFact, State
from services.waste.medical.schemas import BagCreate, BagRead, ScanCreate
from services.waste.units import repository as units
from services.waste.units.errors import UnitNotFound
from services.waste.units.rules import HOSPITAL
from services.waste.units.service import is_any


async def register(session: AsyncSession, principal: Principal, content: BagCreate) -> BagRead:
    """A closed bag; 409 where its code is taken."""
    await _require_unit(session, principal, content.hospital_uscc, kind=HOSPITAL)
    bag = MedicalBag(
        id=new_id(),
        **content.model_dump(),
        waste_code=rules.WASTE_CODE[content.kind],
        state=State.REGISTERED,
        registered_by=principal.subject,
        registered_at=clock.now(),
    )
    session.add(bag)
    try:
        await session.flush()
    except IntegrityError as error:
        raise BagExists() from error
    fact = BagRegistered(
        bag_id=bag.id,
        **bag.model_dump(include=set(BagRegistered.model_fields)),
    )
    _tell(session, principal, bag, kind=BAG_REGISTERED, fact=fact)
    return await views.view(session, bag)


async def scan(session: AsyncSession, principal: Principal, content: ScanCreate, *, code: str) -> BagRead:
    """Notes that a bag is at a place. The same scan sent again changes nothing; one out of order is refused."""
    place = Place(content.place)
    await _require_unit(session, principal, content.uscc, kind=rules.SCANNED_BY[place])
    bag = await repository.in_hand(session, code)
    if bag is None:
        raise BagNotFound()
    known = await repository.scans_of(session, bag.id)
    fact = ScanFact(place, content.uscc, content.scanned_at, content.plate)
    if rules.same(fact, [_fact(each) for each in known]) is not None:
        return await views.view(session, bag)
    state = rules.after(State(bag.state), place)
    if state is None:
        raise ScanOutOfOrder(state=bag.state, expected=rules.expected(State(bag.state)), scanned=place)
    found = Findings()
    previous_at = known[-1].scanned_at if known else datetime.min.replace(tzinfo=clock.CITY_TIME)
    rules.check_scan(found, fact, previous_at=previous_at, now=clock.now(), hospital_uscc=bag.hospital_uscc)
    found.raise_if_any(ScanInvalid)
    await _move(session, principal, bag, fact, state)
    return await views.view(session, bag)


def _fact(row: MedicalScan) -> ScanFact:
    return ScanFact(Place(row.place), row.uscc, row.scanned_at, row.plate)


async def _require_unit(session: AsyncSession, principal: Principal, uscc: str, *, kind: str) -> None:
    """The caller acts for this unit, and it is registered as what the place needs."""
    if uscc not in principal.usccs or not is_any(
        await units.by_uscc(session, uscc, rows=principal.rows), {kind}
    ):
        raise UnitNotFound(kind=kind)


async def _move(
    session: AsyncSession, principal: Principal, bag: MedicalBag, fact: ScanFact, state: State
) -> None:
    row = MedicalScan(
        id=new_id(),
        bag_id=bag.id,
        place=fact.place,
        uscc=fact.uscc,
        plate=fact.plate,
        scanned_at=fact.scanned_at,
        received_at=clock.now(),
        scanner=principal.subject,
    )
    session.add(row)
    bag.state = state
    if fact.place is Place.CLINIC:
        session.add(start_storage(bag.id, hospital_uscc=bag.hospital_uscc, first_stored_at=fact.scanned_at))
    elif fact.place is Place.VEHICLE:
        bag.carrier_uscc = fact.uscc
        (await clocks.of_bags(session, [bag.id]))[bag.id].met_at = fact.scanned_at
    else:
        bag.plant_uscc = fact.uscc
    await session.flush()
    scanned = BagScanned(
        bag_id=bag.id,
        **bag.model_dump(include={"code", "hospital_uscc", "state"}),
        **row.model_dump(include={"place", "uscc", "scanned_at", "received_at"}),
    )
    _tell(session, principal, bag, kind=BAG_SCANNED, fact=scanned)


def _tell(
    session: AsyncSession, principal: Principal, bag: MedicalBag, *, kind: EventType, fact: Schema
) -> None:
    deeds.record(
        session,
        principal,
        kind=kind,
        entity="medical_bag",
        entity_id=bag.id,
        subject=f"/v1/waste/medical/bags/{bag.code}",
        owner=bag.hospital_uscc,
        fact=fact,
    )
