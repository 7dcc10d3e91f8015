"""What the sheet of a new application, of a correction or of a draft is filled in with."""

from __future__ import annotations

import uuid
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import Principal
from services.permits.application_drafts import views as drafts
from services.permits.application_drafts.models import ApplicationDraft
from services.permits.applications import repository as versions
from services.permits.applications import views as applications
from services.permits.applications.schemas import ApplicationContent
from services.permits.enterprises import service as enterprises
from services.permits.enterprises.models import Enterprise
from services.permits.permits import service as permits
from services.permits.permits.errors import PermitNotFound
from services.permits.permits.schemas import PermitProposal, PermitRead
from services.permits.permits.views import averaging_of

_CONTENT = set(ApplicationContent.model_fields)


async def of_new(
    session: AsyncSession, principal: Principal, *, uscc: str, kind: str, permit_number: str | None
) -> dict[str, Any]:
    """What is known already: what the permit says that it is about, or else what the enterprise is registered with."""
    enterprise = await enterprises.to_prepare_for(
        session, principal.rows, uscc=uscc, permit_number=permit_number
    )
    about = {"uscc": uscc, "kind": kind, "permit_number": permit_number}
    if permit_number is None:
        return {**about, "content": _of_enterprise(enterprise)}
    permit = await permits.read(session, principal.rows, number=permit_number, as_of=None)
    if permit.uscc != uscc:
        raise PermitNotFound()
    return {**about, "content": _of_permit(permit)}


async def of_correction(
    session: AsyncSession, principal: Principal, *, application_id: uuid.UUID
) -> dict[str, Any]:
    """What was applied for, to be corrected as the notice asks."""
    application = await applications.get(session, principal.rows, application_id)
    newest = await versions.version_of(session, application.id, application.version)
    said = newest.document if newest else {}
    return {
        **application.model_dump(mode="json", include={"uscc", "kind", "permit_number"}),
        **{name: said[name] for name in _CONTENT if name in said},
        "corrects": {"application_id": str(application.id), "version": application.version},
    }


async def of_draft(session: AsyncSession, principal: Principal, *, draft_id: uuid.UUID) -> dict[str, Any]:
    """What a draft says, and which version of it that is."""
    draft: ApplicationDraft = await drafts.get(session, principal.rows, draft_id)
    document = {
        **draft.model_dump(mode="json", include={"uscc", "kind", "permit_number"}),
        **draft.content,
        "draft": {"id": str(draft.id), "version": draft.version},
    }
    if draft.corrects_version is not None:
        document["corrects"] = {
            "application_id": str(draft.application_id),
            "version": draft.corrects_version,
        }
    return document


def _of_enterprise(enterprise: Enterprise) -> dict[str, Any]:
    known = enterprise.model_dump(include={"name", "address", "legal_representative"})
    classes = {"key", "simplified"}
    return {
        "management_class": enterprise.management_class if enterprise.management_class in classes else None,
        "industry_code": enterprise.industry_code,
        "terms": {"holder": known},
    }


def _of_permit(permit: PermitRead) -> dict[str, Any]:
    """What the permit says itself: an averaging rule that is the default of its kind was filled in by us."""
    said = permit.model_dump(mode="json", include=set(PermitProposal.model_fields))
    media = {outlet["code"]: outlet["medium"] for outlet in said["outlets"]}
    limits = [(limit, outlet["medium"]) for outlet in said["outlets"] for limit in outlet["limits"]]
    limits += [(limit, media.get(limit["outlet_code"] or "")) for limit in said["special_limits"]]
    for limit, medium in limits:
        if limit["averaging"] == averaging_of(limit["kind"], None, medium):
            limit["averaging"] = None
    return said
