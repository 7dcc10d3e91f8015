"""Depots, items and what came into stock in the sample city's two years."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from infra.sample.emergency_items import CITY, ITEMS, STATION, WORKS, SampleItem
from infra.sample.people import staff
from infra.sample.times import at_hour
from infra.sample.types import SampleCity
from services.emergency.depots import service as depots
from services.emergency.depots.schemas import DepotCreate
from services.emergency.items import service as items
from services.emergency.items.schemas import ItemCreate
from services.emergency.stock import intake
from services.emergency.stock.schemas import IntakeCreate
from services.kit.identifiers.make import make_uscc

Deed = tuple[datetime, Callable[[], Awaitable[object]]]
REGION = "152501"


class EmergencyRegister:
    """Registers depots and items, and says when which goods came in."""

    def __init__(self, session: AsyncSession, city: SampleCity, *, accounts: Mapping[str, uuid.UUID]) -> None:
        self._session, self._city = session, city
        self.store = staff(accounts, "store01", role="storekeeper")
        self.duty = staff(accounts, "duty01", role="duty_officer")
        self.usccs = {enterprise.login: enterprise.uscc for enterprise in city.enterprises}

    async def begin(self) -> None:
        """The depots and the list of items."""
        for depot in self._depots():
            await depots.register(self._session, self.store, depot)
        for item in ITEMS:
            await items.register(self._session, self.store, _content_of(item))

    def moment(self, days_ago: int) -> datetime:
        """Nine o'clock of that day."""
        return at_hour(self._city.as_of - timedelta(days=days_ago), 9)

    def _depots(self) -> list[DepotCreate]:
        """The bureau's own, one kept by the sewage works, one agreed with a meat plant."""
        places = (
            (
                CITY,
                "市环境应急物资储备库",
                "government",
                make_uscc(department="1", kind="1", region=REGION, serial=901),
            ),
            (WORKS, "污水处理厂代储点", "entrusted", self.usccs["sewage01"]),
            (STATION, "加工园区协议储备点", "agreement", self.usccs["meat01"]),
        )
        where = (("111.970000", "43.650000"), ("111.990000", "43.596000"), ("112.024000", "43.612000"))
        return [
            DepotCreate.model_validate(
                {
                    "code": code,
                    "name": name,
                    "kind": kind,
                    "keeper_uscc": uscc,
                    "region_code": REGION,
                    "address": f"二连浩特市{name}",
                    "longitude": longitude,
                    "latitude": latitude,
                    "contact": "卞秋实",
                    "phone": "13800000000",
                }
            )
            for (code, name, kind, uscc), (longitude, latitude) in zip(places, where, strict=True)
        ]

    def intakes(self) -> list[Deed]:
        """One for each depot and day on which goods came."""
        lines: dict[tuple[str, int], list[dict[str, Any]]] = {}
        for item in ITEMS:
            for depot_code, lots in item.stock.items():
                for quantity, days_ago in lots:
                    line = self._lot(item, quantity, days_ago)
                    lines.setdefault((depot_code, days_ago), []).append(line)
        return [
            (self.moment(days_ago), self._taken_in(depot_code, of_day))
            for (depot_code, days_ago), of_day in lines.items()
        ]

    def _lot(self, item: SampleItem, quantity: str, days_ago: int) -> dict[str, Any]:
        made = self._city.as_of - timedelta(days=days_ago + 30)
        return {
            "item_code": item.code,
            "lot_number": f"P{made:%Y%m%d}",
            "manufactured_on": made,
            "expires_on": made + timedelta(days=item.life) if item.life else None,
            "quantity": Decimal(quantity),
        }

    def _taken_in(self, depot_code: str, lines: list[dict[str, Any]]) -> Callable[[], Awaitable[object]]:
        content = {"depot_code": depot_code, "supplier": "示例应急物资有限公司", "lines": lines}

        async def take_in() -> object:
            return await intake.take_in(self._session, self.store, IntakeCreate.model_validate(content))

        return take_in


def _content_of(item: SampleItem) -> ItemCreate:
    return ItemCreate.model_validate(
        {
            "code": item.code,
            "name": item.name,
            "category": item.category,
            "unit": item.unit,
            "perishable": item.life is not None,
        }
    )
