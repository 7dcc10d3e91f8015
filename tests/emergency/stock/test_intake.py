"""Goods come into a depot: lots are made or found, and everything wrong is said at once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from services.kit import clock
from tests.support.emergency import Response, item_content, lot_line


def intake_of(team: Response, *lines: dict[str, Any]) -> dict[str, Any]:
    return {"depot_code": team.depot["code"], "supplier": "示例物资公司", "lines": list(lines)}


async def test_an_intake_is_kept_as_it_was_stated(team: Response) -> None:
    item = await team.new_item()
    line = lot_line(item["code"], "10")
    answer = await team.store.post("/v1/emergency/stock/intakes", intake_of(team, line))
    assert answer.status_code == 201
    read = await team.duty.get(answer.headers["location"])
    assert read.json() == answer.json()
    assert read.json()["lines"] == [line]


async def test_more_of_a_known_lot_adds_to_it(team: Response) -> None:
    line = await team.stocked("10")
    await team.take_in({**line, "quantity": "5"})
    assert await team.balances(line) == {team.depot["code"]: ("15", "0", "15")}


async def test_one_lot_may_lie_in_two_depots(team: Response) -> None:
    line = await team.stocked("10")
    other = await team.new_depot()
    await team.take_in({**line, "quantity": "3"}, depot_code=other["code"])
    assert await team.balances(line) == {
        team.depot["code"]: ("10", "0", "10"),
        other["code"]: ("3", "0", "3"),
    }


async def test_a_known_lot_with_another_expiry_date_is_refused(team: Response) -> None:
    line = await team.stocked("10", expires_in=100)
    later = (clock.today() + timedelta(days=400)).isoformat()
    answer = await team.store.post(
        "/v1/emergency/stock/intakes", intake_of(team, {**line, "expires_on": later})
    )
    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == ["lot_differs"]


async def test_two_intakes_of_one_new_lot_at_once_make_one_lot(team: Response) -> None:
    item = await team.new_item()
    line = lot_line(item["code"], "10")
    await asyncio.gather(*(team.take_in(line) for _ in range(8)))
    assert await team.balances(line) == {team.depot["code"]: ("80", "0", "80")}


async def test_of_two_intakes_at_once_that_date_one_new_lot_differently_one_is_refused(
    team: Response,
) -> None:
    item = await team.new_item()
    one = lot_line(item["code"], "10", expires_in=100)
    other = {**one, "expires_on": (clock.today() + timedelta(days=200)).isoformat()}
    path = "/v1/emergency/stock/intakes"
    answers = await asyncio.gather(*(team.store.post(path, intake_of(team, line)) for line in (one, other)))
    assert sorted(answer.status_code for answer in answers) == [201, 422]


async def test_everything_wrong_with_an_intake_is_said_at_once(team: Response) -> None:
    item = await team.new_item()
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    good = lot_line(item["code"], "10")
    wrong = [
        lot_line("NO-SUCH", "1"),
        lot_line(item["code"], "0.5"),
        lot_line(item["code"], "1", expires_in=None),
        lot_line(item["code"], "1", manufactured_on=tomorrow),
        lot_line(item["code"], "1", expires_in=-800),
        lot_line(item["code"], "1e9"),
        good,
        good,
    ]
    content = {**intake_of(team, *wrong), "depot_code": "CK-NONE"}
    answer = await team.store.post("/v1/emergency/stock/intakes", content)
    assert answer.status_code == 422
    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/depot_code", "depot_unknown"),
        ("/lines/0/item_code", "item_unknown"),
        ("/lines/1/quantity", "quantity_places"),
        ("/lines/2/expires_on", "expiry_missing"),
        ("/lines/3/manufactured_on", "made_in_future"),
        ("/lines/4/expires_on", "dates_reversed"),
        ("/lines/4/expires_on", "lot_expired"),
        ("/lines/5/quantity", "decimal_string_expected"),
        ("/lines/7", "lot_repeated"),
    }


async def test_goods_that_do_not_perish_need_no_expiry_date(team: Response) -> None:
    line = await team.stocked("10", expires_in=None, perishable=False, name="沙袋", category="source_cutoff")
    assert await team.balances(line) == {team.depot["code"]: ("10", "0", "10")}


async def test_a_code_is_registered_once(team: Response) -> None:
    content = item_content()
    assert (await team.store.post("/v1/emergency/items", content)).status_code == 201
    again = await team.store.post("/v1/emergency/items", {**content, "name": "别的"})
    assert (again.status_code, again.json()["code"]) == (409, "item_exists")
    depot = {name: value for name, value in team.depot.items() if name not in ("id", "created_at")}
    again = await team.store.post("/v1/emergency/depots", depot)
    assert (again.status_code, again.json()["code"]) == (409, "depot_exists")
