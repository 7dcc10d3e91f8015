"""The neighbours' real feeds, read by credit's own consumers, for tests of candidates."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from sqlalchemy import text
from sqlmodel import col, select

from services.credit.candidates.intake import consumer
from services.credit.candidates.models import Candidate
from services.emergency.incidents.events import RESPONSIBILITY_RECORDED
from services.kit import event_catalogue, events
from services.kit.consumers import Consumer, apply_next, http_fetch, replay_from
from services.kit.database import Database
from services.kit.event_catalogue import EventType
from services.kit.schemas import Schema
from services.kit.texts import Text
from services.permits.exceedances.events import EXCEEDANCE_CONFIRMED
from services.permits.violations.events import ViolationFact
from services.waste.manifests.events import DISCREPANCY_FOUND
from tests.support.credit import Bureau, body


class OfNoInterest(Schema):
    """A payload that credit passes over."""

    uscc: str


TOLD = {
    "permits": EXCEEDANCE_CONFIRMED,
    "waste": DISCREPANCY_FOUND,
    "emergency": RESPONSIBILITY_RECORDED,
}
NOT_HEARD = {
    service: EventType(f"{service}.of_no_interest.v1", OfNoInterest, Text(zh="无关", en="Something else"))
    for service in TOLD
}
for (
    undeclared
) in NOT_HEARD.values():  # they are this test's alone: the services' catalogues know nothing of them
    del event_catalogue._DECLARED[undeclared.name]
MOMENT = "2026-05-04T10:00:00+08:00"


VIOLATION = "01976b7c-0000-7000-8000-000000000009"
DECIDED: dict[str, Any] = {
    "violation_id": VIOLATION,
    "kind": "numeric",
    "permit_number": "-",
    "obligation_id": None,
    "report_id": "01976b7c-0000-7000-8000-000000000002",
    "outlet_code": "DA001",
    "pollutant_code": "a21026",
    "scope": "outlet",
    "limit_kind": "hourly_concentration",
    "limit_value": "300",
    "value": "450",
    "multiple": "0.5",
    "period_start": "2026-01-01",
    "period_end": "2026-03-31",
    "due_on": None,
    "days_late": None,
    "severe": True,
    "chronic": False,
    "state": "dismissed",
    "resolution": "dismissed",
}
"""Of the confirmation that `payload` tells of."""


def payload(service: str, uscc: str) -> dict[str, Any]:
    """A neighbour's fact, as its contract says."""
    return {
        "permits": {
            "confirmation_id": "01976b7c-0000-7000-8000-000000000001",
            "report_id": "01976b7c-0000-7000-8000-000000000002",
            "version": 1,
            "permit_number": f"{uscc}001P",
            "uscc": uscc,
            "period_start": "2026-01-01",
            "period_end": "2026-03-31",
            "outlet_code": "DA001",
            "pollutant_code": "a21026",
            "kind": "hourly_concentration",
            "limit": "300",
            "value": "450",
            "multiple": "0.5",
            "confirmed_by": "inspector",
            "confirmed_at": MOMENT,
            "article": "排污许可管理条例 第三十四条",
            "scope": "outlet",
            "day": None,
            "ground": None,
            "alert_level": None,
        },
        "waste": {
            "manifest_id": "01976b7c-0000-7000-8000-000000000003",
            "manifest_number": "20261525010000001",
            "uscc": uscc,
            "receiver_uscc": uscc,
            "carrier_uscc": uscc,
            "found_at": MOMENT,
            "article": "危险废物转移管理办法 第十八条",
            "lines": [],
        },
        "emergency": {
            "incident_id": "01976b7c-0000-7000-8000-000000000004",
            "incident_number": "E-1",
            "uscc": uscc,
            "happened_at": MOMENT,
            "recorded_at": MOMENT,
            "kind": "spill",
            "grade": "general",
            "basis": "调查报告",
        },
    }[service]


class Feeds:
    """The three real feeds, read by credit's own consumers into credit's real database."""

    def __init__(self, bureau: Bureau, ledger: Database, http: httpx.AsyncClient) -> None:
        self._bureau, self._ledger, self._http = bureau, ledger, http

    async def tell(self, service: str, uscc: str, **changes: Any) -> None:
        """The neighbour's database gets the event, in a transaction of its own."""
        database = Database(self._bureau.town.stack.databases[service], pool_size=1)
        async with database.transaction() as session:
            kind, other = TOLD[service], NOT_HEARD[service]
            fact = kind.payload.model_validate({**payload(service, uscc), **changes})
            events.emit(session, kind=kind, subject=f"/v1/{service}/evidence/{uscc}", owner=uscc, fact=fact)
            events.emit(session, kind=other, subject="/", owner=uscc, fact=OfNoInterest(uscc=uscc))
        await database.close()

    async def decide(self, event: EventType, uscc: str, **changes: Any) -> None:
        """Permits dismisses the violation behind the confirmation, or finds it again."""
        database = Database(self._bureau.town.stack.databases["permits"], pool_size=1)
        async with database.transaction() as session:
            fact = ViolationFact.model_validate({**DECIDED, "uscc": uscc, **changes})
            events.emit(
                session, kind=event, subject=f"/v1/permits/violations/{VIOLATION}", owner=uscc, fact=fact
            )
        await database.close()

    def consumer(self, service: str) -> Consumer:
        async def token() -> str:
            return self._bureau.clerk.token

        url = f"{self._bureau.town.stack.urls[service]}/v1/{service}/events"
        return consumer(service, http_fetch(self._http, url, token=token))

    async def hear(self, service: str) -> None:
        """Reads the feed to its end, everything that was told included."""
        database = Database(self._bureau.town.stack.databases[service], pool_size=1)
        async with database.engine.connect() as connection:
            unnumbered = text("SELECT count(*) FROM event_log WHERE position IS NULL")
            while await connection.scalar(unnumbered):
                await asyncio.sleep(0.02)
        await database.close()
        while await apply_next(self._ledger, self.consumer(service)):
            pass

    async def replay(self, service: str) -> None:
        async with self._ledger.transaction() as session:
            await replay_from(session, f"credit.{service}")
        await self.hear(service)

    async def candidates(self) -> list[dict[str, Any]]:
        async with self._ledger.transaction() as session:
            found = await session.exec(select(Candidate).order_by(col(Candidate.id)))
            return [candidate.model_dump() for candidate in found]


async def of(bureau: Bureau, uscc: str) -> list[dict[str, Any]]:
    return body(await bureau.clerk.get("/v1/credit/candidates", uscc=uscc))["items"]
