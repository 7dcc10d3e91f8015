"""The bureau's own periods under a travelling clock: reminded, overdue, listed, a refusal delivered late."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.kit import rounds
from services.kit.pytest_plugin import MakeDatabase
from services.kit.receipt_keys import ReceiptOffice
from services.kit.rounds import Round
from services.permits.applications import reminders
from services.permits.applications.lapsing import deemed_acceptances
from services.permits.applications.rules_notices import DecisionSchedule
from tests.permits.applications.desk import MET, PATH, applicant, ok, refused
from tests.support.town import Caller
from tests.support.years import years

pytestmark = pytest.mark.stack


async def told(caller: Caller, kind: str, count: int) -> list[dict[str, Any]]:
    """The facts of that kind, once there are so many: a round's are put in order a moment later."""
    for _ in range(300):
        found = await caller.get("/v1/permits/events", type=f"permits.application_{kind}.v1", limit=100)
        if len(found.json()) >= count:
            break
        await asyncio.sleep(0.1)
    return [each["data"] for each in found.json()]


async def test_a_decision_that_is_not_taken_is_reminded_of_told_and_listed_once_each(
    make_database: MakeDatabase,
) -> None:
    async with years(make_database, datetime(2025, 3, 3, 1, tzinfo=UTC)) as (own, journey):
        one = await applicant(own)
        application = await one.applied()
        clerk = await own.staff("clerk")
        kit = own.stack.apps["permits"].state.kit
        office = ReceiptOffice(keys=kit.receipt_keys, issuer=kit.shared.issuer)
        lapse, notices = deemed_acceptances(office), reminders.notices(DecisionSchedule())

        async def on(day: date, *work: Round) -> None:
            journey.to_day(day)
            await own.sign_in_anew(
                one.caller, *[await own.staff(role) for role in ("clerk", "reviewer", "approver")]
            )
            for each in work * 2:
                assert await rounds.make(kit.database, each)
                assert each.progress.failed == 0

        await on(date(2025, 3, 5), lapse, notices)
        (soon,) = await told(clerk, "due_soon", 1)
        assert (soon["clock"], soon["step"], soon["deadline"]) == ("completeness", "ahead_1", "2025-03-06")

        await on(date(2025, 3, 7), notices, lapse, notices)
        (missed,) = await told(one.caller, "overdue", 1)
        assert (missed["clock"], missed["days_late"]) == ("completeness", 1)
        assert missed["basis"] == "排污许可管理条例 第九条第（四）项"
        assert (await clerk.get(f"{PATH}/overdue")).json()["items"] == []

        await on(date(2025, 3, 25), notices)
        assert [each["step"] for each in await told(clerk, "due_soon", 2)] == ["ahead_1", "ahead_5"]
        experts = {"ground": "expert_review", "reason": "专家评审", "expected_until": "2025-03-28"}
        ok(await one.step("reviewer", application, "pause", experts))
        await on(date(2025, 3, 28), notices)
        ok(await one.step("reviewer", application, "resumption", {"result": "可行"}))
        assert len(await told(clerk, "due_soon", 2)) == 2
        deadline = (await one.read(application))["deadline"]
        assert deadline == "2025-04-03"

        await on(date(2025, 4, 8), notices)
        (late,) = [each for each in await told(one.caller, "overdue", 2) if each["clock"] == "decision"]
        assert (late["deadline"], late["days_late"]) == (deadline, 2)
        (listed,) = (await clerk.get(f"{PATH}/overdue")).json()["items"]
        assert (listed["id"], listed["clock_kind"]) == (application["id"], "decision")
        for day, expected in (("2025-04-03", []), ("2025-04-04", [application["id"]])):
            due = (await clerk.get(PATH, due_before=day, state=listed["state"])).json()["items"]
            assert [(each["id"], each["deadline"]) for each in due] == [
                (each_id, deadline) for each_id in expected
            ]
        assert (listed["days_late"], listed["days_left"]) == (2, -2)
        assert (await one.caller.get(f"{PATH}/overdue")).status_code == 403

        ok(await one.step("reviewer", application, "findings", MET))
        refuse = {"proposal": "refuse", "comment": "不符合总量控制要求"}
        ok(await one.step("reviewer", application, "review", refuse))
        refusal = {"outcome": "refuse", "reason": "不符合总量控制要求"}
        decided = ok(await one.step("approver", application, "decision", refusal))
        assert (decided["state"], decided["clock"]["kind"]) == ("refused", "delivery")
        sealed = decided["history"][-1]["document"]
        assert (sealed["reason"], sealed["article"]) == ("不符合总量控制要求", "排污许可管理条例 第十二条")
        assert "行政复议" in sealed["remedy_zh"]
        assert "第三十八条" in sealed["remedy_basis"]
        assert (await clerk.get(f"{PATH}/overdue")).json()["items"] == []

        await on(date(2025, 4, 25), notices)
        (listed,) = (await clerk.get(f"{PATH}/overdue")).json()["items"]
        assert (listed["state"], listed["clock_kind"], listed["days_late"]) == ("refused", "delivery", 3)

        early = {"method": "post", "received_by": "张某某", "received_on": "2025-04-07"}
        found = refused(await one.step("clerk", application, "delivery", early), 422, "application_invalid")
        assert [each["code"] for each in found["errors"]] == ["received_outside"]
        delivery = {**early, "received_on": "2025-04-24"}
        delivered = ok(await one.step("clerk", application, "delivery", delivery))
        assert (delivered["state"], delivered["clock"]) == ("refusal_delivered", None)
        seen = await one.read(application)
        detail = seen["history"][-1]["detail"]
        assert (detail["reconsideration_until"], detail["litigation_until"]) == ("2025-06-23", "2025-10-24")
        again = await one.step("clerk", application, "delivery", delivery)
        refused(again, 409, "application_step_not_open")
        (fact,) = await told(one.caller, "refusal_delivered", 1)
        assert (fact["method"], fact["reconsideration_until"]) == ("post", "2025-06-23")
        public = (await own.public.get("/v1/permits/disclosure/applications")).json()["items"]
        assert [each["state"] for each in public] == ["refusal_delivered"]
        await one.applied()  # the site may apply anew
