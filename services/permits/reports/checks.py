"""Asks the rules about a report's content: the facts of the permit in, findings and exceedances out."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from operator import attrgetter

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import Principal
from services.kit.findings import FieldError, Findings, pointer
from services.kit.texts import Text
from services.permits.amounts import rules as amounts
from services.permits.amounts.service import inputs_of
from services.permits.attachments.rules import check_named
from services.permits.ledger.rules_frequency import check_kept
from services.permits.monitoring.rules import BelowDetection
from services.permits.obligations import repository as obligations
from services.permits.obligations.rules import check_stopped
from services.permits.permits.rules import WHOLE_PLANT, LimitFact
from services.permits.reports import configuration, repository, rules, rules_parts
from services.permits.reports import rules_changing as changed
from services.permits.reports import rules_ledger as recorded
from services.permits.reports import rules_plausibility as plausible
from services.permits.reports import rules_production as production
from services.permits.reports import rules_reductions as reductions
from services.permits.reports import rules_special as special
from services.permits.reports import rules_statements as stated
from services.permits.reports import rules_tax as tax
from services.permits.reports import rules_totals as totals
from services.permits.reports import rules_values as stating
from services.permits.reports.evidence import (
    Evidence,
    Period,
    evidence_of,
    limits_of,
    period_of,
)
from services.permits.reports.permitted import Permitted
from services.permits.reports.rules_fuel import check_fuel
from services.permits.reports.rules_limits import Limits
from services.permits.reports.rules_plausibility import Judged, Plausibility
from services.permits.reports.rules_shown import check_shown
from services.permits.reports.schemas import ReportContent, ReportCorrection, ReportCreate

__all__ = ["Assessment", "Period", "Warned", "assess", "findings_of", "limits_of", "period_of"]
_STATED = attrgetter(*stating.Stated._fields)
_LINE = re.compile(r"/(values|totals|special_values)/(\d+)/")
_OF_DAY = [each.name for each in fields(special.SpecialLine) if each.name != "outlet_code"]
_SAY_WHY = Text(
    zh="{text}；如情况属实，请在override_reason中说明理由",
    en="{text}; if it is right, say why in `override_reason`",
)


@dataclass(frozen=True, slots=True)
class Warned:
    """A finding that does not refuse: a soft one with the reason that was given, or a note."""

    error: FieldError
    severity: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a report shows, right or not."""

    values: list[rules.ValueFact]
    """In the units of the limits."""
    over: list[rules.Exceedance]
    special_over: list[special.SpecialExceedance]
    unpermitted: list[stated.Unpermitted]
    disclosed: list[stated.Disclosed]
    kept: set[tuple[str, str, str]]
    """The limits that it shows to have been kept: outlet (of a total its scope), pollutant, kind."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that the rules say about a report's content."""

    outcome: Outcome
    hard: list[FieldError]
    unexplained: list[FieldError]
    """Soft ones that nobody gave a reason for."""
    warnings: list[Warned]

    @property
    def refusing(self) -> Findings:
        """What a submission is refused for."""
        return Findings([*self.hard, *map(_asking, self.unexplained)])


