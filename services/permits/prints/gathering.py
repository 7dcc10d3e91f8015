"""What the permit said of the period of a report, and who holds it: read for printing."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import EVERY_ROW, RowScope
from services.permits.documents.content import holder_of, industry_of
from services.permits.enterprises import repository as enterprises
from services.permits.enterprises.errors import EnterpriseNotFound
from services.permits.obligations.blank import limit_content
from services.permits.obligations.models import Obligation
from services.permits.permits import service as permits
from services.permits.permits.rules import LimitFact
from services.permits.permits.schemas import Medium, PermitRead
from services.permits.prints.schemas import Basis, PrintedFacility, PrintedHolder, PrintedOutletLimit
from services.permits.reports.permitted import permitted
from services.permits.reports.rules import medium_of


async def basis_of(
    session: AsyncSession,
    rows: RowScope,
    obligation: Obligation,
    *,
    authority: str,
    known_at: datetime | None = None,
) -> Basis:
    """`known_at`: by the versions of the permit that there were then. `authority`: where the permit names none."""
    permit = await permits.read_for_period(session, rows, obligation, known_at=known_at)
    limited = await permitted(session, obligation, known_at=known_at)
    enterprise = await enterprises.by_uscc(session, obligation.uscc, rows=EVERY_ROW)
    if enterprise is None:
        raise EnterpriseNotFound()
    said, terms = permit.model_dump(mode="json"), permit.terms
    holder = holder_of(said, enterprise.model_dump(), public=False)
    return Basis(
        holder=PrintedHolder(
            name=holder.name,
            uscc=holder.uscc,
            address=holder.address,
            legal_representative=holder.legal_representative,
        ),
        authority=terms.authority or authority,
        site_name=permit.site_name,
        site_address=terms.site_address,
        industry=industry_of(said),
        management_class=permit.management_class,
        permit_version=permit.version,
        valid_from=permit.valid_from,
        valid_to=permit.valid_to,
        outlets=dict(limited.names),
        limits=[_limit(each) for each in limited.dated],
        plant_limits=permit.plant_limits,
        special_limits=permit.special_limits,
        facilities=_facilities(permit),
        disclosures=[each.content for each in terms.disclosure],
    )


def _limit(limit: LimitFact) -> PrintedOutletLimit:
    medium = cast(Medium, medium_of(limit.outlet_code))
    content = limit_content(limit, medium).model_dump()
    return PrintedOutletLimit.model_validate({**content, "outlet_code": limit.outlet_code})


def _facilities(permit: PermitRead) -> list[PrintedFacility]:
    terms = permit.terms
    own = [
        PrintedFacility(code=each.code, name=each.name, treats=False) for each in terms.production_facilities
    ]
    treating = [
        PrintedFacility(code=each.code, name=each.name, treats=True) for each in terms.treatment_facilities
    ]
    return own + treating
