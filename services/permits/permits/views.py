"""Permits as the wire shows them: one version with everything that it says."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.permits.endings import service as endings
from services.permits.permits import repository
from services.permits.permits.averaging import default_for
from services.permits.permits.models import EmissionLimit, Permit, PermitVersion, SpecialLimit
from services.permits.permits.schemas import BasisRead, PermitRead, VersionSummary

_STATED = "许可证载明"
"""The source of an averaging rule that the permit itself states."""


async def image(
    session: AsyncSession, permit: Permit, version: PermitVersion, *, on: date | None = None
) -> PermitRead:
    """A permit with everything that one version of it says, and how it stands on a day (today)."""
    outlets = await repository.outlets_of(session, version.id)
    media = {outlet.code: outlet.medium for outlet, _ in outlets}
    plant = await repository.plant_limits_of(session, version.id)
    special = await repository.special_limits_of(session, version.id)
    plan = await repository.monitoring_of(session, version.id)
    return PermitRead.model_validate(
        {
            **permit.model_dump(exclude={"created_at", "site_name"}),
            **version.model_dump(include=_SAID),
            "basis": _basis(version),
            "standing": await endings.standing_of(session, permit.id, on or clock.today()),
            "outlets": [
                {
                    **outlet.model_dump(exclude={"id", "permit_version_id"}),
                    "limits": [_limit(limit, outlet.medium) for limit in limits],
                }
                for outlet, limits in outlets
            ],
            "plant_limits": [limit.model_dump(exclude={"id", "permit_version_id"}) for limit in plant],
            "special_limits": [_limit(limit, media.get(limit.outlet_code or "")) for limit in special],
            "monitoring": [row.model_dump(exclude={"id", "permit_version_id"}) for row in plan],
        }
    )


_SAID = {
    "version",
    "site_name",
    "management_class",
    "industry_code",
    "valid_from",
    "valid_to",
    "issued_on",
    "reporting",
    "terms",
}


def summary(permit: Permit, version: PermitVersion) -> VersionSummary:
    """A version in the list of versions."""
    said = version.model_dump(include=set(VersionSummary.model_fields) - {"basis", "permit_number"})
    about = {"permit_number": permit.permit_number, "basis": _basis(version)}
    return VersionSummary.model_validate({**said, **about})


def _basis(version: PermitVersion) -> BasisRead:
    return BasisRead.model_validate(
        {
            "kind": version.basis_kind,
            "effective_from": version.effective_from,
            "article": version.basis_article,
            "application": version.basis_application,
            "reason": version.basis_reason,
        }
    )


def _limit(limit: EmissionLimit | SpecialLimit, medium: str | None) -> dict[str, Any]:
    said = limit.model_dump(exclude={"id", "outlet_id", "permit_version_id"})
    return {**said, "averaging": averaging_of(limit.kind, limit.averaging, medium)}


def averaging_of(kind: str, stated: dict[str, Any] | None, medium: str | None) -> dict[str, Any] | None:
    """The averaging rule of a limit: what the permit states, or else the default of its kind."""
    if stated is not None:
        return {**stated, "source": stated.get("source") or _STATED}
    rule = default_for(kind, medium)
    return asdict(rule) if rule else None
