"""Use cases of the public: look up permits and accepted reports without signing in (条例 art. 23)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.permits.confidentiality.rules import redacted
from services.permits.confidentiality.views import Hidden, as_read, hidden_of, public
from services.permits.disclosure import repository, rules
from services.permits.disclosure.filters import ReportFilter
from services.permits.disclosure.schemas import (
    DisclosedPermit,
    DisclosedPermitSummary,
    DisclosedReport,
    DisclosedReportSummary,
    DisclosedStatement,
)
from services.permits.endings import service as endings
from services.permits.endings.rules import Standing
from services.permits.enterprises import repository as enterprises
from services.permits.permits import queries
from services.permits.permits import repository as stored
from services.permits.permits import service as permits
from services.permits.permits.errors import PermitNotFound
from services.permits.permits.filters import PermitFilter
from services.permits.permits.models import PermitVersion
from services.permits.permits.queries import Bounds, PermitRow
from services.permits.reports import repository as reports
from services.permits.reports.errors import ReportNotFound
from services.permits.reports.models import Report


async def list_permits(
    session: AsyncSession, *, query: PageQuery, wanted: PermitFilter, within: Bounds | None = None
) -> Page[DisclosedPermitSummary]:
    found, following = await queries.page_of(
        session, query=query, wanted=wanted, rows=repository.PUBLIC, day=clock.today(), within=within
    )
    hidden = await hidden_of(session, [row.permit.permit_number for row in found])
    standings = await endings.standings_of(session, {row.permit.id for row in found}, clock.today())
    items = [_summary(row, hidden[row.permit.permit_number], standings[row.permit.id]) for row in found]
    return Page(items=items, next_cursor=following)


def _summary(row: PermitRow, hidden: Hidden, standing: Standing) -> DisclosedPermitSummary:
    shown, withheld = redacted({"site_name": row.version.site_name}, hidden)
    return DisclosedPermitSummary(
        **shown,
        **row.listed(),
        published_on=_published_on(row.version),
        longitude=row.longitude,
        latitude=row.latitude,
        standing=standing,
        withheld=as_read(withheld),
    )


def _published_on(version: PermitVersion) -> date:
    entered_on = version.created_at.astimezone(clock.CITY_TIME).date()
    return rules.published_on(
        version=version.version, entered_on=entered_on, effective_from=version.effective_from
    )


async def permit(session: AsyncSession, *, number: str) -> DisclosedPermit:
    whole = await permits.read_today(session, repository.PUBLIC, number=number)
    found, withheld = await public(session, whole)
    names = await enterprises.names_of(session, {found.uscc})
    content = found.model_dump(include=set(DisclosedPermit.model_fields))
    content["terms"]["holder"] = None
    version = await stored.version_numbered(session, whole.id, whole.version)
    if version is None:
        raise PermitNotFound()
    return DisclosedPermit.model_validate(
        {
            **content,
            "enterprise_name": names[found.uscc],
            "withheld": withheld,
            "published_on": _published_on(version),
        }
    )


async def list_reports(
    session: AsyncSession, *, query: PageQuery, wanted: ReportFilter
) -> Page[DisclosedReportSummary]:
    found, following = await repository.accepted_page(session, query=query, wanted=wanted)
    return Page(items=await summaries(session, found), next_cursor=following)


async def summaries(session: AsyncSession, found: Sequence[Report]) -> list[DisclosedReportSummary]:
    """Accepted reports as the public list has them."""
    accepted = await repository.accepted_at(session, found)
    names = await enterprises.names_of(session, {report.uscc for report in found})
    return [
        DisclosedReportSummary.model_validate(
            {
                **report.model_dump(include=_OF_REPORT),
                "enterprise_name": names[report.uscc],
                "published_at": accepted.get(report.id, report.updated_at),
            }
        )
        for report in found
    ]


_OF_REPORT = set(DisclosedReportSummary.model_fields)


async def report(session: AsyncSession, *, report_id: uuid.UUID) -> DisclosedReport:
    """An accepted report as it was accepted; one that is not accepted is not there."""
    found = await repository.accepted_report(session, report_id)
    version = await reports.version_of(session, report_id, found.version) if found else None
    if found is None or version is None:
        raise ReportNotFound()
    (summary,) = await summaries(session, [found])
    values = await reports.values_of(session, version.id)
    return DisclosedReport.model_validate(
        {
            **summary.model_dump(),
            **stated_in(version.document),
            "values": [value.model_dump(exclude={"report_version_id"}) for value in values],
            "exceedances": version.exceedances,
            "special_exceedances": version.special_exceedances,
            "document_sha256": version.document_sha256,
            "receipt_id": version.receipt_id,
        }
    )


def stated_in(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a submitted document states and the public sees: figures, and no text of the enterprise's own.

    Of the hours those of treatment facilities (codes with T, HJ 608-2017): 条例 art. 23 names no others.
    """
    stated = {name: document[name] for name in DisclosedStatement.model_fields.keys() & document.keys()}
    hours = [each for each in document.get("facilities", []) if each["facility_code"].startswith("T")]
    special = [_without_texts(each) for each in document.get("special_values", [])]
    totals = [_without_texts(each) for each in document.get("totals", [])]
    content = {**stated, "totals": totals, "special_values": special, "treatment": hours}
    return DisclosedStatement.model_validate(content).model_dump(mode="json")


def _without_texts(line: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name != "override_reason"}
