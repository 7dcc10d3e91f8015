"""The permits of the sample city."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal

from infra.sample.permits import tonnes
from infra.sample.types import SampleCity
from services.kit.anniversaries import anniversary


def test_the_first_permit_has_one_air_outlet_and_the_smallest_report(city: SampleCity) -> None:
    first = city.permits[0]
    sizes = Counter(
        {
            p.permit_number: len({(o.code, x.pollutant_code) for o in p.outlets for x in o.limits})
            for p in city.permits
        }
    )
    assert first.management_class == "key"
    assert [outlet.code for outlet in first.outlets] == ["DA001"]
    assert all(sizes[first.permit_number] < sizes[other.permit_number] for other in city.permits[1:])


def test_the_second_permit_has_one_air_and_one_water_outlet(city: SampleCity) -> None:
    assert city.permits[1].management_class == "key"
    assert [outlet.code for outlet in city.permits[1].outlets] == ["DA001", "DW001"]


def test_every_permit_is_in_force_for_five_years_less_a_day_around_today(city: SampleCity) -> None:
    for permit in city.permits:
        assert permit.valid_to + timedelta(days=1) == anniversary(permit.valid_from, 5)
        assert permit.issued_on <= permit.valid_from < city.as_of < permit.valid_to
        assert all(
            limit.valid_from == permit.valid_from for outlet in permit.outlets for limit in outlet.limits
        )


def test_some_permits_expire_within_two_months_but_not_those_of_demonstrations(city: SampleCity) -> None:
    soon = [permit for permit in city.permits if permit.valid_to <= city.as_of + timedelta(days=60)]
    assert soon
    assert all(permit.valid_to > city.as_of + timedelta(days=365) for permit in city.permits[:2])


def test_each_permit_belongs_to_an_enterprise_of_its_class_and_carries_its_code(city: SampleCity) -> None:
    enterprises = {enterprise.uscc: enterprise for enterprise in city.enterprises}
    for permit in city.permits:
        holder = enterprises[permit.enterprise_uscc]
        assert permit.permit_number.startswith(holder.uscc + permit.site_serial)
        assert (permit.management_class, permit.industry_code) == (
            holder.management_class,
            holder.industry_code,
        )


def test_key_units_report_quarterly_and_annually_and_simplified_ones_annually(city: SampleCity) -> None:
    due = {(p.management_class, p.reports) for p in city.permits}
    assert due == {("key", ("quarterly", "annual")), ("simplified", ("annual",))}


def test_each_pollutant_has_one_concentration_limit_in_the_unit_of_its_medium(city: SampleCity) -> None:
    kinds = {"air": ("hourly_concentration", "mg/m3"), "water": ("daily_concentration", "mg/L")}
    for outlet in (outlet for permit in city.permits for outlet in permit.outlets):
        kind, unit = kinds[outlet.medium]
        limits = [limit for limit in outlet.limits if limit.kind != "annual_amount"]
        assert len({limit.pollutant_code for limit in limits}) == len(limits) > 0
        assert all(limit.kind == kind and limit.unit in (unit, "dimensionless") for limit in limits)
        assert all(limit.pollutant_code[0] == outlet.medium[0] for limit in limits)


def test_amounts_follow_the_worked_examples_of_air_and_water() -> None:
    """100 000 Nm3/h for 8 000 h at 50 mg/Nm3 are 40 t; 1 000 m3 a day for a year at 50 mg/L are 18.25 t."""
    assert tonnes("air", Decimal(100_000) * 8_000, Decimal(50)) == 40
    assert tonnes("water", Decimal(1_000) * 365, Decimal(50)) == Decimal("18.25")


def test_annual_amounts_of_an_outlet_are_in_the_ratio_of_its_concentrations(city: SampleCity) -> None:
    """E = Q x C: at one outlet every pollutant shares the flow Q; only main outlets have amounts."""
    for outlet in (outlet for permit in city.permits for outlet in permit.outlets):
        concentrations = {x.pollutant_code: x.value for x in outlet.limits if x.kind != "annual_amount"}
        amounts = {x.pollutant_code: x.value for x in outlet.limits if x.kind == "annual_amount"}
        assert bool(amounts) == (outlet.kind == "main")
        flows = [amount / concentrations[code] for code, amount in amounts.items()]
        # An amount is rounded to 0.0001 t, so its flow is known to that over the concentration.
        slack = [Decimal("0.0001") / concentrations[code] for code in amounts]
        assert not flows or max(flows) - min(flows) <= 2 * max(slack)
