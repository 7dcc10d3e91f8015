"""What permits dismisses after it was confirmed is no evidence any more (谁认定谁负责)."""

from __future__ import annotations

from typing import Any

import pytest

from services.kit.event_catalogue import EventType
from services.permits.violations.events import VIOLATION_DISMISSED, VIOLATION_REOPENED
from tests.credit.candidates.feeds import VIOLATION, Feeds, of
from tests.support.credit import Bureau, body, violation


class TestContradiction:
    """What permits dismisses after it was confirmed is no evidence any more (谁认定谁负责)."""

    DISMISSED, REOPENED = VIOLATION_DISMISSED, VIOLATION_REOPENED

    async def follow(
        self, bureau: Bureau, feeds: Feeds, uscc: str, *kinds: EventType, **changes: Any
    ) -> list[dict[str, Any]]:
        """The candidates of an enterprise after permits has decided so on its violation."""
        for kind in kinds:
            await feeds.decide(kind, uscc, **changes)
        await feeds.hear("permits")
        return await of(bureau, uscc)

    async def test_a_dismissed_violation_contradicts_its_candidate_and_gives_no_record(
        self, bureau: Bureau, feeds: Feeds
    ) -> None:
        uscc = bureau.new_uscc()
        await feeds.tell("permits", uscc)
        await feeds.tell("permits", uscc, pollutant_code="a21002")
        (other, candidate) = await self.follow(bureau, feeds, uscc, self.DISMISSED, pollutant_code="a21002")
        assert candidate["contradicted_by"] == f"/v1/permits/violations/{VIOLATION}"
        assert candidate["contradicted_at"] is not None
        assert (other["contradicted_by"], other["contradicted_at"]) == (None, None)
        content = violation(bureau.town, uscc)
        del content["uscc"]
        path = f"/v1/credit/candidates/{candidate['id']}"
        refused = await bureau.clerk.post(f"{path}/record", content)
        assert (refused.status_code, refused.json()["code"]) == (409, "candidate_contradicted")
        assert refused.json()["contradicted_by"] == candidate["contradicted_by"]
        listed = body(await bureau.clerk.get("/v1/credit/candidates", uscc=uscc, contradicted="true"))
        assert [each["id"] for each in listed["items"]] == [candidate["id"]]
        listed = body(await bureau.clerk.get("/v1/credit/candidates", uscc=uscc, contradicted="false"))
        assert [each["id"] for each in listed["items"]] == [other["id"]]
        dismissed = await bureau.clerk.post(f"{path}/dismissal", {"reason": "许可部门已认定不成立"})
        assert body(dismissed, 201)["state"] == "dismissed"

    async def test_one_that_is_a_record_already_shows_it_too(self, bureau: Bureau, feeds: Feeds) -> None:
        uscc = bureau.new_uscc()
        await feeds.tell("permits", uscc)
        await feeds.hear("permits")
        (candidate,) = await of(bureau, uscc)
        content = violation(bureau.town, uscc)
        del content["uscc"]
        body(await bureau.clerk.post(f"/v1/credit/candidates/{candidate['id']}/record", content), 201)
        (candidate,) = await self.follow(bureau, feeds, uscc, self.DISMISSED)
        assert (candidate["state"], candidate["contradicted_by"] is None) == ("recorded", False)

    async def test_one_that_stands_again_is_upheld_and_a_replay_ends_with_the_same(
        self, bureau: Bureau, feeds: Feeds
    ) -> None:
        uscc = bureau.new_uscc()
        await feeds.tell("permits", uscc)
        (candidate,) = await self.follow(bureau, feeds, uscc, self.DISMISSED, self.REOPENED)
        assert (candidate["contradicted_by"], candidate["contradicted_at"]) == (None, None)
        (candidate,) = await self.follow(bureau, feeds, uscc, self.DISMISSED)
        assert candidate["contradicted_by"] is not None
        before = await feeds.candidates()
        await feeds.replay("permits")
        assert await feeds.candidates() == before

    @pytest.mark.parametrize(
        ("confirmed", "decided", "is_contradicted"),
        [
            (
                {"day": "2026-01-05", "outlet_code": ""},
                {
                    "kind": "special_period",
                    "outlet_code": None,
                    "scope": "plant",
                    "period_start": "2026-01-05",
                },
                True,
            ),
            (
                {"day": "2026-01-05"},
                {"kind": "special_period", "period_start": "2026-01-06"},
                False,
            ),
            ({"day": "2026-01-05"}, {}, False),
            (
                {"outlet_code": "", "scope": "plant", "kind": "annual_amount"},
                {"outlet_code": None, "scope": "plant", "limit_kind": "annual_amount"},
                True,
            ),
            (
                {"outlet_code": "", "scope": "plant", "kind": "annual_amount"},
                {"outlet_code": None, "scope": "main_outlets", "limit_kind": "annual_amount"},
                False,
            ),
            ({}, {"kind": "frequency", "report_id": None}, False),
        ],
        ids=["day", "another day", "no day", "total", "another total", "no figure"],
    )
    async def test_it_is_the_same_figure_of_the_same_report(
        self,
        bureau: Bureau,
        feeds: Feeds,
        confirmed: dict[str, Any],
        decided: dict[str, Any],
        is_contradicted: bool,
    ) -> None:
        uscc = bureau.new_uscc()
        await feeds.tell("permits", uscc, **confirmed)
        (candidate,) = await self.follow(bureau, feeds, uscc, self.DISMISSED, **decided)
        assert (candidate["contradicted_by"] is not None) == is_contradicted
