"""Use case of the receiver: decide on every line, true up the budgets, tell of what differs. All in one call."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import Principal
from services.kit.ids import new_id
from services.kit.receipt_keys import ReceiptOffice
from services.waste.budgets import service as budgets
from services.waste.budgets.rules import Draw
from services.waste.clocks import repository as clocks
from services.waste.manifests import checks, repository, rules_reception, steps
from services.waste.manifests.errors import ReceptionInvalid
from services.waste.manifests.events import tell_discrepancy
from services.waste.manifests.models import Discrepancy, Manifest, Notice, ReceptionLine
from services.waste.manifests.rules import Step
from services.waste.manifests.rules_reception import Arrived, Difference, Tolerance
from services.waste.manifests.schemas import DiscrepancyLine, ReceptionCreate, Signed
from services.waste.units import repository as units


async def receive(
    session: AsyncSession,
    principal: Principal,
    content: ReceptionCreate,
    *,
    manifest_id: uuid.UUID,
    office: ReceiptOffice,
    tolerance: Tolerance,
) -> Signed:
    """Accepts all, a part or nothing (Order 23 art. 12, 18); the decision meets the five-day limit."""
    manifest = await steps.begin(session, principal, manifest_id, step=Step.ACCEPT)
    declared = checks.declared_facts(await repository.lines_of(session, manifest.id))
    arrived = checks.arrived_facts(content)
    found = await checks.of_reception(session, manifest, declared, arrived)
    held = await budgets.held_by(session, manifest.id)
    accepted = _accepted(arrived)
    budgets.find_room_at_receipt(found, held, accepted)
    found.raise_if_any(ReceptionInvalid)
    budgets.settle(session, held, {line: draw.mass_kg for line, draw in accepted.items()})
    _add_lines(session, manifest, arrived)
    await _confirm(session, manifest)
    signed = await steps.take(
        session,
        principal,
        manifest,
        step=rules_reception.outcome(arrived),
        stated=content.model_dump(mode="json"),
        office=office,
    )
    await _report(session, manifest, rules_reception.differences(declared, arrived, tolerance))
    return signed


def _accepted(arrived: Sequence[Arrived]) -> dict[int, Draw]:
    return {
        line.line: Draw(f"/lines/{index}/accepted_kg", line.accepted_kg)
        for index, line in enumerate(arrived)
        if line.accepted_kg > 0
    }


def _add_lines(session: AsyncSession, manifest: Manifest, arrived: Sequence[Arrived]) -> None:
    session.add_all(
        ReceptionLine(
            manifest_id=manifest.id,
            line=line.line,
            arrived_kg=line.arrived_kg,
            accepted_kg=line.accepted_kg,
            refused_kg=line.refused_kg,
            refusal_reason=line.refusal_reason,
            observed=dict(line.observed),
        )
        for line in arrived
    )


async def _confirm(session: AsyncSession, manifest: Manifest) -> None:
    manifest.decided_at = clock.now()
    deadline = await clocks.of_manifest(session, manifest.id)
    if deadline is not None:
        deadline.met_at = manifest.decided_at


async def _report(session: AsyncSession, manifest: Manifest, differences: Sequence[Difference]) -> None:
    """Order 23 art. 18: the shipper and the bureau of the receiving place hear of what differs."""
    if not differences:
        return
    discrepancy = Discrepancy(
        id=new_id(),
        manifest_id=manifest.id,
        shipper_uscc=manifest.shipper_uscc,
        found_at=clock.now(),
        lines=[_line(difference).model_dump(mode="json") for difference in differences],
    )
    session.add(discrepancy)
    await session.flush()
    receiver = (await units.named(session, [manifest.receiver_uscc]))[manifest.receiver_uscc]
    addressees = {"shipper": manifest.shipper_uscc, "bureau": receiver.region_code}
    session.add_all(
        Notice(
            id=new_id(),
            discrepancy_id=discrepancy.id,
            addressee_kind=kind,
            addressee=addressee,
            basis=rules_reception.ARTICLE_DISCREPANCY,
            opened_at=discrepancy.found_at,
        )
        for kind, addressee in addressees.items()
    )
    tell_discrepancy(session, manifest, discrepancy, article=rules_reception.ARTICLE_DISCREPANCY)


def _line(difference: Difference) -> DiscrepancyLine:
    declared, arrived = difference.declared, difference.arrived
    return DiscrepancyLine(
        line=declared.line,
        waste_code=declared.waste_code,
        declared_kg=declared.mass_kg,
        arrived_kg=arrived.arrived_kg,
        accepted_kg=arrived.accepted_kg,
        refused_kg=arrived.refused_kg,
        fields=list(difference.fields),
    )
