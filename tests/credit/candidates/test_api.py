"""Candidates: what the neighbours' real feeds say arrives once, and a clerk decides on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import col, select

from services.credit.candidates.intake import HEARD, consumer
from services.credit.candidates.models import Candidate
from services.emergency.incidents.events import RESPONSIBILITY_RECORDED
from services.kit import event_catalogue, events
from services.kit.consumers import Consumer, apply_next, http_fetch, replay_from
from services.kit.database import Database
from services.kit.event_catalogue import EventType
from services.kit.reading import PURPOSE_HEADER
from services.kit.schemas import Schema
from services.kit.tables import ParkedEventRow
from services.kit.texts import Text
from services.permits.exceedances.events import EXCEEDANCE_CONFIRMED
from services.waste.manifests.events import DISCREPANCY_FOUND
from tests.support.credit import Bureau, body, violation


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


@pytest.fixture
async def feeds(bureau: Bureau, ledger: Database) -> AsyncIterator[Feeds]:
    async with httpx.AsyncClient(
        trust_env=False, timeout=60, headers={PURPOSE_HEADER: "supervision"}
    ) as http:
        yield Feeds(bureau, ledger, http)


async def of(bureau: Bureau, uscc: str) -> list[dict[str, Any]]:
    return body(await bureau.clerk.get("/v1/credit/candidates", uscc=uscc))["items"]


class TestArrival:
    @pytest.mark.parametrize(
        ("service", "kind", "happened_on"),
        [
            ("permits", "violation", "2026-03-31"),
            ("waste", "violation", "2026-05-04"),
            ("emergency", "incident", "2026-05-04"),
        ],
    )
    async def test_a_neighbour_s_fact_arrives_with_its_evidence(
        self, bureau: Bureau, feeds: Feeds, service: str, kind: str, happened_on: str
    ) -> None:
        uscc = bureau.new_uscc()
        await feeds.tell(service, uscc)
        await feeds.hear(service)
        (candidate,) = await of(bureau, uscc)
        assert candidate["source"] == f"/v1/{service}"
        assert candidate["evidence"] == f"/v1/{service}/evidence/{uscc}"
        assert (candidate["suggested_kind"], candidate["happened_on"]) == (kind, happened_on)
        assert candidate["facts"] == payload(service, uscc)
        assert candidate["state"] == "open"

    async def test_replayed_from_zero_the_candidates_are_the_same(self, bureau: Bureau, feeds: Feeds) -> None:
        uscc = bureau.new_uscc()
        for service in HEARD:
            await feeds.tell(service, uscc)
            await feeds.hear(service)
        dismissed, recorded, _ = await of(bureau, uscc)
        reason = {"reason": "已由国家平台处理"}
        body(await bureau.clerk.post(f"/v1/credit/candidates/{dismissed['id']}/dismissal", reason), 201)
        content = violation(bureau.town, uscc)
        del content["uscc"]
        body(await bureau.clerk.post(f"/v1/credit/candidates/{recorded['id']}/record", content), 201)
        before = await feeds.candidates()
        for service in HEARD:
            await feeds.replay(service)
        assert await feeds.candidates() == before

    async def test_a_fact_about_nobody_is_parked_and_the_next_one_arrives(
        self, bureau: Bureau, feeds: Feeds, ledger: Database
    ) -> None:
        wrong, right = f"{bureau.new_uscc()[:-1]}?", bureau.new_uscc()
        await feeds.tell("permits", wrong)
        await feeds.tell("permits", right)
        await feeds.hear("permits")
        assert len(await of(bureau, right)) == 1
        async with ledger.transaction() as session:
            parked = (await session.exec(select(ParkedEventRow))).all()
        assert [row.event["data"]["uscc"] for row in parked] == [wrong]


class TestDecision:
    async def arrived(self, bureau: Bureau, feeds: Feeds) -> dict[str, Any]:
        uscc = bureau.new_uscc()
        await feeds.tell("permits", uscc)
        await feeds.hear("permits")
        return (await of(bureau, uscc))[0]

    async def test_a_clerk_makes_a_record_of_it_and_the_two_point_to_each_other(
        self, bureau: Bureau, feeds: Feeds
    ) -> None:
        candidate = await self.arrived(bureau, feeds)
        content = violation(bureau.town, candidate["uscc"])
        del content["uscc"]
        path = f"/v1/credit/candidates/{candidate['id']}"
        record = body(await bureau.clerk.post(f"{path}/record", content), 201)
        assert (record["candidate_id"], record["uscc"]) == (candidate["id"], candidate["uscc"])
        seen = body(await bureau.clerk.get(path))
        assert (seen["state"], seen["record"]) == ("recorded", f"/v1/credit/records/{record['id']}")
        assert body(await bureau.clerk.post(f"{path}/record", content), 409)["code"] == "candidate_decided"

    async def test_a_dismissal_needs_its_reason_and_is_final(self, bureau: Bureau, feeds: Feeds) -> None:
        candidate = await self.arrived(bureau, feeds)
        path = f"/v1/credit/candidates/{candidate['id']}/dismissal"
        assert (await bureau.clerk.post(path, {})).status_code == 422
        seen = body(await bureau.clerk.post(path, {"reason": "数据录入错误，已更正"}), 201)
        assert (seen["state"], seen["reason"]) == ("dismissed", "数据录入错误，已更正")
        assert body(await bureau.clerk.post(path, {"reason": "again"}), 409)["code"] == "candidate_decided"

    async def test_a_wrong_record_leaves_the_candidate_open(self, bureau: Bureau, feeds: Feeds) -> None:
        candidate = await self.arrived(bureau, feeds)
        content = violation(bureau.town, candidate["uscc"], clause=None)
        del content["uscc"]
        path = f"/v1/credit/candidates/{candidate['id']}"
        assert (
            body(await bureau.clerk.post(f"{path}/record", content), 422)["errors"][0]["code"]
            == "clause_required"
        )
        assert body(await bureau.clerk.get(path))["state"] == "open"

    async def test_the_bureau_sees_them_in_the_overview_and_the_enterprise_does_not(
        self, bureau: Bureau, feeds: Feeds
    ) -> None:
        candidate = await self.arrived(bureau, feeds)
        path = f"/v1/credit/enterprises/{candidate['uscc']}/overview"
        assert body(await bureau.approver.get(path))["open_candidates"] == 1
        accused = await bureau.town.caller(
            f"a.{candidate['uscc'].lower()}", roles=["enterprise"], usccs=[candidate["uscc"]]
        )
        assert (await accused.get(path)).status_code == 404
        assert (await accused.get("/v1/credit/candidates")).status_code == 403
