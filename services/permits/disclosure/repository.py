"""SQL of the public pages: only permits, and reports that were accepted."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import matching
from services.permits.disclosure.filters import ReportFilter
from services.permits.enterprises.models import Enterprise
from services.permits.reports.models import Report, ReportValue, ReportVersion, Review
from services.permits.reports.repository import ending_in

PUBLIC = RowScope(everything=True)
"""What is disclosed is disclosed to all; these queries themselves leave out what is not."""


async def accepted_page(
    session: AsyncSession, *, query: PageQuery, wanted: ReportFilter
) -> tuple[list[Report], str | None]:
    """Newest first."""
    statement = matching(
        select(Report).where(Report.state == "accepted"),
        (col(Report.uscc), wanted.uscc),
        (col(Report.permit_number), wanted.permit_number),
        (col(Report.kind), wanted.kind),
    )
    if wanted.name is not None:
        named = col(Enterprise.name).contains(wanted.name, autoescape=True)
        statement = statement.where(col(Report.uscc).in_(select(Enterprise.uscc).where(named)))
    if wanted.year is not None:
        statement = statement.where(ending_in(wanted.year))
    return await page(session, statement, by=[(col(Report.id), uuid.UUID)], query=query, descending=True)


async def accepted_at(session: AsyncSession, reports: Sequence[Report]) -> dict[uuid.UUID, datetime]:
    """By report, when the version that stands was accepted."""
    pair = sa.tuple_(col(Review.report_id), col(Review.version))
    statement = select(Review.report_id, Review.reviewed_at).where(
        pair.in_([(report.id, report.version) for report in reports]), Review.decision == "accept"
    )
    return dict((await session.exec(statement)).all()) if reports else {}


async def accepted_report(session: AsyncSession, report_id: uuid.UUID) -> Report | None:
    statement = select(Report).where(Report.id == report_id, Report.state == "accepted")
    return (await session.exec(statement)).first()


async def accepted_versions(
    session: AsyncSession, reports: Sequence[Report]
) -> dict[uuid.UUID, tuple[ReportVersion, list[ReportValue]]]:
    """What was accepted of each of these reports, with its values."""
    if not reports:
        return {}
    keys = [(report.id, report.version) for report in reports]
    pair = sa.tuple_(col(ReportVersion.report_id), col(ReportVersion.version))
    versions = list(await session.exec(select(ReportVersion).where(pair.in_(keys))))
    statement = (
        select(ReportValue)
        .where(col(ReportValue.report_version_id).in_([version.id for version in versions]))
        .order_by(col(ReportValue.outlet_code), col(ReportValue.pollutant_code))
    )
    values: dict[uuid.UUID, list[ReportValue]] = {version.id: [] for version in versions}
    for value in await session.exec(statement):
        values[value.report_version_id].append(value)
    return {version.report_id: (version, values[version.id]) for version in versions}


async def receipt(session: AsyncSession, receipt_id: str) -> tuple[Report, ReportVersion] | None:
    """What a receipt was given for."""
    statement = (
        select(Report, ReportVersion)
        .join(ReportVersion, col(ReportVersion.report_id) == Report.id)
        .where(ReportVersion.receipt_id == receipt_id)
    )
    return (await session.exec(statement)).first()