def assess(
    content: ReportContent, *, evidence: Evidence, period: Period, plausibility: Plausibility | None = None
) -> Assessment:
    """Everything that is wrong or odd in a report's content, and the values over their limits."""
    given = plausibility or configuration.plausibility()
    judged, limits = Judged(), evidence.limits
    values = _values(judged.hard, content, limits)
    rules.check_days(judged.hard, production_days=content.production_days, period_days=period.days)
    check_stopped(
        judged.hard,
        stopped_from=content.stopped_from,
        production_days=content.production_days,
        period_start=period.start,
        period_end=period.end,
    )
    rules.check_values(judged.hard, limits, values)
    plausible.check_amounts(judged.at(given.amount), limits, values, given)
    plausible.check_average(judged.at(given.average), values)
    plausible.check_concentrations(judged.at(given.concentration), limits, values, given)
    days = content.production_days
    production.check_zeros(judged.at(given.all_zero), values, limits.units, production_days=days)
    production.check_idle(judged.at(given.idle), values, limits.units, production_days=days)
    plausible.check_jumps(judged.at(given.jump), values, evidence.before, given)
    plausible.check_last_year(judged.at(given.year), values, evidence.last_year, given)
    plausible.check_flow(judged.at(given.flow), values, given)
    plausible.check_determined(judged.at(given.undetermined), limits, values)
    check_shown(judged.at(given.undetermined), limits, values)
    plausible.check_monitored(judged.at(given.monitored), values, evidence.monitored, limits.units)
    check_kept(
        judged.at(given.ledger_gaps),
        evidence.kept,
        production_days=content.production_days,
        stopped_from=content.stopped_from,
    )
    plausible.check_calculations(judged, values, _worked_out(judged.hard, content), given)
    rates = {key: by_unit["kg/h"] for key, by_unit in evidence.monitored.items() if "kg/h" in by_unit}
    shown = rules.rates_shown(values, rates)
    plausible.check_rates(judged.at(given.unstated), limits, shown)
    over, kept = rules.exceedances(limits, shown), rules.kept(limits, shown)
    if evidence.permitted.changing:
        over = _by_day(judged.at(given.some_days), evidence, over, shown)
    of_plant = _of_plant(judged, content, evidence.permitted, values, given, period=period)
    if period.whole_year:
        over += [*rules.yearly_exceedances(limits, values), *of_plant.over]
        kept |= of_plant.kept
    special_over = _special(judged, content, evidence, given, period=period)
    rules.check_explained(judged.hard, len(over) + len(special_over), content.exceedance_explanation)
    _against_ledger(judged, content, evidence, given, period=period)
    if evidence.in_fuel is not None:
        check_fuel(judged.at(given.fuel), judged.at(given.fuel_less), values, evidence.in_fuel, given)
    _against_tax(judged, content, evidence, values, given)
    _reductions(judged, evidence, values, given, period=period)
    unpermitted, disclosed = _statements(judged.hard, content, evidence.permitted, period=period)
    annexes = [each.attachment_id for each in content.annexes]
    check_named(judged.hard, annexes, known=evidence.annexes, article=rules.SOURCE_CONTENT, member="annexes")
    if period.whole_year:
        rules_parts.check_unsaid(judged.at(given.parts), [each.part for each in content.parts])
    outcome = Outcome(values, over, special_over, unpermitted, disclosed, kept)
    return _assessment(content, judged, outcome)


def _by_day(
    found: Findings, evidence: Evidence, over: Sequence[rules.Exceedance], values: Sequence[rules.ValueFact]
) -> list[rules.Exceedance]:
    """What is over its limits, of those that changed within the period by their own days."""
    changing = evidence.permitted.changing
    lines = {each.line for each in changing}
    steady = [each for each in over if (each.outlet_code, each.pollutant_code, each.kind) not in lines]
    return steady + changed.exceedances(found, changing, values, evidence.measured)


def _against_ledger(
    judged: Judged, content: ReportContent, evidence: Evidence, given: Plausibility, *, period: Period
) -> None:
    """Hours, materials and treatment against what the ledger of the period adds up to."""
    ran = [recorded.Ran(**each.model_dump()) for each in content.facilities]
    used = [recorded.Used(**each.model_dump()) for each in content.materials]
    recorded.check_once(judged.hard, ran, used)
    recorded.check_hours(judged.hard, ran, period_days=period.days)
    production.check_idle_facilities(judged.at(given.idle), ran, production_days=content.production_days)
    if evidence.ledger is None:
        return
    found, tolerance = judged.at(given.ledger), given.ledger_tolerance
    recorded.check_production_days(found, evidence.ledger, production_days=content.production_days)
    recorded.check_stated(found, evidence.ledger, ran, used, tolerance)
    recorded.check_treatment(found, evidence.ledger, evidence.permitted.serves, tolerance)


