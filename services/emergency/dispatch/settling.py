"""What becomes of goods at the incident: they are used up or lost, or they come back into a depot with a receipt."""

from __future__ import annotations

import uuid
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.emergency.dispatch import checks
from services.emergency.dispatch.errors import ReturnInvalid, UseInvalid
from services.emergency.dispatch.events import RETURNED, USED, HandoverFact, LineFact, tell
from services.emergency.dispatch.models import Handover
from services.emergency.dispatch.schemas import ReturnCreate, UseCreate
from services.emergency.incidents import repository as incidents
from services.emergency.incidents.errors import IncidentNotFound
from services.emergency.incidents.models import Incident
from services.emergency.stock.checks import Names
from services.emergency.stock.ledger import CONSUMED, LOST, Account, Entry, post
from services.emergency.stock.schemas import LotLine
from services.kit import clock
from services.kit.auth import Principal
from services.kit.event_catalogue import EventType
from services.kit.ids import new_id
from services.kit.receipt_keys import ReceiptOffice

RECEIPT_KIND = "emergency.return"
_TARGETS = {"consumed": ("use", CONSUMED), "lost": ("loss", LOST)}


async def use(session: AsyncSession, principal: Principal, content: UseCreate) -> Handover:
    """Books goods at the incident as used up or lost; 409 where there are not so many."""
    incident = await _incident(session, content.incident_id)
    names = await checks.names_of_lots(session, content)
    checks.findings_of_use(content, names).raise_if_any(UseInvalid)
    row = Handover(
        id=new_id(),
        kind="use",
        incident_id=incident.id,
        document=content.model_dump(mode="json"),
        recorded_by=principal.subject,
        recorded_at=clock.now(),
    )
    place = Account(incident.id, "incident")
    entries = []
    for line in content.lines:
        kind, target = _TARGETS[line.outcome]
        entries.append(Entry(kind, _lot_id(names, line), place, target, line.quantity))
    await _book(session, principal, row, entries, kind=USED, subject=f"/v1/emergency/uses/{row.id}")
    return row


async def give_back(
    session: AsyncSession, principal: Principal, content: ReturnCreate, *, office: ReceiptOffice
) -> Handover:
    """Books clean goods from the incident into a depot, where they are free for others; expired ones are refused."""
    incident = await _incident(session, content.incident_id)
    names = await checks.names_of_lots(session, content)
    checks.findings_of_return(content, names, on=clock.today()).raise_if_any(ReturnInvalid)
    depot = names.depots[content.depot_code]
    return_id = new_id()
    subject = f"/v1/emergency/returns/{return_id}"
    document: dict[str, Any] = {"return_id": str(return_id), **content.model_dump(mode="json")}
    issued = office.issue(
        kind=RECEIPT_KIND,
        subject=subject,
        document=document,
        submitted_by=principal.subject,
        on_behalf_of=depot.keeper_uscc,
    )
    row = Handover(
        id=return_id,
        kind="return",
        incident_id=incident.id,
        depot_id=depot.id,
        document=document,
        recorded_by=principal.subject,
        recorded_at=clock.now(),
        receipt_id=issued.receipt.receipt_id,
        receipt_jws=issued.jws,
    )
    source, target = Account(incident.id, "incident"), Account(depot.id, "depot")
    entries = [Entry("return", _lot_id(names, line), source, target, line.quantity) for line in content.lines]
    await _book(session, principal, row, entries, kind=RETURNED, subject=subject)
    return row


async def _incident(session: AsyncSession, incident_id: uuid.UUID) -> Incident:
    incident = await incidents.by_id(session, incident_id)
    if incident is None:
        raise IncidentNotFound()
    return incident


def _lot_id(names: Names, line: LotLine) -> uuid.UUID:
    return names.lots[names.items[line.item_code].id, line.lot_number].id


async def _book(
    session: AsyncSession,
    principal: Principal,
    row: Handover,
    entries: list[Entry],
    *,
    kind: EventType,
    subject: str,
) -> None:
    session.add(row)
    await session.flush()
    await post(session, principal, entries, document_id=row.id, subject=subject)
    fact = HandoverFact(
        document_id=row.id,
        **row.model_dump(include={"incident_id", "depot_id"}),
        lines=[
            LineFact(
                lot_id=entry.lot_id,
                quantity=entry.quantity,
                lost=entry.quantity if entry.kind == "loss" else None,
            )
            for entry in entries
        ],
    )
    tell(session, principal, fact, kind=kind, subject=subject, entity=row.kind)
