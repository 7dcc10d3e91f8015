"""The execution reports of one permit: the period's values, when it was submitted and what became of it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from infra.sample.draws import chance, stream
from infra.sample.explanations import RETURN_COMMENTS, explain
from infra.sample.measurements import Fact, Quarter, measure, measured_automatically
from infra.sample.periods import Period, due_on, last_ended_quarter, reported_periods
from infra.sample.permits import CONCENTRATION, Plant, pollutants
from infra.sample.specs import PollutantSpec
from infra.sample.types import Method, Outcome, SampleReport, SampleValue
from services.kit.clock import CITY_TIME

_LATE = 120  # per thousand reports
_ON_THE_DAY = 60
_RETURNED = 40


def make_reports(plant: Plant, as_of: date, *, seed: int, leave_open: bool) -> list[SampleReport]:
    """The reports submitted before `as_of`, oldest period first.

    With `leave_open` the last ended quarter (key) or the years from the last overdue one on (simplified) stay
    without a report.
    """
    reports = []
    for period in reported_periods(plant.permit, as_of):
        if leave_open and _stays_open(plant, period, as_of):
            continue
        submitted_at = _submitted_at(plant, period, seed)
        if submitted_at.date() < as_of:
            reports.append(_report(plant, period, submitted_at, seed))
    return reports


def _stays_open(plant: Plant, period: Period, as_of: date) -> bool:
    if "quarterly" in plant.permit.reports:
        return period == last_ended_quarter(as_of)
    overdue = [each for each in reported_periods(plant.permit, as_of) if due_on(plant.permit, each) < as_of]
    return not overdue or period.start >= overdue[-1].start


def _submitted_at(plant: Plant, period: Period, seed: int) -> datetime:
    """In office hours: a few late by up to 40 days, a few on the due day, most 1 to 10 days before it."""
    rng = stream(seed, "submission", plant.permit.permit_number, period.kind, period.start.isoformat())
    due = due_on(plant.permit, period)
    if chance(rng, _LATE):
        day = due + timedelta(days=rng.randint(1, 40))
    elif chance(rng, _ON_THE_DAY):
        day = due
    else:
        day = due - timedelta(days=rng.randint(1, 10))
    opening = datetime.combine(day, time(8, 30), tzinfo=CITY_TIME)
    return opening + timedelta(seconds=rng.randint(0, 9 * 3600))


def _report(plant: Plant, period: Period, submitted_at: datetime, seed: int) -> SampleReport:
    numbers = range(1, 5) if period.kind == "annual" else (period.end.month // 3,)
    quarters = [measure(plant, period.start.year, number, seed=seed) for number in numbers]
    values = _values(plant, quarters)
    outcome, comment = _outcome(plant, period, seed)
    return SampleReport(
        permit_number=plant.permit.permit_number,
        kind=period.kind,
        period_start=period.start,
        period_end=period.end,
        submitted_at=submitted_at,
        production_days=sum(quarter.days for quarter in quarters),
        values=values,
        exceedance_explanation=explain(plant, period, values, seed=seed),
        outcome=outcome,
        review_comment=comment,
    )


def _values(plant: Plant, quarters: list[Quarter]) -> tuple[SampleValue, ...]:
    """One value for each outlet and pollutant, the quarters taken together."""
    running = [quarter for quarter in quarters if quarter.days]
    values = []
    for position, (spec, outlet, pollutant, _) in enumerate(pollutants(plant)):
        facts = [(quarter.days, quarter.facts[position]) for quarter in running]
        shown = [(days, fact) for days, fact in facts if fact.hidden is None]
        if shown:
            method: Method = (
                "automatic" if measured_automatically(plant, spec, pollutant) else pollutant.method
            )
            amount = None if pollutant.dimensionless else sum((fact.amount for _, fact in facts), Decimal(0))
            values.append(_numbers(outlet.code, pollutant, shown, amount=amount, method=method))
        else:
            code = facts[0][1].hidden if facts else quarters[0].rest
            values.append(SampleValue(outlet.code, pollutant.code, None, None, None, None, code))
    return tuple(values)


def _numbers(
    outlet_code: str,
    pollutant: PollutantSpec,
    shown: list[tuple[int, Fact]],
    *,
    amount: Decimal | None,
    method: Method,
) -> SampleValue:
    weighted = sum((days * fact.average for days, fact in shown), Decimal(0))
    average = (weighted / sum(days for days, _ in shown)).quantize(CONCENTRATION)
    maximum = max(fact.maximum for _, fact in shown)
    return SampleValue(outlet_code, pollutant.code, maximum, average, amount, method, None)


def _outcome(plant: Plant, period: Period, seed: int) -> tuple[Outcome, str | None]:
    rng = stream(seed, "review", plant.permit.permit_number, period.kind, period.start.isoformat())
    if chance(rng, _RETURNED):
        return "returned_then_accepted", rng.choice(RETURN_COMMENTS)
    return "accepted", None
