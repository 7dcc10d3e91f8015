"""Performance classes and 一厂一策: the chain by its property, each rule by its source."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.permits.performance.editions import SHIPPED, EditionsError, load
from services.permits.performance.rules import (
    LEVELS,
    Given,
    Measure,
    State,
    Step,
    after,
    check_class,
    check_downgrade,
    check_follows,
    check_measures,
    check_not_raised,
    check_notice_over,
    cut_of,
    holding,
    transitions,
)

TODAY = date(2026, 11, 26)
GRADED = ("A", "B", "B-", "C", "D")
CHAIN = [Step.COUNTY_REVIEW, Step.LEAGUE_REVIEW, Step.REGION_REVIEW]


def codes(found: Findings) -> list[str]:
    return [error.code for error in found.errors]


@given(st.sampled_from(["county", "league", "region"]), st.lists(st.sampled_from(list(Step)), max_size=25))
def test_inner_mongolias_chain_no_path_skips_a_review_or_the_notice(level: str, steps: list[Step]) -> None:
    state, taken = State.DECLARED, []
    for step in steps:
        following = after(state, step, level=level)
        if following is not None:
            state, taken = following, [*taken, step]
    wanted = [*CHAIN[: ["county", "league", "region"].index(level) + 1], Step.PUBLISH, Step.TAKE_EFFECT]
    if state is State.EFFECTIVE:
        assert taken == wanted
    elif state in (State.REFUSED, State.WITHDRAWN):
        assert taken[:-1] == wanted[: len(taken) - 1]
    else:
        assert taken == wanted[: len(taken)]


@pytest.mark.parametrize("level", ["county", "league", "region"])
def test_whatever_is_pending_can_be_refused_and_nothing_is_withdrawn_from_the_notice(level: str) -> None:
    known = transitions(level)
    pending = {state for state, _ in known}
    assert {state for state, step in known if step is Step.REFUSE} == pending
    assert (State.NOTICED, Step.WITHDRAW) not in known
    assert {State.EFFECTIVE, State.REFUSED, State.WITHDRAWN}.isdisjoint(pending)


@pytest.mark.parametrize(
    ("sector", "given_class", "expected"),
    [
        ("水泥", "B-", []),
        ("水泥", "leading", ["class_unknown"]),
        ("玻璃钢", "leading", []),
        ("养蜂", "A", ["sector_unknown"]),
    ],
)
def test_a_class_is_one_of_its_sectors_scheme(sector: str, given_class: str, expected: list[str]) -> None:
    edition = load().on(TODAY)
    assert edition is not None
    scheme, found = edition.scheme_of(sector), Findings()
    check_class(found, sector=sector, given=given_class, classes=scheme.classes if scheme else None)
    assert codes(found) == expected


@pytest.mark.parametrize(
    ("before", "given_class", "expected"),
    [("B", "B", []), ("B", "C", []), ("B", "A", ["class_raised"]), ("B", "E", ["class_unknown"])],
)
def test_a_review_does_not_raise_a_class(before: str, given_class: str, expected: list[str]) -> None:
    found = Findings()
    check_not_raised(found, before=before, given=given_class, classes=GRADED)
    assert codes(found) == expected


def test_a_class_takes_effect_when_the_notice_is_over() -> None:
    found = Findings()
    check_notice_over(found, day=TODAY, notice_until=TODAY)
    check_notice_over(found, day=TODAY + timedelta(days=1), notice_until=TODAY)
    assert codes(found) == ["notice_running"]


def test_no_clock_runs_backwards() -> None:
    found = Findings()
    check_follows(found, day=TODAY - timedelta(days=1), earliest=TODAY, today=TODAY)
    check_follows(found, day=TODAY + timedelta(days=1), earliest=TODAY, today=TODAY)
    check_follows(found, day=TODAY, earliest=TODAY, today=TODAY)
    assert codes(found) == ["step_before_last", "step_in_future"]


history = st.lists(
    st.tuples(st.sampled_from(GRADED), st.dates(date(2024, 1, 1), date(2027, 12, 31))), max_size=8
).map(lambda rows: [Given(name, day, entered) for entered, (name, day) in enumerate(rows)])


@given(history, st.dates(date(2023, 12, 1), date(2028, 2, 1)))
def test_what_holds_on_a_day_is_the_newest_that_has_begun(given_classes: list[Given], day: date) -> None:
    now = holding(given_classes, day)
    begun = [each for each in given_classes if each.effective_from <= day]
    assert (now is None) == (not begun)
    if now is not None:
        assert now in begun
        assert all((each.effective_from, each.entered) <= (now.effective_from, now.entered) for each in begun)


@pytest.mark.parametrize(
    ("now", "to", "day", "expected"),
    [
        ("B", "C", TODAY, []),
        ("B", "B", TODAY, ["class_not_lower"]),
        ("B", "A", TODAY, ["class_not_lower"]),
        ("D", "E", TODAY, ["class_not_lower"]),
        ("B", "C", TODAY - timedelta(days=1), ["before_present_class"]),
        (None, "D", TODAY, ["not_rated"]),
    ],
)
def test_a_downgrade_is_lower_and_not_backdated(
    now: str | None, to: str, day: date, expected: list[str]
) -> None:
    found = Findings()
    check_downgrade(found, now=now, since=now and TODAY, to=to, day=day, classes=GRADED)  # type: ignore[arg-type]
    assert codes(found) == expected


def cut(level: str, percent: str | None, action: str = "limit", process: str = "窑", **more: str) -> Measure:
    return Measure(
        alert_level=level,
        process=process,
        action=action,
        outlet_code=more.get("outlet"),
        reduction_percent=Decimal(percent) if percent else None,
        quantity=None,
        measure=more.get("measure", ""),
    )


def found_in(*measures: Measure, exempt: bool = False) -> list[str]:
    found = Findings()
    check_measures(found, measures, exempt=exempt, outlets={"DA001"})
    return codes(found)


RISING = (cut("yellow", "20"), cut("orange", "30"), cut("red", None, "stop"))


def test_air_act_96_every_alert_level_has_measures() -> None:
    assert found_in(*RISING) == []
    assert found_in() == ["level_without_measure"] * 3
    assert found_in(*RISING[:2]) == ["level_without_measure", "measure_weaker"]


def test_a_process_has_several_measures_of_a_kind_at_a_level() -> None:
    loads = tuple(cut("red", "50", process="料场", outlet=outlet) for outlet in (None, "DA001"))
    other = (cut("red", None, "other", "料场", measure=each) for each in ("洒水", "停止装卸"))
    assert found_in(*RISING, *loads, *other) == []
    assert found_in(*RISING, *loads, *loads[:1]) == ["measure_repeated"]


def test_class_a_may_take_no_measure() -> None:
    assert found_in(exempt=True) == []


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (cut("red", None, process="磨机"), ["measure_without_amount"]),
        (cut("red", "60", "stop", process="磨机"), ["stop_is_whole"]),
        (cut("red", "60", process="磨机", outlet="DA009"), ["outlet_not_permitted"]),
        (cut("red", "100", "stop"), ["measure_repeated"]),
    ],
)
def test_a_measure_says_what_how_much_and_where(measure: Measure, expected: list[str]) -> None:
    assert found_in(*RISING, measure) == expected


@given(
    st.lists(
        st.builds(
            cut,
            st.sampled_from(LEVELS),
            st.integers(1, 100).map(str),
            st.just("limit"),
            st.sampled_from(["窑", "磨机"]),
        ),
        max_size=10,
        unique_by=lambda each: (each.alert_level, each.process),
    )
)
def test_air_act_96_a_sheet_that_passes_never_cuts_less_at_a_higher_level(measures: list[Measure]) -> None:
    if found_in(*measures):
        return
    for process in ("窑", "磨机"):
        cuts = [cut_of(measures, process, level) for level in LEVELS]
        assert cuts == sorted(cuts)
    assert {each.alert_level for each in measures} == set(LEVELS)


@pytest.mark.parametrize(
    "change",
    [
        ('exempt = ["A"]', 'exempt = ["Z"]'),
        ('"水泥" = "graded"', '"水泥" = "stars"'),
        ('classes = ["A", "B", "B-", "C", "D"]', 'classes = ["A", "A", "B", "C", "D"]'),
        ('level = "region"', 'level = "moon"'),
        ("[[editions]]", "[[editions]"),
    ],
)
def test_a_file_of_editions_that_contradicts_itself_is_refused(
    tmp_path: Path, change: tuple[str, str]
) -> None:
    path = tmp_path / "editions.toml"
    path.write_text(SHIPPED.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
    with pytest.raises(EditionsError):
        load(path)


def test_before_the_first_edition_there_is_none() -> None:
    assert load().on(date(2020, 6, 28)) is None
    assert load().named("2020") is not None
