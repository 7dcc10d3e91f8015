"""Use cases of handing over: the shipper signs, the carrier signs and departs, the receiver notes the arrival."""

from __future__ import annotations

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import Principal
from services.kit.findings import Findings
from services.kit.receipt_keys import ReceiptOffice
from services.waste.clocks.service import start_confirmation
from services.waste.licences import repository as licences
from services.waste.manifests import repository, rules, steps
from services.waste.manifests.errors import LicenceEnded, ManifestNotFound, TimeInvalid
from services.waste.manifests.models import Manifest
from services.waste.manifests.rules import Step
from services.waste.manifests.schemas import Arrival, CarrierSignature, ShipperSignature, Signed


async def sign_as_shipper(
    session: AsyncSession,
    principal: Principal,
    content: ShipperSignature,
    *,
    manifest_id: uuid.UUID,
    office: ReceiptOffice,
) -> Signed:
    """The shipper hands over what the manifest says (Order 23 art. 10)."""
    manifest = await steps.begin(session, principal, manifest_id, step=Step.SIGN_SHIPPER)
    stated = content.model_dump(mode="json")
    return await steps.take(
        session, principal, manifest, step=Step.SIGN_SHIPPER, stated=stated, office=office
    )


async def sign_as_carrier(
    session: AsyncSession,
    principal: Principal,
    content: CarrierSignature,
    *,
    manifest_id: uuid.UUID,
    office: ReceiptOffice,
) -> Signed:
    """The carrier has checked the load and departs (Order 23 art. 11, 13), if the licence still holds that day."""
    manifest = await steps.begin(session, principal, manifest_id, step=Step.SIGN_CARRIER)
    found = Findings()
    rules.check_load(found, load_matches=content.load_matches)
    handed_over_at = (await repository.steps_of(session, manifest.id))[-1].signed_at
    rules.check_time(
        found,
        "/departed_at",
        moment=content.departed_at,
        not_before=handed_over_at,
        now=clock.now(),
    )
    found.raise_if_any(TimeInvalid)
    await _require_licence(session, manifest)
    manifest.departed_at = content.departed_at
    stated = content.model_dump(mode="json")
    return await steps.take(
        session, principal, manifest, step=Step.SIGN_CARRIER, stated=stated, office=office
    )


async def _require_licence(session: AsyncSession, manifest: Manifest) -> None:
    """固废法 art. 80: nothing departs for a receiver whose licence has ended since the submission."""
    licence = await licences.by_number(session, manifest.licence_number)
    if licence is None or not licence.valid_from <= clock.today() <= licence.valid_to:
        raise LicenceEnded(licence_number=manifest.licence_number)


async def arrive(
    session: AsyncSession,
    principal: Principal,
    content: Arrival,
    *,
    manifest_id: uuid.UUID,
    office: ReceiptOffice,
) -> Signed:
    """The vehicle is there: the receiver's five working days begin (Order 23 art. 18)."""
    manifest = await steps.begin(session, principal, manifest_id, step=Step.ARRIVE)
    if manifest.departed_at is None:
        raise ManifestNotFound()
    found = Findings()
    rules.check_time(
        found,
        "/arrived_at",
        moment=content.arrived_at,
        not_before=manifest.departed_at,
        now=clock.now(),
    )
    found.raise_if_any(TimeInvalid)
    manifest.arrived_at = content.arrived_at
    session.add(
        start_confirmation(manifest.id, receiver_uscc=manifest.receiver_uscc, arrived_at=content.arrived_at)
    )
    stated = content.model_dump(mode="json")
    return await steps.take(session, principal, manifest, step=Step.ARRIVE, stated=stated, office=office)
