"""Depots, goods and incidents for tests: each test makes its own, so tests never see each other's stock."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from services.kit import clock
from tests.support.town import Caller, Town

_serials = itertools.count(1)


@dataclass
class Response:
    """A storekeeper, a duty officer, and what they have made."""

    town: Town
    store: Caller
    duty: Caller
    depot: dict[str, Any] = field(default_factory=dict)

    async def new_depot(self, **changes: Any) -> dict[str, Any]:
        content = depot_content(self.town.new_uscc(), **changes)
        return created(await self.store.post("/v1/emergency/depots", content))

    async def new_item(self, **changes: Any) -> dict[str, Any]:
        return created(await self.store.post("/v1/emergency/items", item_content(**changes)))

    async def stocked(self, quantity: str, *, expires_in: int | None = 365, **changes: Any) -> dict[str, Any]:
        """A line of an intake that was booked: goods of a new item and lot in this test's depot."""
        item = await self.new_item(**changes)
        line = lot_line(item["code"], quantity, expires_in=expires_in)
        await self.take_in(line)
        return line

    async def take_in(self, *lines: dict[str, Any], depot_code: str | None = None) -> dict[str, Any]:
        content = {
            "depot_code": depot_code or self.depot["code"],
            "supplier": "示例物资公司",
            "lines": list(lines),
        }
        return created(await self.store.post("/v1/emergency/stock/intakes", content))

    async def new_incident(self, **changes: Any) -> dict[str, Any]:
        return created(await self.duty.post("/v1/emergency/incidents", incident_content(**changes)))

    async def reserve(
        self, incident: dict[str, Any], *lines: dict[str, Any], key: str | None = None, **more: Any
    ) -> httpx.Response:
        content = {"incident_id": incident["id"], "lines": list(lines), **more}
        return await self.duty.post("/v1/emergency/reservations", content, key=key)

    async def dispatched(self, reservation: dict[str, Any], **more: Any) -> dict[str, Any]:
        return created(await self.dispatch(reservation, **more))

    async def dispatch(self, reservation: dict[str, Any], **more: Any) -> httpx.Response:
        content = {"reservation_id": reservation["id"], "depot_code": self.depot["code"], **more}
        return await self.duty.post("/v1/emergency/dispatches", content)

    async def on_site(self, incident: dict[str, Any], line: dict[str, Any], quantity: str) -> dict[str, Any]:
        """Goods brought to the incident: reserved, dispatched, arrived. The dispatch."""
        reservation = created(await self.reserve(incident, ask(line, quantity)))
        dispatch = await self.dispatched(reservation)
        lines = [{"position": each["position"], "received": each["quantity"]} for each in dispatch["lines"]]
        created(await self.arrive(dispatch, *lines))
        return dispatch

    async def arrive(self, dispatch: dict[str, Any], *lines: dict[str, Any]) -> httpx.Response:
        path = f"/v1/emergency/dispatches/{dispatch['id']}/arrivals"
        return await self.duty.post(path, {"lines": list(lines)})

    async def give_back(
        self, incident: dict[str, Any], line: dict[str, Any], quantity: str
    ) -> httpx.Response:
        content = {
            "incident_id": incident["id"],
            "depot_code": self.depot["code"],
            "condition": "clean",
            "lines": [named(line, quantity)],
        }
        return await self.store.post("/v1/emergency/returns", content)

    async def use(self, incident: dict[str, Any], *lines: dict[str, Any]) -> httpx.Response:
        return await self.duty.post(
            "/v1/emergency/uses", {"incident_id": incident["id"], "lines": list(lines)}
        )

    async def balances(self, line: dict[str, Any]) -> dict[str, tuple[str, str, str]]:
        """On hand, reserved and available of an item, by where it is."""
        answer = await self.duty.get("/v1/emergency/stock/balances", item_code=line["item_code"])
        assert answer.status_code == 200, answer.text
        return {
            each["location"]: (each["on_hand"], each["reserved"], each["available"])
            for each in answer.json()["items"]
        }

    async def proof(self) -> dict[str, Any]:
        answer = await self.duty.get("/v1/emergency/stock/check")
        assert answer.status_code == 200, answer.text
        return answer.json()


async def response_team(town: Town) -> Response:
    """A storekeeper and a duty officer with a new depot."""
    made = Response(town, await town.staff("storekeeper"), await town.staff("duty_officer"))
    made.depot = await made.new_depot()
    return made


def created(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def depot_content(uscc: str, **changes: Any) -> dict[str, Any]:
    content = {
        "code": f"CK-{next(_serials):04}",
        "name": "测试储备库",
        "kind": "government",
        "keeper_uscc": uscc,
        "region_code": "152501",
        "address": "示例路1号",
        "longitude": "111.9772",
        "latitude": "43.6526",
        "contact": "张某某",
        "phone": "13800000000",
    }
    return {**content, **changes}


def item_content(**changes: Any) -> dict[str, Any]:
    content = {
        "code": f"WZ-{next(_serials):04}",
        "name": "防毒面具",
        "category": "safety_protection",
        "unit": "piece",
        "perishable": True,
    }
    return {**content, **changes}


def lot_line(
    item_code: str, quantity: str, *, expires_in: int | None = 365, **changes: Any
) -> dict[str, Any]:
    """A line of an intake; `expires_in` days from today."""
    today = clock.today()
    line = {
        "item_code": item_code,
        "lot_number": f"P{next(_serials):05}",
        "manufactured_on": (today - timedelta(days=700)).isoformat(),
        "expires_on": None if expires_in is None else (today + timedelta(days=expires_in)).isoformat(),
        "quantity": quantity,
    }
    return {**line, **changes}


def incident_content(**changes: Any) -> dict[str, Any]:
    moment = clock.now() - timedelta(hours=1)
    content = {
        "kind": "transport",
        "happened_at": moment.isoformat(),
        "known_at": (moment + timedelta(minutes=20)).isoformat(),
        "region_code": "152501",
        "address": "208国道示例段",
        "longitude": "112.0101",
        "latitude": "43.6001",
        "description": "罐车侧翻，柴油泄漏（演示数据）",
    }
    return {**content, **changes}


def ask(line: dict[str, Any], quantity: str, **changes: Any) -> dict[str, Any]:
    """A line of a request for the item of a stocked line."""
    return {"item_code": line["item_code"], "quantity": quantity, **changes}


def named(line: dict[str, Any], quantity: str, **changes: Any) -> dict[str, Any]:
    """A line that names the lot of a stocked line."""
    return {"item_code": line["item_code"], "lot_number": line["lot_number"], "quantity": quantity, **changes}
