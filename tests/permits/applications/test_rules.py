"""The machine of an application (条例 art. 9-12): no way to a permit leaves out a duty."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.permits.applications.rules import (
    CHECKED_WORK,
    DECIDED,
    DUTIES,
    ENDS,
    ITEM_ARTICLES,
    OPEN,
    TRANSITIONS,
    Case,
    Done,
    Item,
    Kind,
    Obstacle,
    Outcome,
    Party,
    State,
    Step,
    after,
    checked,
    different_people,
    may_be_unaffected,
    obstacles,
)
from tests.permits.applications.machine import APPLICANT, MONDAY, submitted, ways

MET = dict.fromkeys(Item, Outcome.MET)
AT_THE_COUNTER = {
    "accept": "accepted",
    "deem_accepted": "accepted",
    "notify": "incomplete",
    "find_not_required": "not_required",
    "find_not_competent": "not_competent",
    "decline": "not_accepted",
    "withdraw": "withdrawn",
}
# Written out beside the rules: a step that is not here is not open.
WANTED = {
    "submitted": AT_THE_COUNTER | {"allow_correction": "correctable"},
    "correctable": AT_THE_COUNTER | {"correct": "submitted"},
    "incomplete": {"correct": "submitted", "withdraw": "withdrawn"},
    "accepted": {
        "examine": "accepted",
        "order_site_check": "accepted",
        "record_site_check": "accepted",
        "pause": "paused",
        "review": "reviewed",
        "withdraw": "withdrawn",
    },
    "paused": {"resume": "accepted", "withdraw": "withdrawn"},
    "reviewed": {"return": "accepted", "grant": "granted", "refuse": "refused", "withdraw": "withdrawn"},
    "granted": {"deliver": "delivered"},
    "refused": {"deliver_refusal": "refusal_delivered"},
}


def done(case: Case, *steps: tuple[Step, str]) -> Case:
    for step, by in steps:
        assert obstacles(case, step, by=by, on=MONDAY) == [], step
        case = case.with_step(Done(step, MONDAY, by))
    return case


def accepted(**more: object) -> Case:
    return done(submitted(**more), (Step.ACCEPT, "clerk"))


def test_every_step_from_every_state_leads_where_it_should_or_nowhere() -> None:
    for state, step in itertools.product(State, Step):
        assert after(state, step) == WANTED.get(state, {}).get(step), (state, step)


def test_every_step_but_the_first_is_in_the_machine_and_has_its_party_and_article() -> None:
    assert {step for _, step in TRANSITIONS} == set(Step) - {Step.SUBMIT}
    assert set(DUTIES) == set(Step)
    assert {step for step, duty in DUTIES.items() if duty.party is Party.TIME} == {Step.DEEM_ACCEPTED}
    assert set(ITEM_ARTICLES) == set(Item)


def test_states_are_open_decided_or_at_their_end() -> None:
    assert OPEN | ENDS | {State.GRANTED, State.REFUSED} == set(State)
    assert not OPEN & (ENDS | DECIDED)


@pytest.mark.parametrize(
    "left_out",
    [{Step.ACCEPT, Step.DEEM_ACCEPTED}, {Step.REVIEW}, {Step.GRANT}],
    ids=["acceptance", "review", "decision"],
)
def test_article_12_nothing_is_granted_without(left_out: set[Step]) -> None:
    reached, found = {State.SUBMITTED}, {State.SUBMITTED}
    while found:
        found = {
            end
            for (start, step), end in TRANSITIONS.items()
            if start in reached and step not in left_out and end not in reached
        }
        reached |= found
    assert not reached & {State.GRANTED, State.DELIVERED}


@given(ways())
@example(
    [
        done(
            replace(accepted(), findings=MET, eia_verified=True),
            (Step.EXAMINE, "wang"),
            (Step.REVIEW, "wang"),
            (Step.GRANT, "li"),
        )
    ]
)
def test_no_path_to_a_permit_skips_acceptance_review_checklist_eia_or_four_eyes(cases: list[Case]) -> None:
    for case in cases:
        steps = [each.step for each in case.history]
        if case.state in (State.ACCEPTED, State.PAUSED, State.REVIEWED, *DECIDED):
            assert {Step.ACCEPT, Step.DEEM_ACCEPTED} & set(steps)
        if Step.GRANT not in steps:
            continue
        granted = case.history[steps.index(Step.GRANT)]
        assert steps.index(Step.REVIEW) < steps.index(Step.GRANT)
        assert set(case.findings) == set(Item)
        assert Outcome.NOT_MET not in case.findings.values()
        assert case.eia_verified
        assert steps.count(Step.RECORD_SITE_CHECK) >= steps.count(Step.ORDER_SITE_CHECK)
        assert granted.by not in case.doers(Step.SUBMIT, Step.CORRECT, Step.EXAMINE, Step.REVIEW)
        assert case.barred_until is None or granted.on > case.barred_until
        assert steps[steps.index(Step.GRANT) + 1 :] in ([], [Step.DELIVER])


@given(ways())
def test_no_step_is_dated_before_the_one_before_it_and_what_has_ended_stays(cases: list[Case]) -> None:
    for case in cases:
        days = [each.on for each in case.history]
        assert days == sorted(days)
    for before, later in itertools.pairwise(cases):
        assert before.state not in ENDS
        assert later.history[: len(before.history)] == before.history


@given(ways())
def test_article_9_4_what_is_missing_is_said_once(cases: list[Case]) -> None:
    assert all([each.step for each in case.history].count(Step.NOTIFY) <= 1 for case in cases)


def test_article_9_4_a_second_notice_is_refused() -> None:
    case = done(submitted(), (Step.NOTIFY, "clerk"), (Step.CORRECT, APPLICANT))
    assert obstacles(case, Step.NOTIFY, by="clerk", on=MONDAY) == [Obstacle.NOTICE_ONLY_ONCE]


def test_article_9_5_an_application_is_declined_only_for_what_was_asked_for_and_not_supplied() -> None:
    assert obstacles(submitted(), Step.DECLINE, by="clerk", on=MONDAY) == [Obstacle.NOTICE_FIRST]
    case = done(submitted(), (Step.NOTIFY, "clerk"), (Step.CORRECT, APPLICANT))
    assert obstacles(case, Step.DECLINE, by="clerk", on=MONDAY) == []


def test_article_9_3_what_can_be_corrected_at_once_leaves_the_notice_unused() -> None:
    case = done(submitted(), (Step.ALLOW_CORRECTION, "clerk"), (Step.CORRECT, APPLICANT))
    assert obstacles(case, Step.NOTIFY, by="clerk", on=MONDAY) == []


def test_article_10_an_ordered_site_check_is_made_once_and_before_the_review_ends() -> None:
    case = replace(accepted(), findings=MET, eia_verified=True)
    assert obstacles(case, Step.RECORD_SITE_CHECK, by="wang", on=MONDAY) == [Obstacle.SITE_CHECK_NOT_ORDERED]
    case = done(case, (Step.ORDER_SITE_CHECK, "wang"))
    assert obstacles(case, Step.ORDER_SITE_CHECK, by="wang", on=MONDAY) == [Obstacle.SITE_CHECK_ORDERED]
    assert obstacles(case, Step.REVIEW, by="wang", on=MONDAY) == [Obstacle.SITE_CHECK_PENDING]
    done(case, (Step.RECORD_SITE_CHECK, "wang"), (Step.REVIEW, "wang"), (Step.GRANT, "li"))


@pytest.mark.parametrize("item", Item)
def test_article_11_a_condition_without_a_finding_or_not_met_stops_the_grant(item: Item) -> None:
    missing = {each: outcome for each, outcome in MET.items() if each is not item}
    case = replace(accepted(), findings=missing, eia_verified=True)
    found = obstacles(case, Step.REVIEW, by="wang", on=MONDAY, proposes_grant=True)
    assert found == [Obstacle.CHECKLIST_INCOMPLETE]
    case = replace(case, findings=MET | {item: Outcome.NOT_MET})
    assert obstacles(case, Step.REVIEW, by="wang", on=MONDAY, proposes_grant=True) == [
        Obstacle.CONDITION_NOT_MET
    ]
    case = done(case, (Step.REVIEW, "wang"))  # with the proposal to refuse
    assert obstacles(case, Step.GRANT, by="li", on=MONDAY) == [Obstacle.CONDITION_NOT_MET]
    assert obstacles(case, Step.REFUSE, by="li", on=MONDAY) == []


def test_article_11_1_no_permit_without_an_eia_that_was_verified() -> None:
    case = done(replace(accepted(), findings=MET, eia_verified=True), (Step.REVIEW, "wang"))
    case = replace(case, eia_verified=False)  # found not to hold after the review
    assert obstacles(case, Step.GRANT, by="li", on=MONDAY) == [Obstacle.EIA_UNVERIFIED]


def test_article_40_who_is_barred_is_granted_nothing_until_the_day_is_over() -> None:
    case = done(replace(accepted(), findings=MET, eia_verified=True), (Step.REVIEW, "wang"))
    case = replace(case, barred_until=MONDAY)
    assert obstacles(case, Step.GRANT, by="li", on=MONDAY) == [Obstacle.APPLICANT_BARRED]
    assert obstacles(case, Step.GRANT, by="li", on=MONDAY + timedelta(days=1)) == []


def test_article_70_a_permit_that_ended_meanwhile_is_neither_changed_nor_renewed() -> None:
    case = done(replace(accepted(kind=Kind.RENEWAL), findings=MET, eia_verified=True), (Step.REVIEW, "wang"))
    case = replace(case, permit_ended=True)
    assert obstacles(case, Step.GRANT, by="li", on=MONDAY) == [Obstacle.PERMIT_ENDED]
    assert obstacles(case, Step.REFUSE, by="li", on=MONDAY) == []


def test_article_8_1_no_permit_on_a_disclosure_that_is_none_any_more() -> None:
    case = done(replace(accepted(), findings=MET, eia_verified=True), (Step.REVIEW, "wang"))
    case = replace(case, disclosed=False)
    assert obstacles(case, Step.GRANT, by="li", on=MONDAY) == [Obstacle.DISCLOSURE_UNMET]
    for step in (Step.REFUSE, Step.RETURN):
        assert obstacles(case, step, by="li", on=MONDAY) == []
    undecided = done(case, (Step.RETURN, "li"))
    assert obstacles(undecided, Step.REVIEW, by="wang", on=MONDAY, proposes_grant=True) == [
        Obstacle.DISCLOSURE_UNMET
    ]
    assert obstacles(undecided, Step.REVIEW, by="wang", on=MONDAY) == []


@pytest.mark.parametrize("step", CHECKED_WORK)
def test_nobody_checks_their_own_work(step: Step) -> None:
    case = done(replace(accepted(), findings=MET, eia_verified=True), (Step.ORDER_SITE_CHECK, "clerk"))
    if step not in (Step.EXAMINE, Step.RECORD_SITE_CHECK):
        case = done(case, (Step.RECORD_SITE_CHECK, "zhao"))
    if step in (Step.GRANT, Step.REFUSE, Step.RETURN):
        case = done(case, (Step.EXAMINE, "wang"), (Step.REVIEW, "chen"))
        assert checked(case, step) == {APPLICANT, "zhao", "wang", "chen"}
    for by in checked(case, step):
        assert obstacles(case, step, by=by, on=MONDAY) == [Obstacle.FOUR_EYES]
    assert obstacles(case, step, by="li", on=MONDAY) == []


def test_every_obstacle_is_named_at_once() -> None:
    case = done(submitted(barred_until=MONDAY), (Step.ACCEPT, "clerk"), (Step.ORDER_SITE_CHECK, "wang"))
    case = replace(case, findings={Item.EIA: Outcome.NOT_MET})
    assert set(obstacles(case, Step.REVIEW, by=APPLICANT, on=MONDAY, proposes_grant=True)) == {
        Obstacle.SITE_CHECK_PENDING,
        Obstacle.CHECKLIST_INCOMPLETE,
        Obstacle.CONDITION_NOT_MET,
        Obstacle.EIA_UNVERIFIED,
        Obstacle.APPLICANT_BARRED,
        Obstacle.FOUR_EYES,
    }


@given(st.sampled_from(Kind), st.sampled_from(Item))
def test_only_a_change_leaves_conditions_unaffected_and_never_the_eia(kind: Kind, item: Item) -> None:
    assert may_be_unaffected(kind, item) == (kind is Kind.CHANGE and item is not Item.EIA)


@pytest.mark.parametrize(
    ("names", "are_different"),
    [
        (["王五", "李四"], True),
        (["王五", "王五"], False),
        (["王五", "王 五"], False),
        (["王五", "王　五"], False),
        (["Wang Wu", "ＷＡＮＧ ＷＵ"], False),
        (["王五", "王小五"], True),
    ],
)
def test_article_10_two_people_look_at_a_site_however_their_names_are_written(
    names: list[str], are_different: bool
) -> None:
    assert different_people(names) is are_different
