"""The clock of the city under the test's hand: what the law does when nobody does anything (条例 art. 9(4), 14)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.kit import rounds
from services.kit.pytest_plugin import MakeDatabase
from services.kit.receipt_keys import ReceiptOffice
from services.permits.applications.lapsing import deemed_acceptances
from tests.permits.applications.desk import MET, PATH, applicant, ok, proposal, refused
from tests.support.town import Town
from tests.support.years import years

pytestmark = pytest.mark.stack


async def test_an_application_nobody_looks_at_is_accepted_a_stopped_clock_stands_and_a_permit_is_renewed(
    town: Town, make_database: MakeDatabase
) -> None:
    neighbour = await town.staff("clerk")
    async with years(make_database, datetime(2025, 3, 3, 1, tzinfo=UTC)) as (own, journey):
        one = await applicant(own)
        application = await one.applied()
        beside = await one.applied(content=proposal(site_name="二号厂区"))
        assert (application["received_on"], application["deadline"]) == ("2025-03-03", "2025-03-06")

        async def on(day: date) -> None:
            journey.to_day(day)
            await signed_in()

        async def signed_in() -> None:
            everybody = [one.caller, *[await own.staff(role) for role in ("clerk", "reviewer", "approver")]]
            await own.sign_in_anew(*everybody)

        journey.to_day(date(2025, 3, 7))
        assert (await one.caller.get(PATH)).json()["code_hint"] == "token_expired"
        await signed_in()
        seen = await one.read(application)
        assert (seen["state"], seen["deemed_accepted"], seen["accepted_on"]) == (
            "accepted",
            True,
            "2025-03-03",
        )
        assert (seen["deadline"], seen["days_left"]) == ("2025-03-31", 16)
        public = (await own.public.get("/v1/permits/disclosure/applications")).json()["items"]
        assert [(each["id"], each["deemed_accepted"]) for each in public] == [
            (beside["id"], True),
            (application["id"], True),
        ]
        late = {"outcome": "notify", "items": ["太迟了"]}
        refused(await one.step("clerk", application, "completeness", late), 409, "application_step_not_open")
        assert len((await one.read(application))["history"]) == 1  # what is refused leaves nothing behind

        kit = own.stack.apps["permits"].state.kit
        work = deemed_acceptances(ReceiptOffice(keys=kit.receipt_keys, issuer=kit.shared.issuer))
        for _ in range(2):
            assert await rounds.make(kit.database, work)
        assert (work.progress.done, work.progress.failed) == (2, 0)
        for each in (application, beside):
            _, step = (await one.read(each))["history"]
            assert (step["step"], step["taken_by"]) == ("deem_accepted", "system")
            assert step["document"]["accepted_on"] == "2025-03-03"
            assert step["receipt"] is not None

        experts = {"ground": "expert_review", "reason": "专家评审", "expected_until": "2025-04-30"}
        paused = ok(await one.step("reviewer", application, "pause", experts))
        assert [each["step"] for each in paused["history"]] == ["submit", "deem_accepted", "pause"]
        await on(date(2025, 4, 28))
        standing = await one.read(application)
        assert (standing["days_left"], standing["deadline"]) == (16, "2025-05-23")
        resumed = ok(await one.step("reviewer", application, "resumption", {"result": "可行"}))
        assert (resumed["days_left"], resumed["deadline"]) == (16, "2025-05-23")

        ok(await one.step("reviewer", application, "findings", MET))
        ok(await one.step("reviewer", application, "review", {"proposal": "grant"}))
        grant = {"outcome": "grant", "permit_number": one.number}
        granted = ok(await one.step("approver", application, "decision", grant))
        assert granted["history"][-1]["document"]["valid_to"] == "2030-04-27"

        real = await neighbour.post("/v1/permits/enterprises", town.enterprise_content(town.new_uscc()))
        assert real.json()["created_at"] > "2026"  # the stack that ran before does not travel

        await on(date(2030, 4, 20))  # a week before it ends
        renewal = await one.accepted(kind="renewal", permit_number=one.number, content=proposal())
        (remark,) = renewal["remarks"]
        assert remark["code"] == "renewal_late"
        assert "第三十三条" in remark["article"]
        assert renewal["provisional"]
        await on(date(2030, 4, 29))
        seen = await one.read(renewal)
        assert [each["code"] for each in seen["remarks"]] == ["renewal_late", "renewal_deemed_granted"]
        ok(await one.step("reviewer", renewal, "findings", MET))
        ok(await one.step("reviewer", renewal, "review", {"proposal": "grant"}))
        ok(await one.step("approver", renewal, "decision", {"outcome": "grant"}))
        permit = (await one.caller.get(f"/v1/permits/permits/{one.number}", as_of="2030-04-28")).json()
        assert (permit["version"], permit["valid_from"], permit["valid_to"]) == (
            2,
            "2030-04-28",
            "2035-04-27",
        )
