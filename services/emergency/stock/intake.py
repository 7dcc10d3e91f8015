"""Use case of the storekeeper: take goods into a depot."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlmodel.ext.asyncio.session import AsyncSession

from services.emergency.depots.models import Depot
from services.emergency.stock import checks, queries, repository
from services.emergency.stock.checks import Names
from services.emergency.stock.errors import IntakeInvalid, IntakeNotFound
from services.emergency.stock.events import STOCK_RECEIVED, StockReceived
from services.emergency.stock.ledger import SUPPLIER, Account, Entry, post
from services.emergency.stock.models import Intake, Lot
from services.emergency.stock.schemas import IntakeCreate, IntakeRead
from services.kit import clock, deeds
from services.kit.auth import Principal
from services.kit.ids import new_id


async def take_in(session: AsyncSession, principal: Principal, content: IntakeCreate) -> IntakeRead:
    """Books goods from the supplier into the depot. Expired goods, and a known lot with other dates, are refused."""
    names = await checks.names_of_intake(session, content)
    checks.findings_of_intake(content, names, on=clock.today()).raise_if_any(IntakeInvalid)
    depot = names.depots[content.depot_code]
    lots = await _lots(session, content, names)
    intake = _row(principal, content, depot)
    session.add(intake)
    await session.flush()
    account = Account(depot.id, "depot")
    entries = [
        Entry(
            "intake",
            lots[names.items[line.item_code].id, line.lot_number].id,
            SUPPLIER,
            account,
            line.quantity,
        )
        for line in content.lines
    ]
    subject = f"/v1/emergency/stock/intakes/{intake.id}"
    await post(session, principal, entries, document_id=intake.id, subject=subject)
    _tell(session, principal, intake, content, subject=subject)
    return view(intake)


async def _lots(
    session: AsyncSession, content: IntakeCreate, names: Names
) -> Mapping[tuple[uuid.UUID, str], Lot]:
    """The lots of the lines, those that are new added. Another intake may add one at the same time."""
    rows = [
        {
            "id": new_id(),
            "item_id": names.items[line.item_code].id,
            "created_at": clock.now(),
            **line.model_dump(include={"lot_number", "manufactured_on", "expires_on"}),
        }
        for line in content.lines
    ]
    await repository.add_lots(session, rows)
    now_known = await checks.names_of_intake(session, content)
    checks.findings_of_intake(content, now_known, on=clock.today()).raise_if_any(IntakeInvalid)
    return now_known.lots


def _row(principal: Principal, content: IntakeCreate, depot: Depot) -> Intake:
    return Intake(
        id=new_id(),
        depot_id=depot.id,
        supplier=content.supplier,
        document=content.model_dump(mode="json"),
        received_by=principal.subject,
        received_at=clock.now(),
    )


def view(intake: Intake) -> IntakeRead:
    kept = intake.model_dump(include={"id", "received_by", "received_at"})
    return IntakeRead.model_validate({**intake.document, **kept})


async def read(session: AsyncSession, *, intake_id: uuid.UUID) -> IntakeRead:
    found = await queries.intake_by_id(session, intake_id)
    if found is None:
        raise IntakeNotFound()
    return view(found)


def _tell(
    session: AsyncSession, principal: Principal, intake: Intake, content: IntakeCreate, *, subject: str
) -> None:
    fact = StockReceived(
        intake_id=intake.id,
        depot_code=content.depot_code,
        supplier=content.supplier,
        lines=len(content.lines),
    )
    deeds.record(
        session,
        principal,
        kind=STOCK_RECEIVED,
        entity="intake",
        entity_id=intake.id,
        subject=subject,
        after=intake.document,
        fact=fact,
    )
