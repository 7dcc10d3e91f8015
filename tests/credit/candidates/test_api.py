"""Candidates: what the neighbours' real feeds say arrives once, and a clerk decides on it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from services.credit.candidates.intake import HEARD
from services.kit.database import Database
from services.kit.tables import ParkedEventRow
from tests.credit.candidates.feeds import Feeds, of, payload
from tests.support.credit import Bureau, body, violation


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
