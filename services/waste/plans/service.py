"""Use cases of management plans: file one, read one. Filing answers with a signed receipt."""

from __future__ import annotations

import uuid

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import Principal, RowScope
from services.kit.findings import Findings, pointer
from services.kit.ids import new_id
from services.kit.receipt_keys import ReceiptOffice
from services.waste.budgets import repository as budgets
from services.waste.budgets.rules import Kind
from services.waste.budgets.service import balance_of, open_budget
from services.waste.catalogue import rules as catalogue
from services.waste.catalogue.service import in_force
from services.waste.plans import repository, rules
from services.waste.plans.errors import PlanExists, PlanInvalid, PlanNotFound
from services.waste.plans.events import PLAN_FILED, PlanFiled
from services.waste.plans.models import Plan, PlanLine
from services.waste.plans.schemas import PlanCreate, PlanLineRead, PlanRead, PlanSummary
from services.waste.receipts import receipt_of
from services.waste.units import repository as units
from services.waste.units.errors import UnitNotFound
from services.waste.units.rules import RECEIVER, SHIPPING_KINDS
from services.waste.units.service import is_any

RECEIPT_KIND = "waste.management_plan"


async def findings_of(session: AsyncSession, principal: Principal, content: PlanCreate) -> Findings:
    """Everything wrong with a plan: its year, its codes, its receivers."""
    del principal  # whose plan it is was looked at before
    found = Findings()
    rules.check_year(found, year=content.year, today=clock.today())
    lines = [rules.PlanLineFact(**line.model_dump()) for line in content.lines]
    known = await units.named(session, {line.receiver_uscc for line in lines})
    receivers = frozenset(uscc for uscc, unit in known.items() if is_any(unit, {RECEIVER}))
    rules.check_lines(found, lines, receivers=receivers)
    serving = in_force(clock.today())
    for index, line in enumerate(lines):
        where = pointer("lines", index, "waste_code")
        entry = serving.find(line.waste_code)
        catalogue.check_code(
            found, where, code=line.waste_code, entry=entry, edition_name=serving.edition.name
        )
    return found


async def file(
    session: AsyncSession, principal: Principal, content: PlanCreate, *, office: ReceiptOffice
) -> PlanRead:
    """Files the plan of a site for a year; 409 where it is there already."""
    shipper = await units.by_uscc(session, content.uscc, rows=principal.rows)
    if shipper is None or not is_any(shipper, SHIPPING_KINDS):
        raise UnitNotFound()
    (await findings_of(session, principal, content)).raise_if_any(PlanInvalid)
    plan = _plan(principal, content, office)
    session.add(plan)
    try:
        await session.flush()
    except IntegrityError as error:
        raise PlanExists() from error
    await _add_lines(session, plan, content)
    _tell(session, principal, plan)
    return await _view(session, plan)


def _plan(principal: Principal, content: PlanCreate, office: ReceiptOffice) -> Plan:
    plan_id, document = new_id(), content.model_dump(mode="json")
    issued = office.issue(
        kind=RECEIPT_KIND,
        subject=f"/v1/waste/plans/{plan_id}",
        document=document,
        submitted_by=principal.subject,
        on_behalf_of=content.uscc,
    )
    return Plan(
        id=plan_id,
        uscc=content.uscc,
        site_code=content.site_code,
        year=content.year,
        filed_on=clock.today(),
        days_late=rules.days_late(content.year, filed_on=clock.today()),
        document=document,
        document_sha256=issued.receipt.document_sha256,
        submitted_by=principal.subject,
        receipt_id=issued.receipt.receipt_id,
        receipt_jws=issued.jws,
        created_at=clock.now(),
    )


async def _add_lines(session: AsyncSession, plan: Plan, content: PlanCreate) -> None:
    lines = [PlanLine(id=new_id(), plan_id=plan.id, **line.model_dump()) for line in content.lines]
    session.add_all(lines)
    await session.flush()
    session.add_all(
        open_budget(kind=Kind.PLAN, reference_id=line.id, year=plan.year, scale_kg=line.planned_kg)
        for line in lines
    )
    await session.flush()


async def read(session: AsyncSession, rows: RowScope, *, plan_id: uuid.UUID) -> PlanRead:
    plan = await repository.by_id(session, plan_id, rows=rows)
    if plan is None:
        raise PlanNotFound()
    return await _view(session, plan)


async def _view(session: AsyncSession, plan: Plan) -> PlanRead:
    lines = await repository.lines_of(session, plan.id)
    known = await budgets.of_plan_lines(session, [line.id for line in lines])
    return PlanRead.model_validate(
        {
            **plan.model_dump(include=set(PlanSummary.model_fields)),
            "document": plan.document,
            "receipt": receipt_of(plan),
            "lines": [
                PlanLineRead(
                    **line.model_dump(exclude={"id", "plan_id"}),
                    reserved_kg=known[line.id].reserved_kg,
                    received_kg=known[line.id].received_kg,
                    free_kg=balance_of(known[line.id]).free_kg,
                )
                for line in lines
            ],
        }
    )


def _tell(session: AsyncSession, principal: Principal, plan: Plan) -> None:
    fact = PlanFiled(plan_id=plan.id, **plan.model_dump(include=set(PlanFiled.model_fields)))
    deeds.record(
        session,
        principal,
        kind=PLAN_FILED,
        entity="plan",
        entity_id=plan.id,
        subject=f"/v1/waste/plans/{plan.id}",
        owner=plan.uscc,
        fact=fact,
    )
