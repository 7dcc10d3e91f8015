"""Puts a version of a permit into the tables: its own row, then everything that it says."""

from __future__ import annotations

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.ids import new_id
from services.permits.permits.models import (
    EmissionLimit,
    MonitoringPlanRow,
    Outlet,
    Permit,
    PermitVersion,
    PlantLimit,
    SpecialLimit,
)
from services.permits.permits.rules_amending import ARTICLES
from services.permits.permits.schemas import Basis, OutletContent, PermitContent

_OWN = {"site_name", "management_class", "industry_code", "valid_from", "valid_to", "issued_on"}


async def add_version(
    session: AsyncSession, permit: Permit, content: PermitContent, *, basis: Basis | None
) -> PermitVersion:
    """The row of `permit`'s current version with its outlets and limits; without a basis it is the first."""
    version = PermitVersion(
        id=new_id(),
        permit_id=permit.id,
        version=permit.current_version,
        created_at=clock.now(),
        effective_from=basis.effective_from if basis else content.valid_from,
        reporting=content.reporting.model_dump(mode="json"),
        terms=content.terms.model_dump(mode="json"),
        basis_kind=basis.kind if basis else "first_issue",
        basis_article=(basis.article if basis else None) or ARTICLES[basis.kind if basis else "first_issue"],
        basis_application=basis.application if basis else None,
        basis_reason=basis.reason if basis else None,
        **content.model_dump(include=_OWN),
    )
    session.add(version)
    await session.flush()
    session.add_all(
        PlantLimit(id=new_id(), permit_version_id=version.id, **limit.model_dump())
        for limit in content.plant_limits
    )
    session.add_all(
        SpecialLimit(id=new_id(), permit_version_id=version.id, **limit.model_dump())
        for limit in content.special_limits
    )
    session.add_all(
        MonitoringPlanRow(id=new_id(), permit_version_id=version.id, **row.model_dump())
        for row in content.monitoring
    )
    await _add_outlets(session, version.id, content.outlets)
    return version


async def _add_outlets(session: AsyncSession, version_id: uuid.UUID, outlets: list[OutletContent]) -> None:
    limits = []
    for content in outlets:
        outlet = Outlet(id=new_id(), permit_version_id=version_id, **content.model_dump(exclude={"limits"}))
        session.add(outlet)
        limits += [
            EmissionLimit(id=new_id(), outlet_id=outlet.id, **limit.model_dump()) for limit in content.limits
        ]
    await session.flush()
    session.add_all(limits)
