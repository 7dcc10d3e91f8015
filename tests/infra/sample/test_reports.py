"""The reports of the sample city: complete, lawful in form, and as late and as imperfect as real ones."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from infra.sample.periods import Period, due_on, last_ended_quarter, reported_periods
from infra.sample.types import SampleCity, SamplePermit, SampleReport, SampleValue
from services.kit.clock import CITY_TIME

Permits = dict[str, SamplePermit]


def _limit(permit: SamplePermit, value: SampleValue, *, annual: bool = False) -> Decimal | None:
    return next(
        (
            limit.value
            for outlet in permit.outlets
            for limit in outlet.limits
            if (outlet.code, limit.pollutant_code) == (value.outlet_code, value.pollutant_code)
            and (limit.kind == "annual_amount") == annual
        ),
        None,
    )


def _exceeds(permit: SamplePermit, value: SampleValue) -> bool:
    limit = _limit(permit, value)
    assert limit is not None
    return value.concentration_max is not None and value.concentration_max > limit


def _due(permits: Permits, report: SampleReport) -> date:
    return due_on(permits[report.permit_number], Period(report.kind, report.period_start, report.period_end))


def test_a_report_has_exactly_one_value_for_each_outlet_and_pollutant(
    city: SampleCity, permits: Permits
) -> None:
    for report in city.reports:
        wanted = {(o.code, x.pollutant_code) for o in permits[report.permit_number].outlets for x in o.limits}
        assert sorted((v.outlet_code, v.pollutant_code) for v in report.values) == sorted(wanted)


def test_a_value_has_numbers_or_a_no_data_code_and_never_both(city: SampleCity) -> None:
    for value in (value for report in city.reports for value in report.values):
        numbers = (value.concentration_max, value.concentration_average, value.method)
        assert all(number is None for number in (*numbers, value.amount_t)) == (
            value.no_data_code is not None
        )
        assert len({number is None for number in numbers}) == 1


def test_numbers_are_never_negative_and_the_average_never_above_the_highest(city: SampleCity) -> None:
    for value in (value for report in city.reports for value in report.values):
        if value.concentration_max is not None and value.concentration_average is not None:
            assert 0 < value.concentration_average <= value.concentration_max
            assert value.concentration_max.as_tuple().exponent == -2
        if value.amount_t is not None:
            assert value.amount_t >= 0
            assert value.amount_t.as_tuple().exponent == -4


def test_a_report_explains_an_exceedance_if_and_only_if_it_has_one(
    city: SampleCity, permits: Permits
) -> None:
    for report in city.reports:
        exceeds = any(_exceeds(permits[report.permit_number], value) for value in report.values)
        assert (report.exceedance_explanation is not None) == exceeds


def test_about_three_percent_of_the_values_exceed_their_limit_by_at_most_sixty_percent(
    city: SampleCity, permits: Permits
) -> None:
    values = [(permits[r.permit_number], v) for r in city.reports for v in r.values if not v.no_data_code]
    over = [(permit, value) for permit, value in values if _exceeds(permit, value)]
    assert 1 <= 100 * len(over) / len(values) <= 6
    for permit, value in over:
        limit = _limit(permit, value)
        assert limit is not None
        assert value.concentration_max is not None
        assert Decimal("1.05") * limit <= value.concentration_max <= Decimal("1.6") * limit + Decimal("0.01")


def test_no_annual_amount_passes_the_permitted_amount(city: SampleCity, permits: Permits) -> None:
    for report in (report for report in city.reports if report.kind == "annual"):
        for value in report.values:
            limit = _limit(permits[report.permit_number], value, annual=True)
            assert limit is None or value.amount_t is None or value.amount_t <= limit


def test_an_annual_report_adds_up_its_fully_reported_quarters(city: SampleCity) -> None:
    compared = 0
    for annual in (report for report in city.reports if report.kind == "annual"):
        quarters = [
            report
            for report in city.reports
            if report.permit_number == annual.permit_number
            and report.kind == "quarterly"
            and annual.period_start <= report.period_start <= annual.period_end
        ]
        if len(quarters) < 4:
            continue
        assert annual.production_days == sum(quarter.production_days for quarter in quarters)
        for position, value in enumerate(annual.values):
            parts = [quarter.values[position] for quarter in quarters]
            if not {"equipment_failure", "not_required"} & {part.no_data_code for part in parts}:
                amounts = [part.amount_t for part in parts if part.amount_t is not None]
                assert (value.amount_t or 0) == sum(amounts)
                compared += 1
    assert compared > 0


def test_between_five_and_twenty_five_percent_of_the_reports_are_late(
    city: SampleCity, permits: Permits
) -> None:
    delays = [(report.submitted_at.date() - _due(permits, report)).days for report in city.reports]
    late = [delay for delay in delays if delay > 0]
    assert 5 <= 100 * len(late) / len(delays) <= 25
    assert all(-10 <= delay <= 40 for delay in delays)


def test_reports_are_submitted_after_their_period_and_before_today_in_order(city: SampleCity) -> None:
    moments = [report.submitted_at for report in city.reports]
    assert moments == sorted(moments)
    for report in city.reports:
        assert report.submitted_at.utcoffset() == timedelta(hours=8)
        assert report.period_end < report.submitted_at.astimezone(CITY_TIME).date() < city.as_of


def test_no_report_is_given_twice_and_each_period_lies_within_its_permit(
    city: SampleCity, permits: Permits
) -> None:
    keys = {(report.permit_number, report.kind, report.period_start) for report in city.reports}
    assert len(keys) == len(city.reports)
    for report in city.reports:
        permit = permits[report.permit_number]
        assert report.kind in permit.reports
        assert permit.valid_from <= report.period_start
        assert report.period_end < permit.valid_to


def test_at_least_eight_key_units_have_their_last_quarter_open(city: SampleCity) -> None:
    quarter = last_ended_quarter(city.as_of)
    key = {permit.permit_number for permit in city.permits if permit.management_class == "key"}
    done = {r.permit_number for r in city.reports if (r.kind, r.period_end) == ("quarterly", quarter.end)}
    assert len(key - done) >= 8
    assert {permit.permit_number for permit in city.permits[:2]} <= key - done


def test_at_least_four_simplified_units_are_late_with_their_annual_report(city: SampleCity) -> None:
    submitted = {(report.permit_number, report.period_end) for report in city.reports}
    late = {
        permit.permit_number
        for permit in city.permits
        if permit.management_class == "simplified"
        for period in reported_periods(permit, city.as_of)
        if (permit.permit_number, period.end) not in submitted and due_on(permit, period) < city.as_of
    }
    assert len(late) >= 4


def test_only_the_last_report_of_a_key_unit_is_missing(city: SampleCity) -> None:
    """Reports that were due more than forty days ago are there, except those left open on purpose."""
    submitted = {(report.permit_number, report.kind, report.period_end) for report in city.reports}
    quarter = last_ended_quarter(city.as_of)
    for permit in (permit for permit in city.permits if permit.management_class == "key"):
        for period in reported_periods(permit, city.as_of):
            long_due = due_on(permit, period) + timedelta(days=40) < city.as_of
            if long_due and period != quarter:
                assert (permit.permit_number, period.kind, period.end) in submitted


def test_a_quarter_without_production_gives_a_reason_for_every_value(city: SampleCity) -> None:
    idle = [report for report in city.reports if report.production_days == 0]
    assert {value.no_data_code for report in idle for value in report.values} == {
        "no_discharge",
        "stopped_production",
    }
    assert all(value.amount_t is None for report in idle for value in report.values)


def test_a_few_reports_were_returned_and_only_the_newest_wait_for_review(city: SampleCity) -> None:
    outcomes = [report.outcome for report in city.reports]
    assert outcomes[-5:] == ["submitted"] * 5
    assert "submitted" not in outcomes[:-5]
    assert 1 <= 100 * outcomes.count("returned_then_accepted") / len(outcomes) <= 8
    for report in city.reports:
        assert (report.review_comment is not None) == (report.outcome == "returned_then_accepted")
