"""What every step of a manifest has in common: who may take it, the state it leads to, its receipt, its one event."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import audit, clock
from services.kit.auth import Principal
from services.kit.ids import new_id
from services.kit.receipt_keys import ReceiptOffice
from services.waste.manifests import repository
from services.waste.manifests.errors import ManifestNotFound, NotYourPart, StepNotOpen
from services.waste.manifests.events import path_of, tell_step
from services.waste.manifests.models import Manifest, ManifestStep
from services.waste.manifests.rules import STEPS, Party, State, Step, after
from services.waste.manifests.schemas import ManifestSummary, Signed
from services.waste.receipts import receipt_of

RECEIPT_KIND = "waste.manifest_step"


def uscc_of(manifest: Manifest, party: Party) -> str:
    usccs = {
        Party.SHIPPER: manifest.shipper_uscc,
        Party.CARRIER: manifest.carrier_uscc,
        Party.RECEIVER: manifest.receiver_uscc,
    }
    return usccs[party]


async def begin(
    session: AsyncSession, principal: Principal, manifest_id: uuid.UUID, *, step: Step
) -> Manifest:
    """The manifest, locked, where this caller may take this step now; 404, 403 or 409 where not."""
    manifest = await repository.by_id(session, manifest_id, rows=principal.rows, lock=True)
    if manifest is None:
        raise ManifestNotFound()
    party = STEPS[step].party
    if uscc_of(manifest, party) not in principal.usccs:
        raise NotYourPart(party=party)
    if after(State(manifest.state), step) is None:
        raise StepNotOpen(state=manifest.state)
    return manifest


async def take(
    session: AsyncSession,
    principal: Principal,
    manifest: Manifest,
    *,
    step: Step,
    stated: Mapping[str, Any],
    office: ReceiptOffice,
) -> Signed:
    """Moves a manifest on. What is signed names the digest of the step before: the steps form a chain."""
    state = after(State(manifest.state), step)
    if state is None:
        raise StepNotOpen(state=manifest.state)
    before = {"state": manifest.state, "version": manifest.version}
    manifest.state, manifest.updated_at = state, clock.now()
    manifest.version += 1
    earlier = await repository.steps_of(session, manifest.id)
    taken = _signed(principal, manifest, step, stated, earlier[-1] if earlier else None, office)
    session.add(taken)
    await session.flush()
    after_it = {"state": state, "version": manifest.version, "document_sha256": taken.document_sha256}
    audit.record(
        session,
        principal,
        action=f"waste.manifest.{step}",
        entity="manifest",
        entity_id=manifest.id,
        owner=manifest.shipper_uscc,
        before=before,
        after=after_it,
    )
    tell_step(session, manifest, taken)
    return Signed(
        manifest=ManifestSummary.model_validate(manifest),
        step=step,
        document=taken.document,
        receipt=receipt_of(taken),
    )


def _signed(
    principal: Principal,
    manifest: Manifest,
    step: Step,
    stated: Mapping[str, Any],
    previous: ManifestStep | None,
    office: ReceiptOffice,
) -> ManifestStep:
    rule, position = STEPS[step], previous.position + 1 if previous else 1
    uscc, moment = uscc_of(manifest, rule.party), clock.now()
    document = {
        "manifest_number": manifest.number,
        "step": str(step),
        "party": str(rule.party),
        "uscc": uscc,
        "signed_by": principal.subject,
        "signed_at": moment.isoformat(),
        "follows_sha256": previous.document_sha256 if previous else None,
        "content": dict(stated),
    }
    issued = office.issue(
        kind=RECEIPT_KIND,
        subject=f"{path_of(manifest.id)}#{position}",
        document=document,
        submitted_by=principal.subject,
        on_behalf_of=uscc,
    )
    return ManifestStep(
        id=new_id(),
        manifest_id=manifest.id,
        position=position,
        step=step,
        state=manifest.state,
        party=rule.party,
        uscc=uscc,
        basis=rule.article,
        document=document,
        document_sha256=issued.receipt.document_sha256,
        signed_by=principal.subject,
        signed_at=moment,
        receipt_id=issued.receipt.receipt_id,
        receipt_jws=issued.jws,
    )
