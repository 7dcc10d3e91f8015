"""The ledger of quotas through the gateway: decisions, what they are refused for, who sees them, two at once."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from sqlalchemy.exc import DBAPIError

from services.kit.database import Database
from tests.support.quotas import DECISIONS, decision, entered, granted, position_of
from tests.support.town import Town

ENTRIES = "/v1/permits/totals/entries"
BALANCES = "/v1/permits/totals/balances"


async def test_a_quota_is_brought_in_allocated_and_taken_back(town: Town) -> None:
    holder, approver = await town.holder(), await town.staff("approver")
    number = holder.permit["permit_number"]
    made = await granted(town, holder, "30.5")
    assert made["source"] == {"kind": "pool", "permit_number": None, "uscc": None}
    assert made["target"] == {"kind": "permit", "permit_number": number, "uscc": holder.uscc}
    back = decision("withdrawal", "10", number, from_year=2027, decided_on="2026-01-05")
    entered(await approver.post(DECISIONS, back))
    by_year = [
        (await position_of(holder, number, "nitrogen_oxides", year=year))["quota_t"] for year in (2026, 2027)
    ]
    assert by_year == ["30.5", "20.5"]
    seen = (await holder.get(ENTRIES)).json()["items"]
    assert [each["move"] for each in seen] == ["allocation", "withdrawal"]


async def test_environmental_protection_law_44_nobody_gives_more_than_it_holds(town: Town) -> None:
    holder, approver = await town.holder(), await town.staff("approver")
    number = holder.permit["permit_number"]
    await granted(town, holder, "5")
    answer = await approver.post(DECISIONS, decision("withdrawal", "5.000001", number))
    assert (answer.status_code, answer.json()["code"]) == (409, "quota_short")
    assert answer.json()["errors"][0]["detail_en"] == "only 5 t/a can be taken from 2025 on"


async def test_two_who_take_the_same_tonnes_at_once_do_not_both_get_them(town: Town) -> None:
    holder, approver = await town.holder(), await town.staff("approver")
    number = holder.permit["permit_number"]
    await granted(town, holder, "8")
    taken = await asyncio.gather(
        *(approver.post(DECISIONS, decision("reduction", "5", number)) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in taken) == [201, 409, 409, 409]


async def test_everything_wrong_with_a_decision_is_said_at_once(town: Town) -> None:
    approver = await town.staff("approver")
    wrong = decision("grant", "1", f"{town.new_uscc()}001P", pollutant="lead", decided_on="2099-01-01")
    answer = await approver.post(DECISIONS, wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "quota_decision_invalid")
    assert {(each["pointer"], each["code"]) for each in answer.json()["errors"]} == {
        ("/pollutant", "pollutant_not_controlled"),
        ("/decided_on", "decided_in_future"),
        ("/from_year", "year_before_decision"),
        ("/permit_number", "permit_superfluous"),
    }


async def test_an_unknown_permit_is_404_and_only_an_approver_decides(town: Town) -> None:
    holder, approver, clerk = await town.holder(), await town.staff("approver"), await town.staff("clerk")
    unknown = decision("allocation", "1", f"{town.new_uscc()}001P")
    answer = await approver.post(DECISIONS, unknown)
    assert (answer.status_code, answer.json()["code"]) == (404, "permit_not_found")
    for caller in (holder, clerk):
        assert (await caller.post(DECISIONS, unknown)).status_code == 403


async def test_another_enterprise_sees_no_entry_and_no_position(town: Town) -> None:
    holder, other = await town.holder(), await town.holder()
    await granted(town, holder, "3")
    number = holder.permit["permit_number"]
    assert (await other.get(ENTRIES, permit_number=number)).json()["items"] == []
    answer = await other.get(f"/v1/permits/totals/positions/{number}")
    assert (answer.status_code, answer.json()["code"]) == (404, "permit_not_found")


async def test_the_books_balance_and_are_the_bureaus(town: Town) -> None:
    holder, clerk = await town.holder(), await town.staff("clerk")
    await granted(town, holder, "4")
    books = (await clerk.get(BALANCES, year=2026)).json()["pollutants"]
    assert {each["pollutant"] for each in books} >= {"cod", "nitrogen_oxides"}
    assert all(each["balanced"] for each in books)
    (nox,) = [each for each in books if each["pollutant"] == "nitrogen_oxides"]
    parts = (Decimal(nox[name]) for name in ("pool_t", "permits_t", "retired_t"))
    assert Decimal(nox["granted_t"]) == sum(parts)
    direct = await town.direct("permits", holder.token)
    assert (await holder.get(BALANCES)).status_code == 403
    assert (await direct.get(BALANCES)).json()["code"] == "of_the_city_only"


async def test_a_move_is_told_to_its_enterprise(town: Town) -> None:
    holder = await town.holder()
    made = await granted(town, holder, "6.25")
    told = (await holder.get("/v1/permits/events", type="permits.quota_moved.v1", wait=10)).json()
    assert [(each["data"]["entry_id"], each["data"]["change_t"]) for each in told] == [(made["id"], "6.25")]


@pytest.mark.parametrize("statement", ["UPDATE quota_entry SET tonnes = 1", "DELETE FROM quota_entry"])
async def test_the_database_refuses_to_change_an_entry(town: Town, statement: str) -> None:
    await granted(town, await town.holder(), "1")
    database = Database(town.stack.databases["permits"], pool_size=1)
    try:
        with pytest.raises(DBAPIError):
            async with database.engine.begin() as connection:
                await connection.exec_driver_sql(statement)
    finally:
        await database.close()


async def test_an_account_that_is_opened_later_is_none_yet(town: Town) -> None:
    holder = await town.holder()
    number = holder.permit["permit_number"]
    await granted(town, holder, "7", pollutant="cod", from_year=2027)
    before = (await holder.get(f"/v1/permits/totals/positions/{number}", year=2026)).json()["pollutants"]
    assert [each for each in before if each["pollutant"] == "cod"] == []
    assert (await position_of(holder, number, "cod", year=2027))["quota_t"] == "7"
