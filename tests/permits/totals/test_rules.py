"""The ledger of quotas and the replacement of new sources: each rule by its article, conservation by its property."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.permits.totals.rules import (
    LEAGUE,
    LEGS,
    POOL,
    RETIRED,
    TRANSITIONS,
    Account,
    Entry,
    Kind,
    Move,
    Offer,
    State,
    Step,
    after,
    available,
    check_account,
    check_covered,
    check_dated,
    check_offset,
    check_pollutant,
    check_sources,
    legs_of,
    permitted,
    quota,
    replaced,
)

A, B = Account(Kind.PERMIT, "A"), Account(Kind.PERMIT, "B")
ACCOUNTS = [LEAGUE, POOL, RETIRED, A, B]
TODAY = date(2026, 11, 26)


def codes(found: Findings) -> list[str]:
    return [error.code for error in found.errors]


def entry(move: Move, source: Account, target: Account, tonnes: str, year: int = 2026) -> Entry:
    return Entry(move, source, target, Decimal(tonnes), year)


BOOK = [
    entry(Move.GRANT, LEAGUE, POOL, "100"),
    entry(Move.ALLOCATION, POOL, A, "30"),
    entry(Move.WITHDRAWAL, A, POOL, "12.5", 2028),
]


def test_a_quota_holds_from_its_year_until_it_is_taken_back_by_environmental_protection_law_44() -> None:
    assert [quota(BOOK, A, year) for year in (2025, 2026, 2027, 2028, 2029)] == [
        Decimal(each) for each in ("0", "30", "30", "17.5", "17.5")
    ]


def test_what_a_later_year_will_need_cannot_be_taken_now() -> None:
    assert available(BOOK, A, 2026) == Decimal("17.5")
    found = Findings()
    check_covered(found, "/tonnes", BOOK, A, tonnes=Decimal("17.6"), year=2026)
    assert [(each.code, each.article) for each in found.errors] == [("quota_short", "环境保护法 第四十四条")]


def test_only_the_league_gives_what_it_does_not_hold() -> None:
    found = Findings()
    check_covered(found, "/tonnes", [], LEAGUE, tonnes=Decimal(1), year=2026)
    assert codes(found) == []
    check_covered(found, "/tonnes", [], POOL, tonnes=Decimal(1), year=2026)
    assert codes(found) == ["quota_short"]


@st.composite
def decisions(draw: st.DrawFn) -> list[Entry]:
    """Moves between accounts, of which only those are kept that their source covers."""
    book: list[Entry] = []
    for _ in range(draw(st.integers(0, 25))):
        move = draw(st.sampled_from(list(Move)))
        kinds = draw(st.sampled_from(sorted(LEGS[move])))
        source, target = (
            draw(st.sampled_from([each for each in ACCOUNTS if each.kind == kind])) for kind in kinds
        )
        tonnes = draw(st.decimals("0.000001", "1000", places=6))
        made = Entry(move, source, target, tonnes, draw(st.integers(2020, 2035)))
        found = Findings()
        check_covered(found, "", book, source, tonnes=tonnes, year=made.from_year)
        if source != target and not found.errors:
            book.append(made)
    return book


@given(decisions(), st.integers(2019, 2037))
def test_the_sum_of_all_accounts_is_conserved_in_every_year(book: list[Entry], year: int) -> None:
    assert sum(quota(book, account, year) for account in ACCOUNTS) == 0
    held = [quota(book, account, year) for account in ACCOUNTS if account != LEAGUE]
    assert all(each >= 0 for each in held)
    assert sum(held) == -quota(book, LEAGUE, year)


@given(decisions())
def test_what_was_given_up_for_good_never_comes_back(book: list[Entry]) -> None:
    years = [quota(book, RETIRED, year) for year in range(2019, 2037)]
    assert years == sorted(years)


@given(
    st.lists(st.decimals("0.1", "50", places=3), min_size=1, max_size=5),
    st.decimals("0.1", "200", places=3),
    st.decimals("1", "3", places=1),
)
def test_a_covered_replacement_gives_just_what_is_needed_and_retires_the_rest(
    tonnes: list[Decimal], needed: Decimal, ratio: Decimal
) -> None:
    offers = [Offer(f"S{index}", each) for index, each in enumerate(tonnes)]
    found = Findings()
    check_offset(found, needed=needed, offers=offers, ratio=ratio)
    if sum(tonnes) < needed * ratio:
        assert codes(found) == ["offset_too_small"]
        return
    assert codes(found) == []
    made = replaced(offers, permit_number="N", needed=needed, from_year=2027)
    new = Account(Kind.PERMIT, "N")
    assert quota(made, new, 2027) == needed
    assert quota(made, RETIRED, 2027) == sum(tonnes) - needed >= needed * (ratio - 1)
    for offer in offers:
        assert quota(made, offer.account, 2027) == -offer.tonnes
    assert all((each.source.kind, each.target.kind) in LEGS[each.move] for each in made)


def offset(offers: Sequence[Offer], *, ratio: Decimal | None = Decimal(2)) -> Findings:
    found = Findings()
    check_offset(found, needed=Decimal(5), offers=offers, ratio=ratio)
    check_sources(found, permit_number="N", offers=offers)
    return found


def test_regulation_8_doubled_replacement_takes_twice_the_tonnes() -> None:
    assert codes(offset([Offer("S", Decimal("9.999"))])) == ["offset_too_small"]
    assert codes(offset([Offer("S", Decimal(10))])) == []
    assert offset([Offer("S", Decimal(1))]).errors[0].article == "排污许可管理条例 第八条"


def test_regulation_8_a_source_does_not_replace_itself_and_is_named_once() -> None:
    assert codes(offset([Offer("N", Decimal(10))])) == ["offset_from_itself"]
    assert codes(offset([Offer("S", Decimal(6)), Offer("S", Decimal(6))])) == ["offset_source_repeated"]
    assert codes(offset([Offer(None, Decimal(10))])) == []


def test_without_a_ratio_of_the_day_nothing_is_covered() -> None:
    assert codes(offset([Offer("S", Decimal(100))], ratio=None)) == ["ratio_not_set"]


@pytest.mark.parametrize(
    ("decided_on", "from_year", "expected"),
    [
        (TODAY, 2026, []),
        (date(2020, 5, 1), 2020, []),
        (date(2026, 11, 27), 2026, ["decided_in_future"]),
        (TODAY, 2025, ["year_before_decision"]),
    ],
)
def test_no_decision_is_of_tomorrow_or_reaches_back(
    decided_on: date, from_year: int, expected: list[str]
) -> None:
    found = Findings()
    check_dated(found, decided_on=decided_on, from_year=from_year, today=TODAY)
    assert codes(found) == expected


def test_the_accounts_of_a_decision_follow_its_kind() -> None:
    assert legs_of(Move.GRANT, None) == (LEAGUE, POOL)
    assert legs_of(Move.RECALL, None) == (POOL, LEAGUE)
    assert legs_of(Move.ALLOCATION, "A") == (POOL, A)
    assert legs_of(Move.WITHDRAWAL, "A") == (A, POOL)
    assert legs_of(Move.REDUCTION, "A") == (A, RETIRED)
    assert legs_of(Move.REDUCTION, None) == (POOL, RETIRED)
    for move in (Move.GRANT, Move.RECALL, Move.ALLOCATION, Move.WITHDRAWAL, Move.REDUCTION):
        source, target = legs_of(move, "A" if move in (Move.ALLOCATION, Move.WITHDRAWAL) else None)
        assert (source.kind, target.kind) in LEGS[move]


@pytest.mark.parametrize(
    ("move", "permit", "expected"),
    [
        (Move.ALLOCATION, None, ["permit_missing"]),
        (Move.WITHDRAWAL, None, ["permit_missing"]),
        (Move.GRANT, "A", ["permit_superfluous"]),
        (Move.RECALL, "A", ["permit_superfluous"]),
        (Move.REDUCTION, "A", []),
        (Move.REDUCTION, None, []),
    ],
)
def test_a_decision_names_a_permit_where_it_has_one(
    move: Move, permit: str | None, expected: list[str]
) -> None:
    found = Findings()
    check_account(found, move, permit)
    assert codes(found) == expected


def test_only_controlled_pollutants_have_quotas() -> None:
    found = Findings()
    check_pollutant(found, "lead", ["cod"])
    assert codes(found) == ["pollutant_not_controlled"]


@given(st.lists(st.sampled_from(list(Step)), max_size=8))
def test_a_statement_is_decided_once(steps: list[Step]) -> None:
    state, taken = State.SUBMITTED, 0
    for step in steps:
        following = after(state, step)
        if following is not None:
            state, taken = following, taken + 1
    assert taken <= 1
    assert (state is State.SUBMITTED) == (taken == 0)
    assert set(TRANSITIONS.values()) == set(State) - {State.SUBMITTED}


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({}, None),
        ({"main": "20", "general": "5"}, "25"),
        ({"main": "20", "general": "5", "plant": "22"}, "22"),
        ({"main": "20", "main_outlets": "18", "general": "5"}, "23"),
        ({"main_outlets": "18", "general_outlets": "4", "fugitive": "1.5"}, "23.5"),
    ],
)
def test_regulation_13_the_plants_total_goes_before_its_parts(
    stated: dict[str, str], expected: str | None
) -> None:
    found = permitted({scope: Decimal(amount) for scope, amount in stated.items()})
    assert found == (Decimal(expected) if expected else None)
