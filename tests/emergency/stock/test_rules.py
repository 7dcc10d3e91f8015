"""The rules of stock, each by its own test; allocation by its properties."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.emergency.stock.rules import (
    Ask,
    Shelf,
    allocate,
    check_dates,
    check_not_expired,
    check_same_lot,
    expired,
    first_expired_first,
)
from services.kit.findings import Findings

TODAY = date(2026, 11, 23)
ITEMS = [uuid.UUID(int=number) for number in (1, 2)]


def codes(found: Findings) -> list[str]:
    return [error.code for error in found.errors]


def test_expired_holds_from_the_day_after_the_last() -> None:
    assert not expired(TODAY, on=TODAY)
    assert expired(TODAY, on=TODAY + timedelta(days=1))
    assert not expired(None, on=date.max)


def test_check_not_expired_cites_article_45() -> None:
    found = Findings()
    check_not_expired(found, "/x", lot_number="A", expires_on=TODAY, on=TODAY + timedelta(days=1))
    assert [(error.code, error.article) for error in found.errors] == [
        ("lot_expired", "突发事件应对法 第四十五条")
    ]


def test_check_dates_wants_an_expiry_date_of_perishable_goods_only() -> None:
    for perishable, expected in ((True, ["expiry_missing"]), (False, [])):
        found = Findings()
        check_dates(found, "/lines/0", perishable=perishable, manufactured_on=None, expires_on=None, on=TODAY)
        assert codes(found) == expected


def test_check_same_lot_names_each_date_that_differs() -> None:
    found = Findings()
    known = {"manufactured_on": None, "expires_on": TODAY}
    stated = {"manufactured_on": TODAY, "expires_on": TODAY}
    check_same_lot(found, "/lines/0", lot_number="A", known=known, stated=stated)
    assert [error.pointer for error in found.errors] == ["/lines/0/manufactured_on"]


@st.composite
def shelves(draw: st.DrawFn) -> list[Shelf]:
    places = draw(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), unique=True, max_size=8))
    made = []
    for lot, depot in places:
        on_hand = draw(st.integers(1, 9))
        made.append(
            Shelf(
                lot_id=uuid.UUID(int=100 + lot),
                location_id=uuid.UUID(int=200 + depot),
                item_id=ITEMS[lot % 2],
                lot_number=f"L{lot}",
                depot_code=f"D{depot}",
                expires_on=None if lot == 5 else TODAY + timedelta(days=lot - 1),
                on_hand=Decimal(on_hand),
                reserved=Decimal(draw(st.integers(0, on_hand))),
            )
        )
    return made


@st.composite
def asks(draw: st.DrawFn) -> list[Ask]:
    made = []
    for _ in range(draw(st.integers(1, 4))):
        depot = draw(st.sampled_from((None, "D0", "D1", "D2")))
        lot = draw(st.sampled_from((None, "L0", "L1", "L2", "L3"))) if depot else None
        made.append(Ask(draw(st.sampled_from(ITEMS)), Decimal(draw(st.integers(1, 8))), depot, lot))
    return made


@given(shelves=shelves(), asks=asks())
def test_allocate_gives_no_more_than_is_free_and_nothing_that_expired(
    shelves: list[Shelf], asks: list[Ask]
) -> None:
    plan = allocate(asks, shelves, on=TODAY)
    for shelf in shelves:
        taken = sum(pick.quantity for pick in plan.picks if pick.shelf == shelf)
        assert taken <= shelf.free
        assert taken == 0 or not expired(shelf.expires_on, on=TODAY)
    for line, ask in enumerate(asks):
        picks = [pick for pick in plan.picks if pick.line == line]
        short = [each for each in plan.shortfalls if each.line == line]
        given_ = sum((pick.quantity for pick in picks), Decimal(0))
        assert all(ask.fits(pick.shelf) for pick in picks)
        assert (given_ == ask.quantity) == (not short)
        assert all(each.left == given_ < ask.quantity for each in short)


@given(shelves=shelves(), asks=asks())
def test_allocate_is_short_only_where_no_plan_at_all_could_serve(
    shelves: list[Shelf], asks: list[Ask]
) -> None:
    """Hall's condition: some set of lines asks for more than the shelves that fit any of them have free."""
    plan = allocate(asks, shelves, on=TODAY)
    usable = [shelf for shelf in shelves if not expired(shelf.expires_on, on=TODAY)]
    overfull = any(
        sum(ask.quantity for ask in chosen)
        > sum(shelf.free for shelf in usable if any(ask.fits(shelf) for ask in chosen))
        for mask in range(1, 2 ** len(asks))
        if (chosen := [ask for index, ask in enumerate(asks) if mask >> index & 1])
    )
    assert bool(plan.shortfalls) == overfull


@given(shelves=shelves(), wanted=st.integers(1, 20))
def test_allocate_takes_first_what_expires_first(shelves: list[Shelf], wanted: int) -> None:
    plan = allocate([Ask(ITEMS[0], Decimal(wanted))], shelves, on=TODAY)
    if not plan.picks:
        return
    last = max(first_expired_first(pick.shelf) for pick in plan.picks)
    for shelf in shelves:
        usable = shelf.item_id == ITEMS[0] and not expired(shelf.expires_on, on=TODAY)
        if usable and shelf.free > 0 and first_expired_first(shelf) < last:
            assert sum(pick.quantity for pick in plan.picks if pick.shelf == shelf) == shelf.free


@given(shelves=shelves(), asks=asks(), seed=st.randoms(use_true_random=False))
def test_allocate_does_not_depend_on_the_order_of_the_shelves(
    shelves: list[Shelf], asks: list[Ask], seed: object
) -> None:
    shuffled = list(shelves)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    assert allocate(asks, shuffled, on=TODAY).picks == allocate(asks, shelves, on=TODAY).picks
