"""Fuel facts through the gateway: recorded once, corrected by versions, nobody else's."""

from __future__ import annotations

import asyncio

from tests.support.fuels import FACTS, correction, fact, recorded
from tests.support.town import Town


async def test_a_fact_is_recorded_corrected_and_keeps_its_versions(town: Town) -> None:
    holder = await town.holder()
    made = await recorded(holder)
    assert (made["version"], made["newest"]["unit"], made["uscc"]) == (1, "t", holder.uscc)
    path = f"{FACTS}/{made['id']}"
    answer = await holder.post(f"{path}/versions", correction("1187"))
    assert (answer.status_code, answer.json()["version"]) == (201, 2)
    late = await holder.post(f"{path}/versions", correction("1", version=1))
    assert (late.status_code, late.json()["code"]) == (409, "fuel_fact_superseded")
    history = (await holder.get(path)).json()
    assert [each["quantity"] for each in history["versions"]] == ["1200.5", "1187"]
    listed = (await holder.get(FACTS, fuel="bituminous_coal")).json()["items"]
    assert [each["newest"]["quantity"] for each in listed] == ["1187"]


async def test_the_same_coal_is_recorded_once_however_many_come_at_once(town: Town) -> None:
    holder = await town.holder()
    answers = await asyncio.gather(*(holder.post(FACTS, fact(holder)) for _ in range(3)))
    assert sorted(each.status_code for each in answers) == [201, 422, 422]
    assert answers[[each.status_code for each in answers].index(422)].json()["errors"][0]["code"] == (
        "fuel_stated_twice"
    )
    half = fact(holder, outlet_code="DA001", period_start="2025-03-01", period_end="2025-03-31")
    assert (await holder.post(FACTS, half)).json()["errors"][0]["code"] == "fuel_stated_twice"
    assert (await holder.post(FACTS, {**half, "fuel": "diesel"})).status_code == 201


async def test_everything_wrong_with_a_fact_is_said_at_once(town: Town) -> None:
    holder = await town.holder()
    wrong = fact(holder, fuel="natural_gas", outlet_code="DA009", period_end="2099-01-31")
    answer = await holder.post(FACTS, wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "fuel_fact_invalid")
    assert {(each["pointer"], each["code"]) for each in answer.json()["errors"]} == {
        ("/period_end", "period_of_two_years"),
        ("/period_end", "period_not_over"),
        ("/sulphur_percent", "sulphur_superfluous"),
        ("/outlet_code", "outlet_not_permitted"),
    }


async def test_another_enterprise_neither_sees_nor_corrects_a_fact(town: Town) -> None:
    holder, other = await town.holder(), await town.holder()
    made = await recorded(holder)
    path = f"{FACTS}/{made['id']}"
    for answer in (await other.get(path), await other.post(f"{path}/versions", correction("1"))):
        assert (answer.status_code, answer.json()["code"]) == (404, "fuel_fact_not_found")
    answer = await other.post(FACTS, fact(holder))
    assert (answer.status_code, answer.json()["code"]) == (404, "permit_not_found")
    assert (await other.get(FACTS, uscc=holder.uscc)).json()["items"] == []
    assert (await (await town.staff("clerk")).post(FACTS, fact(holder))).status_code == 403


async def test_the_fuels_that_are_known_are_public(town: Town) -> None:
    items = (await town.public.get("/v1/permits/fuels/kinds")).json()["items"]
    assert {"natural_gas": "10^4 m3", "electricity_bought": "MWh"}.items() <= {
        each["name"]: each["unit"] for each in items
    }.items()


async def test_what_is_wrong_in_shape_and_by_rule_is_said_together(town: Town) -> None:
    holder = await town.holder()
    wrong = fact(holder, quantity=5, period_start="2025-05-01")
    answer = await holder.post(FACTS, wrong)
    assert {(each["pointer"], each["code"]) for each in answer.json()["errors"]} == {
        ("/quantity", "decimal_string_expected"),
        ("/period_end", "validity_reversed"),
    }
