"""Use cases of the shipper: submit a manifest through the gates, or cancel it before it is on the road."""

from __future__ import annotations

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import Principal
from services.kit.receipt_keys import ReceiptOffice
from services.waste.budgets import service as budgets
from services.waste.manifests import checks, steps
from services.waste.manifests.errors import ManifestRefused
from services.waste.manifests.models import Manifest, ManifestLine
from services.waste.manifests.rules import Step
from services.waste.manifests.schemas import CancellationCreate, ManifestContent, Signed


async def submit(
    session: AsyncSession, principal: Principal, *, manifest_id: uuid.UUID, office: ReceiptOffice
) -> Signed:
    """Passes every gate or names all that is wrong. What is declared is reserved of licence and plan at once:

    their rows are locked until the commit, so submissions that come together never overdraw either.
    """
    manifest = await steps.begin(session, principal, manifest_id, step=Step.SUBMIT)
    content, today = ManifestContent.model_validate(manifest.content), clock.today()
    checked = await checks.of_submission(session, content, today=today)
    room = await budgets.find_room(session, checked.found, checked.wishes)
    checked.found.raise_if_any(ManifestRefused)
    manifest.submitted_at, manifest.year = clock.now(), today.year
    manifest.catalogue_edition = checked.serving.edition.edition
    manifest.catalogue_provisional = checked.serving.provisional
    _add_lines(session, manifest, content)
    budgets.reserve(session, room, checked.wishes, manifest_id=manifest.id)
    return await steps.take(
        session, principal, manifest, step=Step.SUBMIT, stated=manifest.content, office=office
    )


def _add_lines(session: AsyncSession, manifest: Manifest, content: ManifestContent) -> None:
    session.add_all(
        ManifestLine(manifest_id=manifest.id, line=number, **line.model_dump())
        for number, line in enumerate(content.lines, start=1)
    )


async def cancel(
    session: AsyncSession,
    principal: Principal,
    content: CancellationCreate,
    *,
    manifest_id: uuid.UUID,
    office: ReceiptOffice,
) -> Signed:
    """Withdraws a manifest before transit and gives back what it held reserved."""
    manifest = await steps.begin(session, principal, manifest_id, step=Step.CANCEL)
    budgets.settle(session, await budgets.held_by(session, manifest.id), {})
    return await steps.take(
        session,
        principal,
        manifest,
        step=Step.CANCEL,
        stated=content.model_dump(mode="json"),
        office=office,
    )
