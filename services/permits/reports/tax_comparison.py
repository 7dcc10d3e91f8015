"""Use case of whoever reads a report: hold it beside what was declared for the environmental tax, as of now.

A return for the tax often comes after the report of the same quarter, which then was held against nothing.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.permits.monitoring.rules import BelowDetection
from services.permits.obligations import repository as obligations
from services.permits.reports import configuration, months, repository, rules_reductions, rules_tax
from services.permits.reports.errors import ReportNotFound
from services.permits.reports.evidence import limits_of, records_by_month
from services.permits.taxes import service as taxes
from services.permits.taxes.schemas import TaxCompared, TaxComparison, TaxReduction


async def read(session: AsyncSession, rows: RowScope, *, report_id: uuid.UUID) -> TaxComparison:
    """The newest version of a report beside the declarations that stand; of a month with the others of its quarter. No
    lines where a quarter was not declared or a month has no report."""
    report = await repository.by_id(session, report_id, rows=rows)
    version = await repository.version_of(session, report_id, report.version) if report else None
    if report is None or version is None:
        raise ReportNotFound()
    values = months.facts_of(await repository.values_of(session, version.id))
    totals = months.totals_of(version.document.get("totals"))
    tolerance = configuration.plausibility().tax_tolerance
    start, end = rules_tax.declared_with(report.period_start, report.period_end)
    told = await taxes.standing(session, report.permit_number, start, end)
    of_quarter = await months.others(session, report.permit_number, report.period_start, report.period_end)
    others, lacking = (of_quarter.known, of_quarter.lacking) if of_quarter else ((), ())
    compared = [
        asdict(each)
        for each in rules_tax.compare(told.declared, totals, values, others=others, tolerance=tolerance)
        if not lacking
    ]
    obligation = await obligations.by_id(session, report.obligation_id, rows=rows)
    if obligation is None:
        raise ReportNotFound()
    reductions = rules_reductions.judge(
        told.declared,
        await limits_of(session, obligation) if told.declared else (),
        values,
        await records_by_month(session, obligation, told.declared),
        months=rules_reductions.months_in(report.period_start, report.period_end),
        below=BelowDetection(),
    )
    return TaxComparison(
        report_id=report.id,
        **report.model_dump(include={"version", "period_start", "period_end"}),
        compared_start=start,
        compared_end=end,
        months_lacking=list(lacking),
        tolerance=tolerance,
        declarations=list(told.declarations) if not lacking else [],
        lines=[
            TaxCompared.model_validate({name: each[name] for name in TaxCompared.model_fields})
            for each in compared
        ],
        reductions=[TaxReduction.model_validate(asdict(each)) for each in reductions],
    )
