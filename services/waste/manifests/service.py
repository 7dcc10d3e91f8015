"""Use cases of the shipper before submission, and of the clerk: draft, redraft, record the national number."""

from __future__ import annotations

import uuid

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import audit, clock
from services.kit.auth import Principal
from services.kit.event_catalogue import EventType
from services.kit.ids import new_id
from services.kit.routing import require_match
from services.waste.manifests import repository, views
from services.waste.manifests.errors import (
    ManifestNotFound,
    ManifestSealed,
    NationalNumberSet,
    NationalNumberTaken,
    NotYourPart,
)
from services.waste.manifests.events import NATIONAL_NUMBER_RECORDED, tell_national_number
from services.waste.manifests.models import Manifest
from services.waste.manifests.rules import State
from services.waste.manifests.schemas import ManifestContent, ManifestRead
from services.waste.units import repository as units
from services.waste.units.errors import UnitNotFound

DRAFTED, REDRAFTED = "waste.manifest_drafted", "waste.manifest_redrafted"
_HEAD = {"shipper_uscc", "site_code", "carrier_uscc", "receiver_uscc", "licence_number"}


async def draft(session: AsyncSession, principal: Principal, content: ManifestContent) -> ManifestRead:
    """A manifest that only its shipper sees; the gates are asked when it is submitted."""
    await _require_own(session, principal, content.shipper_uscc)
    moment = clock.now()
    manifest = Manifest(
        id=new_id(),
        number=await repository.new_number(session, clock.today()),
        state=State.DRAFT,
        **content.model_dump(include=_HEAD),
        content=content.model_dump(mode="json"),
        drafted_by=principal.subject,
        created_at=moment,
        updated_at=moment,
    )
    session.add(manifest)
    await session.flush()
    _note(session, principal, manifest, action=DRAFTED)
    return await views.view(session, manifest)


async def redraft(
    session: AsyncSession,
    principal: Principal,
    content: ManifestContent,
    *,
    manifest_id: uuid.UUID,
    if_match: str | None,
) -> ManifestRead:
    """Replaces the content of a draft; what was submitted is signed for and stays (409)."""
    manifest = await repository.by_id(session, manifest_id, rows=principal.rows, lock=True)
    if manifest is None:
        raise ManifestNotFound()
    if manifest.shipper_uscc not in principal.usccs:
        raise NotYourPart(party="shipper")
    if manifest.state != State.DRAFT:
        raise ManifestSealed(state=manifest.state)
    require_match(if_match, etag=views.etag(manifest))
    await _require_own(session, principal, content.shipper_uscc)
    for name, value in content.model_dump(include=_HEAD).items():
        setattr(manifest, name, value)
    manifest.content = content.model_dump(mode="json")
    manifest.version += 1
    manifest.updated_at = clock.now()
    await session.flush()
    _note(session, principal, manifest, action=REDRAFTED)
    return await views.view(session, manifest)


async def _require_own(session: AsyncSession, principal: Principal, uscc: str) -> None:
    if uscc not in principal.usccs or await units.by_uscc(session, uscc, rows=principal.rows) is None:
        raise UnitNotFound()


async def record_national_number(
    session: AsyncSession, principal: Principal, *, manifest_id: uuid.UUID, national_no: str
) -> ManifestRead:
    """Keeps the number that the national system gave; once, and never the same one twice."""
    manifest = await repository.by_id(session, manifest_id, rows=principal.rows, lock=True)
    if manifest is None:
        raise ManifestNotFound()
    if manifest.national_no is not None:
        raise NationalNumberSet(national_no=manifest.national_no)
    manifest.national_no = national_no
    manifest.version += 1
    manifest.updated_at = clock.now()
    try:
        await session.flush()
    except IntegrityError as error:
        raise NationalNumberTaken() from error
    _note(session, principal, manifest, action=NATIONAL_NUMBER_RECORDED)
    tell_national_number(session, manifest, national_no=national_no)
    return await views.view(session, manifest)


def _note(
    session: AsyncSession, principal: Principal, manifest: Manifest, *, action: str | EventType
) -> None:
    audit.record(
        session,
        principal,
        action=action,
        entity="manifest",
        entity_id=manifest.id,
        owner=manifest.shipper_uscc,
        after=manifest.model_dump(mode="json", include={"state", "version", "content", "national_no"}),
    )
