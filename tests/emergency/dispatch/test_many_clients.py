"""Twenty officers at four incidents take from the same few lots at once, all day: the sums come out exactly."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from services.kit.identifiers.make import make_uscc
from services.kit.pytest_plugin import MakeDatabase
from tests.support.emergency import created, depot_content, incident_content, item_content, lot_line
from tests.support.emergency_desk import Desk

pytestmark = pytest.mark.hunt

CLIENTS, ROUNDS, STOCK = 20, 4, 30


@pytest.fixture
async def desk(make_database: MakeDatabase) -> AsyncIterator[Desk]:
    made = Desk(await asyncio.to_thread(make_database, "services.emergency"))
    yield made
    await made.close()


class Day:
    """One day: two depots, two items with two lots each, four incidents; every answer counted."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.answers: Counter[tuple[str, int]] = Counter()

    async def begin(self) -> None:
        uscc = make_uscc(region="152501", serial=990_002)
        self.depots = [await self._make("depots", depot_content(uscc)) for _ in range(2)]
        self.items = [await self._make("items", item_content()) for _ in range(2)]
        self.incidents = [await self._make("incidents", incident_content()) for _ in range(4)]
        lots = [
            lot_line(item["code"], str(STOCK), expires_in=days) for item in self.items for days in (9, 90)
        ]
        for depot in self.depots:
            content = {"depot_code": depot["code"], "supplier": "示例物资公司", "lines": lots}
            await self._make("stock/intakes", content)

    async def _make(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return created(await self.desk.post(path, body))

    async def send(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        answer = await self.desk.post(path, body)
        self.answers[path.split("/")[0], answer.status_code] += 1
        return answer.json() if answer.status_code == 201 else None

    async def officer(self, number: int) -> None:
        """Asks for both items in its own order, sends them, uses half and brings half back."""
        chance = random.Random(number)
        for _ in range(ROUNDS):
            incident = chance.choice(self.incidents)
            codes = chance.sample([item["code"] for item in self.items], 2)
            lines = [{"item_code": code, "quantity": str(chance.randint(1, 6))} for code in codes]
            held = await self.send("reservations", {"incident_id": incident["id"], "lines": lines})
            if held is None:
                continue
            if chance.random() < 0.2:
                await self.send(f"reservations/{held['id']}/cancellation", {"reason": "不再需要"})
                continue
            for depot_code in sorted({line["depot_code"] for line in held["lines"]}):
                await self.deliver(held, depot_code)

    async def deliver(self, held: dict[str, Any], depot_code: str) -> None:
        sent = await self.send("dispatches", {"reservation_id": held["id"], "depot_code": depot_code})
        assert sent is not None
        stated = [{"position": line["position"], "received": line["quantity"]} for line in sent["lines"]]
        assert await self.send(f"dispatches/{sent['id']}/arrivals", {"lines": stated}) is not None
        named = [
            {name: line[name] for name in ("item_code", "lot_number", "quantity")} for line in sent["lines"]
        ]
        for index, line in enumerate(named):
            body: dict[str, Any] = {"incident_id": sent["incident_id"], "lines": [line]}
            if index % 2:
                assert await self.send("uses", body) is not None
            else:
                back = {**body, "depot_code": depot_code, "condition": "clean"}
                assert await self.send("returns", back) is not None


async def test_twenty_officers_at_four_incidents_lose_and_double_nothing(desk: Desk) -> None:
    day = Day(desk)
    await day.begin()
    work = asyncio.gather(*(day.officer(number) for number in range(CLIENTS)))
    while not work.done():
        await desk.check()
        await asyncio.sleep(0.05)
    await work
    await desk.check()
    assert day.answers["reservations", 201] + day.answers["reservations", 409] >= CLIENTS * ROUNDS
    async with desk.database.engine.connect() as connection:
        rows = (
            await connection.exec_driver_sql(
                "SELECT kind, sum(on_hand), sum(reserved) FROM balance JOIN location ON id = location_id GROUP BY kind"
            )
        ).all()
    held = {kind: (on_hand, reserved) for kind, on_hand, reserved in rows}
    assert sum(on_hand for on_hand, _ in held.values()) == Decimal(STOCK * 8)
    assert held["transit"] == held["incident"] == (0, 0)
    assert held["depot"][1] == 0
    assert held.get("consumed", (0, 0))[0] == STOCK * 8 - held["depot"][0]
