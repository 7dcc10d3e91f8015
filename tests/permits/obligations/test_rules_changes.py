"""What becomes of obligations when a permit is changed or ends: what has been stays, nothing is removed."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from services.permits.obligations.rules import Duty, Key, Version
from services.permits.obligations.rules_changes import VOID, Kept, changes
from tests.permits.obligations.permits_made import ALL, DAYS, DUTIES, day, duties_of, lives, version


def kept(duty: Duty, *, reported: bool = False) -> Kept:
    return Kept(duty.kind, duty.period_start, duty.period_end, duty.standing, reported)


def applied(before: dict[Key, Kept], wanted: list[Duty], since: date) -> dict[Key, Kept]:
    plan = changes(list(before.values()), wanted, since=since)
    assert {duty.key for duty in plan.add}.isdisjoint(before)
    after = {**before, **{duty.key: kept(duty) for duty in (*plan.add, *plan.become)}}
    for key in plan.void:
        after[key] = Kept(*key, before[key].period_end, VOID, before[key].reported)
    return after


def test_a_change_holds_for_periods_that_are_not_over() -> None:
    before = {duty.key: kept(duty) for duty in duties_of(version("2025-01-01", "2026-12-31"))}
    wanted = duties_of(version("2025-01-01", "2026-12-31"), version("2026-05-10", "2026-12-31", ALL, 2))
    added = set(applied(before, wanted, day("2026-05-10"))) - set(before)
    assert min(start for kind, start in added if kind == "monthly") == day("2026-05-01")
    assert {start for kind, start in added if kind == "half_yearly"} == {day("2026-01-01"), day("2026-07-01")}


def test_what_is_asked_for_no_more_is_void_and_what_has_been_stays() -> None:
    before = {duty.key: kept(duty) for duty in duties_of(version("2025-01-01", "2026-12-31", ALL))}
    wanted = duties_of(
        version("2025-01-01", "2026-12-31", ALL), version("2026-05-10", "2026-12-31", DUTIES, 2)
    )
    after = applied(before, wanted, day("2026-05-10"))
    assert set(after) == set(before)
    void = {key for key, each in after.items() if each.standing == VOID}
    assert {kind for kind, _ in void} == {"monthly", "half_yearly"}
    assert min(after[key].period_end for key in void) > day("2026-05-10")
    assert after["monthly", day("2026-05-01")].standing == "waived"  # nine days of it


def test_a_permit_that_ended_owes_nothing_for_later_days() -> None:
    before = {duty.key: kept(duty) for duty in duties_of(version("2025-01-01", "2027-12-31"))}
    wanted = duties_of(version("2025-01-01", "2027-12-31"), ended_on=day("2026-02-10"))
    after = applied(before, wanted, day("2026-02-11"))
    assert after["quarterly", day("2025-10-01")].standing == "owed"
    assert after["quarterly", day("2026-01-01")].standing == "owed"  # held for more than a month of it
    assert after["annual", day("2026-01-01")].standing == "waived"
    assert {each.standing for each in after.values() if each.period_start > day("2026-02-10")} == {VOID}


def test_a_report_that_was_made_before_the_permit_ended_stays() -> None:
    (first, *rest) = duties_of(version("2025-01-01", "2027-12-31"))
    before = {first.key: kept(first, reported=True), **{duty.key: kept(duty) for duty in rest}}
    after = applied(before, [], date.min)
    assert after[first.key] == before[first.key]
    assert {each.standing for key, each in after.items() if key != first.key} == {VOID}


@given(lives(), lives(), DAYS, st.randoms(use_true_random=False))
def test_reported_and_past_ones_never_change_nothing_is_removed_and_a_second_time_changes_nothing(
    first: list[Version], second: list[Version], since: date, chance: object
) -> None:
    reported = chance.random  # type: ignore[attr-defined]
    before = {duty.key: kept(duty) for duty in duties_of(*first)}
    before = {
        key: Kept(*key, each.period_end, each.standing, each.standing == "owed" and reported() < 0.3)
        for key, each in before.items()
    }
    wanted = duties_of(*second)
    after = applied(before, wanted, since)
    assert set(before) <= set(after)
    for key, each in before.items():
        if each.reported or each.period_end < since:
            assert after[key] == each
    assert applied(after, wanted, since) == after
    future = {key for key, each in after.items() if each.period_end >= since and not each.reported}
    standing = {key for key in future if after[key].standing != VOID}
    assert standing == {duty.key for duty in wanted if duty.period_end >= since} & future
