"""Execution reports as they are read."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery
from services.kit.schemas import Page, plain
from services.permits.reports import fuel, repository, rules
from services.permits.reports.checks import Warned
from services.permits.reports.errors import ReportNotFound
from services.permits.reports.models import Report, ReportVersion
from services.permits.reports.rules_special import SpecialExceedance
from services.permits.reports.schemas import (
    ReceiptRead,
    ReportRead,
    ReportSummary,
    ReportVersionRead,
    ReviewRead,
    Submitted,
)


def exceedance_rows(over: list[rules.Exceedance]) -> list[dict[str, Any]]:
    """Exceedances as they are stored: figures as exact strings."""
    return [
        {**asdict(each), **{name: plain(getattr(each, name)) for name in ("limit", "value", "multiple")}}
        for each in over
    ]


def special_rows(over: Sequence[SpecialExceedance]) -> list[dict[str, Any]]:
    """Those of special periods, as they are stored; the whole plant has no outlet."""
    return [
        {
            **asdict(each),
            "day": each.day.isoformat(),
            "outlet_code": each.outlet_code or None,
            "limit": plain(each.limit),
            "value": plain(each.value),
            "multiple": None if each.multiple is None else plain(each.multiple),
        }
        for each in over
    ]


def warning_rows(warnings: Sequence[Warned]) -> list[dict[str, Any]]:
    """What did not refuse a report, as it is stored and read."""
    return [
        {
            "pointer": each.error.pointer,
            "code": each.error.code,
            "severity": each.severity,
            "detail_zh": each.error.text.zh,
            "detail_en": each.error.text.en,
            "article": each.error.article,
            "reason": each.reason,
        }
        for each in warnings
    ]


def receipt_of(version: ReportVersion) -> ReceiptRead:
    return ReceiptRead(
        receipt_id=version.receipt_id, document_sha256=version.document_sha256, jws=version.receipt_jws
    )


def version_view(version: ReportVersion) -> ReportVersionRead:
    return ReportVersionRead.model_validate(
        {
            **version.model_dump(
                include={
                    *("version", "document", "exceedances", "special_exceedances", "warnings"),
                    *("submitted_by", "submitted_at"),
                }
            ),
            "receipt": receipt_of(version),
        }
    )


def submitted_view(report: Report, version: ReportVersion) -> Submitted:
    return Submitted.model_validate(
        {
            "report": ReportSummary.model_validate(report),
            "version": version.version,
            "exceedances": version.exceedances,
            "special_exceedances": version.special_exceedances,
            "warnings": version.warnings,
            "document": version.document,
            "receipt": receipt_of(version),
        }
    )


async def _report(session: AsyncSession, rows: RowScope, report_id: uuid.UUID) -> Report:
    report = await repository.by_id(session, report_id, rows=rows)
    if report is None:
        raise ReportNotFound()
    return report


async def read(session: AsyncSession, rows: RowScope, *, report_id: uuid.UUID) -> ReportRead:
    """A report with its newest version and every decision."""
    report = await _report(session, rows, report_id)
    newest = await repository.version_of(session, report.id, report.version)
    if newest is None:
        raise ReportNotFound()
    reviews = await repository.reviews_of(session, report.id)
    return ReportRead.model_validate(
        {
            **ReportSummary.model_validate(report).model_dump(),
            "newest": version_view(newest),
            "reviews": [ReviewRead.model_validate(review) for review in reviews],
            "corrected_fuel_facts": await fuel.corrected_since(session, newest.document),
        }
    )


async def version(
    session: AsyncSession, rows: RowScope, *, report_id: uuid.UUID, version: int
) -> ReportVersionRead:
    """One submission as it was sent, with its receipt."""
    report = await _report(session, rows, report_id)
    found = await repository.version_of(session, report.id, version)
    if found is None:
        raise ReportNotFound()
    return version_view(found)


async def versions(
    session: AsyncSession, rows: RowScope, *, report_id: uuid.UUID, query: PageQuery
) -> Page[ReportVersionRead]:
    """Every submission of one report, oldest first."""
    report = await _report(session, rows, report_id)
    found, following = await repository.page_of_versions(session, report.id, query=query)
    return Page(items=[version_view(each) for each in found], next_cursor=following)
