"""Budgets as arithmetic."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.waste.budgets.rules import Balance, Draw, Kind, Movement, check_room

KG = st.decimals(min_value=0, max_value=10**9, places=6)


@given(KG, KG)
def test_what_is_reserved_and_released_leaves_the_balance_as_it_was(scale: Decimal, mass: Decimal) -> None:
    before = Balance(scale, Decimal(0), Decimal(0))
    assert before.after(Movement.RESERVE, mass).after(Movement.RELEASE, mass) == before


@given(KG, KG, KG)
def test_free_reserved_and_received_always_add_up_to_the_scale(
    scale: Decimal, reserved: Decimal, received: Decimal
) -> None:
    balance = Balance(scale, Decimal(0), Decimal(0))
    balance = balance.after(Movement.RESERVE, reserved).after(Movement.RECEIVE, received)
    assert balance.free_kg + balance.reserved_kg + balance.received_kg == scale


def over(free: str, *masses: str, kind: Kind = Kind.LICENCE) -> list[tuple[str, str]]:
    found = Findings()
    draws = [Draw(f"/lines/{index}/mass_kg", Decimal(mass)) for index, mass in enumerate(masses)]
    balance = Balance(Decimal(free), Decimal(0), Decimal(0))
    check_room(found, kind=kind, year=2026, balance=balance, draws=draws)
    return [(error.pointer, error.code) for error in found.errors]


def test_check_room_order_408_article_12_the_scale_itself_is_the_limit_to_the_gram() -> None:
    assert over("100", "100") == []
    assert over("100", "100.000001") == [("/lines/0/mass_kg", "licence_scale_exceeded")]


def test_check_room_order_23_article_14_lines_share_what_is_left_and_the_one_that_is_over_is_named() -> None:
    assert over("100", "60", "60", "40", kind=Kind.PLAN) == [("/lines/1/mass_kg", "plan_exceeded")]
    assert over("100", "60", "60", "60", kind=Kind.PLAN) == [
        ("/lines/1/mass_kg", "plan_exceeded"),
        ("/lines/2/mass_kg", "plan_exceeded"),
    ]
