"""Use cases of the public: look up permits and accepted reports without signing in (条例 art. 23)."""

from __future__ import annotations

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.permits.confidentiality.rules import redacted
from services.permits.confidentiality.views import Hidden, as_read, hidden_of, public
from services.permits.disclosure import repository
from services.permits.disclosure.filters import PermitFilter
from services.permits.disclosure.repository import Bounds, PermitRow
from services.permits.disclosure.schemas import (
    DisclosedPermit,
    DisclosedPermitSummary,
    DisclosedReport,
    DisclosedReportSummary,
)
from services.permits.endings import service as endings
from services.permits.endings.rules import Standing
from services.permits.permits import service as permits
from services.permits.reports import repository as reports
from services.permits.reports.errors import ReportNotFound


async def list_permits(
    session: AsyncSession, *, query: PageQuery, wanted: PermitFilter, within: Bounds | None = None
) -> Page[DisclosedPermitSummary]:
    found, following = await repository.permits_page(
        session, query=query, wanted=wanted, day=clock.today(), within=within
    )
    hidden = await hidden_of(session, [row.permit.permit_number for row in found])
    standings = await endings.standings_of(session, {row.permit.id for row in found}, clock.today())
    items = [_summary(row, hidden[row.permit.permit_number], standings[row.permit.id]) for row in found]
    return Page(items=items, next_cursor=following)


def _summary(row: PermitRow, hidden: Hidden, standing: Standing) -> DisclosedPermitSummary:
    permit, version, enterprise = row.permit, row.version, row.enterprise
    shown, withheld = redacted({"site_name": version.site_name}, hidden)
    return DisclosedPermitSummary(
        **shown,
        **permit.model_dump(include={"permit_number", "uscc", "current_version"}),
        **version.model_dump(
            include={"version", "management_class", "industry_code", "valid_from", "valid_to", "issued_on"}
        ),
        region_code=enterprise.region_code,
        longitude=row.longitude,
        latitude=row.latitude,
        enterprise_name=enterprise.name,
        standing=standing,
        withheld=as_read(withheld),
    )


async def permit(session: AsyncSession, *, number: str) -> DisclosedPermit:
    whole = await permits.read_today(session, repository.PUBLIC, number=number)
    found, withheld = await public(session, whole)
    names = await repository.enterprise_names(session, {found.uscc})
    content = found.model_dump(include=set(DisclosedPermit.model_fields))
    content["terms"]["holder"] = None
    return DisclosedPermit.model_validate(
        {**content, "enterprise_name": names[found.uscc], "withheld": withheld}
    )


async def list_reports(
    session: AsyncSession, *, query: PageQuery, uscc: str | None, permit_number: str | None
) -> Page[DisclosedReportSummary]:
    found, following = await repository.accepted_page(
        session, query=query, uscc=uscc, permit_number=permit_number
    )
    items = [DisclosedReportSummary.model_validate(report) for report in found]
    return Page(items=items, next_cursor=following)


async def report(session: AsyncSession, *, report_id: uuid.UUID) -> DisclosedReport:
    """An accepted report as it was accepted; one that is not accepted is not there."""
    found = await repository.accepted_report(session, report_id)
    version = await reports.version_of(session, report_id, found.version) if found else None
    if found is None or version is None:
        raise ReportNotFound()
    values = await reports.values_of(session, version.id)
    return DisclosedReport.model_validate(
        {
            **DisclosedReportSummary.model_validate(found).model_dump(),
            "values": [value.model_dump(exclude={"report_version_id"}) for value in values],
            "exceedances": version.exceedances,
            "special_exceedances": version.special_exceedances,
            "document_sha256": version.document_sha256,
            "receipt_id": version.receipt_id,
        }
    )