def _against_tax(
    judged: Judged,
    content: ReportContent,
    evidence: Evidence,
    values: list[rules.ValueFact],
    given: Plausibility,
) -> None:
    """Amounts against what was declared for the environmental tax; a month's with those of the other months of its
    quarter, once all are in."""
    months, tolerance = evidence.months, given.tax_tolerance
    if not evidence.taxed:
        return
    if months is not None and months.lacking:
        if not months.merged:
            tax.check_months(judged.at(given.tax_months), months.lacking)
        return
    others = months.known if months is not None else ()
    compared = tax.compare(evidence.taxed, totals_of(content), values, others=others, tolerance=tolerance)
    found = judged.at(given.tax)
    tax.check_amounts(found, compared, tolerance=tolerance, of_months=months is not None)


def _reductions(
    judged: Judged,
    evidence: Evidence,
    values: list[rules.ValueFact],
    given: Plausibility,
    *,
    period: Period,
) -> None:
    """The concentrations of each month against what a reduced environmental tax needs."""
    rests_on = reductions.judge(
        evidence.taxed,
        evidence.permitted.dated,
        values,
        evidence.by_month,
        months=reductions.months_in(period.start, period.end),
        below=BelowDetection(),
    )
    reductions.check_reductions(judged.at(given.tax_reduction), rests_on, values)


def totals_of(content: ReportContent) -> list[totals.Total]:
    """Totals as they were stated."""
    return [totals.Total(each.scope, each.pollutant_code, each.amount_t) for each in content.totals]


def _statements(
    found: Findings, content: ReportContent, permitted: Permitted, *, period: Period
) -> tuple[list[stated.Unpermitted], list[stated.Disclosed]]:
    """What the enterprise says of itself: outlets, and disclosure."""
    unpermitted = [stated.Unpermitted(**each.model_dump()) for each in content.unpermitted_discharges]
    disclosed = [stated.Disclosed(**each.model_dump()) for each in content.disclosures]
    stated.check_unpermitted(
        found, unpermitted, permitted.codes, permitted.partly, start=period.start, end=period.end
    )
    stated.check_disclosed(found, disclosed, count=permitted.disclosure)
    rules_parts.check_parts(found, [each.part for each in content.parts])
    return unpermitted, disclosed


def _of_plant(
    judged: Judged,
    content: ReportContent,
    permitted: Permitted,
    values: list[rules.ValueFact],
    given: Plausibility,
    *,
    period: Period,
) -> totals.Yearly:
    """The totals of the plant and of groups of its outlets: checked always, judged in the report of a year."""
    given_totals = totals_of(content)
    pollutants = {fact.pollutant_code for fact in (*permitted.outlets, *permitted.plant)}
    pollutants.update(permitted.totals_of)
    totals.check_totals(judged.hard, given_totals, pollutants)
    totals.check_sums(judged.at(given.total), given_totals, values, permitted.main, given)
    totals.check_magnitude(
        judged.at(given.amount), permitted.plant, given_totals, values, permitted.main, given
    )
    unstated = judged.at(given.unstated if period.whole_year else "off")
    return totals.yearly(unstated, permitted.plant, given_totals, values, permitted.main)


def _special(
    judged: Judged, content: ReportContent, evidence: Evidence, given: Plausibility, *, period: Period
) -> list[special.SpecialExceedance]:
    """What a report, and the records of those days, show of special periods."""
    limits, levels = evidence.permitted.special, evidence.levels
    lines = [
        special.SpecialLine(
            outlet_code=each.outlet_code or WHOLE_PLANT, **{name: getattr(each, name) for name in _OF_DAY}
        )
        for each in content.special_values
    ]
    if not limits and not lines:
        return []
    special.check_lines(judged.hard, lines, start=period.start, end=period.end)
    special.check_special(judged.hard, limits, levels, lines)
    special.check_recorded(judged.at(given.monitored), lines, evidence.special_days)
    shown = special.with_records(lines, evidence.special_days)
    unstated = judged.at(given.unstated)
    special.check_unstated(unstated, limits, levels, shown, start=period.start, end=period.end)
    return special.special_exceedances(limits, levels, shown)


