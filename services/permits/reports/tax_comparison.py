"""Use case of whoever reads a report: hold it beside what was declared for the environmental tax, as of now.

A return for the tax often comes after the report of the same quarter, which then was held against nothing.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict
from decimal import Decimal

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.permits.reports import configuration, repository, rules_tax
from services.permits.reports.errors import ReportNotFound
from services.permits.reports.rules import ValueFact
from services.permits.reports.rules_totals import Total
from services.permits.taxes import service as taxes
from services.permits.taxes.schemas import TaxCompared, TaxComparison


async def read(session: AsyncSession, rows: RowScope, *, report_id: uuid.UUID) -> TaxComparison:
    """The newest version of a report beside the declarations that stand; no lines where a quarter is missing."""
    report = await repository.by_id(session, report_id, rows=rows)
    version = await repository.version_of(session, report_id, report.version) if report else None
    if report is None or version is None:
        raise ReportNotFound()
    values = [
        ValueFact(**each.model_dump(exclude={"report_version_id"}))
        for each in await repository.values_of(session, version.id)
    ]
    totals = [
        Total(each["scope"], each["pollutant_code"], Decimal(each["amount_t"]))
        for each in version.document.get("totals", ())
    ]
    tolerance = configuration.plausibility().tax_tolerance
    told = await taxes.standing(session, report.permit_number, report.period_start, report.period_end)
    compared = [
        asdict(each) for each in rules_tax.compare(told.declared, totals, values, tolerance=tolerance)
    ]
    return TaxComparison(
        report_id=report.id,
        **report.model_dump(include={"version", "period_start", "period_end"}),
        tolerance=tolerance,
        declarations=list(told.declarations),
        lines=[
            TaxCompared.model_validate({name: each[name] for name in TaxCompared.model_fields})
            for each in compared
        ],
    )
