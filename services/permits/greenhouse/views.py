"""Greenhouse-gas reports, sheets and factors as they are read."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Literal

from services.permits.greenhouse import rules
from services.permits.greenhouse.factors import Bought, Factors, Warming
from services.permits.greenhouse.models import GreenhouseReport, GreenhouseStep, GreenhouseVersion
from services.permits.greenhouse.schemas import (
    EmissionFactorRead,
    EmissionFactors,
    GreenhouseSheet,
    GreenhouseSheetLine,
    GreenhouseStepRead,
    GreenhouseSummary,
    GreenhouseVersionRead,
    VerificationClock,
)
from services.permits.greenhouse.sheet import Line, Sheet
from services.permits.reports.schemas import ReceiptRead


def sheet_view(made: Sheet, factors: Factors) -> GreenhouseSheet:
    return GreenhouseSheet(
        year=made.year,
        edition=factors.edition,
        combustion_t=made.combustion,
        other_t=made.other,
        electricity_t=made.electricity,
        heat_t=made.heat,
        total_t=made.total,
        missing=list(made.missing),
        lines=[_line(each) for each in made.lines],
    )


def _line(line: Line) -> GreenhouseSheetLine:
    fact = line.fact
    return GreenhouseSheetLine.model_validate(
        {
            "scope": line.scope,
            "about": line.about,
            "permit_number": fact and fact.permit_number,
            "period_start": fact and fact.period_start,
            "period_end": fact and fact.period_end,
            "fact_id": fact and fact.fact_id,
            "fact_version": fact and fact.version,
            "formula": line.formula,
            "inputs": [asdict(each) for each in line.inputs],
            "working": line.working,
            "amount_t": line.amount,
            "counted": line.counted,
            "missing": line.missing,
        }
    )


def summary_view(report: GreenhouseReport) -> GreenhouseSummary:
    return GreenhouseSummary.model_validate(report.model_dump(include=set(GreenhouseSummary.model_fields)))


def version_view(version: GreenhouseVersion) -> GreenhouseVersionRead:
    receipt = ReceiptRead(
        receipt_id=version.receipt_id, document_sha256=version.document_sha256, jws=version.receipt_jws
    )
    plain = version.model_dump(include={"version", "document", "reason", "submitted_at"})
    sheet = GreenhouseSheet.model_validate(version.sheet)
    return GreenhouseVersionRead.model_validate({**plain, "sheet": sheet, "receipt": receipt})


def step_view(step: GreenhouseStep) -> GreenhouseStepRead:
    return GreenhouseStepRead.model_validate(step.model_dump(include=set(GreenhouseStepRead.model_fields)))


def clock_view(report: GreenhouseReport, *, today: date) -> VerificationClock | None:
    """碳交易条例 art. 12: the clock from the end of the verification to its feedback."""
    started, due = report.verification_ended_on, report.feedback_due_on
    if started is None or due is None:
        return None
    until = report.fed_back_on or today
    return VerificationClock(
        basis=rules.ARTICLE_VERIFICATION,
        started_on=started,
        due_on=due,
        provisional=report.feedback_provisional,
        met_on=report.fed_back_on,
        days_left=(due - until).days,
        late=until > due,
    )


def factors_view(factors: Factors) -> EmissionFactors:
    items = [
        EmissionFactorRead(
            kind="combustion",
            about=each.fuel,
            from_year=each.from_year,
            figures={"ncv": each.ncv, "cc": each.cc, "of": each.of},
            note=each.note,
        )
        for each in factors.combustion
    ]
    items += [_single("bought", each.fuel, each) for each in factors.bought]
    items += [_single("gwp", each.gas, each) for each in factors.gwp]
    items += [
        EmissionFactorRead(kind="not_counted", about=each.fuel, from_year=None, figures={}, note=each.note)
        for each in factors.not_counted
    ]
    known = factors.reporting
    return EmissionFactors(
        edition=factors.edition,
        edition_note=factors.edition_note,
        first_year=known.first_year,
        due_month=known.due_month,
        due_day=known.due_day,
        records_years=known.records_years,
        feedback_working_days=known.feedback_working_days,
        items=items,
    )


def _single(kind: Literal["bought", "gwp"], about: str, each: Bought | Warming) -> EmissionFactorRead:
    figures = {"factor": each.factor}
    return EmissionFactorRead(
        kind=kind, about=about, from_year=each.from_year, figures=figures, note=each.note
    )