def _values(found: Findings, content: ReportContent, limits: Limits) -> list[rules.ValueFact]:
    return [
        stating.as_it_is(value)
        or stating.in_standard_units(
            found,
            f"/values/{index}",
            stating.Stated._make(_STATED(value)),
            limits.units.get((value.outlet_code, value.pollutant_code)),
        )
        for index, value in enumerate(content.values)
    ]


def _worked_out(found: Findings, content: ReportContent) -> dict[int, amounts.Amount]:
    """The amounts that lines were worked out from, worked out again; by the index of the line."""
    again = {}
    for index, value in enumerate(content.values):
        if value.calculation is None:
            continue
        medium = rules.medium_of(value.outlet_code)
        inputs = inputs_of(value.calculation, medium=medium, pollutant=value.pollutant_code)
        wrong = Findings()
        amounts.check_inputs(wrong, pointer("values", index, "calculation"), inputs)
        found.errors += wrong.errors
        if not wrong.errors:
            again[index] = amounts.amount(inputs)
    return again


def _assessment(content: ReportContent, judged: Judged, outcome: Outcome) -> Assessment:
    reasons = [(error, _reason(content, error)) for error in judged.soft.errors]
    return Assessment(
        outcome=outcome,
        hard=judged.hard.errors,
        unexplained=[error for error, reason in reasons if reason is None],
        warnings=[
            *(Warned(error, "soft", reason) for error, reason in reasons if reason is not None),
            *(Warned(error, "note", _reason(content, error)) for error in judged.note.errors),
        ],
    )


def _reason(content: ReportContent, error: FieldError) -> str | None:
    """Why a figure is right all the same: said on its line, or for the report as a whole."""
    line = _LINE.match(error.pointer)
    about = getattr(content, line[1])[int(line[2])] if line else content
    reason: str | None = about.override_reason
    return reason


def _asking(error: FieldError) -> FieldError:
    """A soft finding as it refuses: with the way out."""
    line = _LINE.match(error.pointer)
    reason_at = f"{line[0]}override_reason" if line else "/override_reason"
    text = Text(zh=_SAY_WHY.zh.format(text=error.text.zh), en=_SAY_WHY.en.format(text=error.text.en))
    return replace(error, text=text, rests_on=(*error.rests_on, reason_at))


def findings_of(
    content: ReportContent,
    *,
    limits: Sequence[LimitFact],
    period: Period,
    plausibility: Plausibility | None = None,
) -> tuple[Findings, list[rules.Exceedance]]:
    """What a report would be refused for by its permit alone, and the values over their limits."""
    evidence = Evidence(Permitted(Limits.of(limits)))
    found = assess(content, evidence=evidence, period=period, plausibility=plausibility)
    return found.refusing, found.outcome.over


async def of_submission(session: AsyncSession, principal: Principal, content: ReportCreate) -> Findings:
    """What the rules say about a submission whose shape is wrong in places."""
    return await _of_rest(session, principal, content, content.obligation_id)


async def of_correction(
    session: AsyncSession, principal: Principal, content: ReportCorrection, *, report_id: str
) -> Findings:
    """What the rules say about a correction whose shape is wrong in places."""
    report = await repository.by_id(session, uuid.UUID(report_id), rows=principal.rows)
    return await _of_rest(session, principal, content, report.obligation_id) if report else Findings()


async def _of_rest(
    session: AsyncSession, principal: Principal, content: ReportContent, obligation_id: uuid.UUID
) -> Findings:
    obligation = await obligations.by_id(session, obligation_id, rows=principal.rows)
    if obligation is None:
        return Findings()
    evidence = await evidence_of(session, obligation, content)
    return assess(content, evidence=evidence, period=period_of(obligation)).refusing
