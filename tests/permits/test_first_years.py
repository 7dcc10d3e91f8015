"""An enterprise's first years, through the gateway, by a travelled clock: from its application to its permit's end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest

from infra.journeys.reports import fill
from services.kit import clock, rounds
from services.kit.pytest_plugin import MakeDatabase
from services.kit.receipts import check_receipt
from services.permits.violations import overdue
from tests.permits.applications.desk import MET, Applicant, applicant, ok, proposal, refused
from tests.permits.applications.test_kinds_api import looser, permit
from tests.permits.endings.bureau import decide, propose
from tests.permits.reading import is_problem
from tests.support.town import Town
from tests.support.years import years

pytestmark = pytest.mark.stack

OBLIGATIONS, REPORTS = "/v1/permits/obligations", "/v1/permits/reports"
OTHERS = ("standards", "total_control", "controls", "monitoring")


@dataclass
class Life:
    """One enterprise in a town whose clock jumps."""

    town: Town
    journey: clock.Journey
    one: Applicant

    async def on(self, year: int, month: int, day: int) -> None:
        """Nine in the morning of a later day; whoever acts has signed in again."""
        self.journey.to_day(date(year, month, day))
        roles = ("clerk", "reviewer", "approver", "inspector")
        await self.town.sign_in_anew(self.one.caller, *[await self.town.staff(role) for role in roles])

    async def applies(self, kind: str, **changes: Any) -> dict[str, Any]:
        """For a next version of its permit; granted."""
        content = {"kind": kind, "permit_number": self.one.number, **changes}
        return await self.one.granted(**content)

    async def owed(self, year: int) -> dict[str, Any]:
        """The annual report of that year."""
        answer = await self.one.caller.get(
            OBLIGATIONS, kind="annual", permit_number=self.one.number, limit=100
        )
        assert answer.status_code == 200, answer.text
        (found,) = [each for each in answer.json()["items"] if each["period_start"] == f"{year}-01-01"]
        return found  # type: ignore[no-any-return]

    async def reports(self, year: int) -> dict[str, Any]:
        """Sends the annual report of that year; it is accepted."""
        obligation = await self.owed(year)
        blank = (await self.one.caller.get(f"{OBLIGATIONS}/{obligation['id']}/blank")).json()
        content = {**fill(blank), "override_reason": "与上年一致"}
        submitted = ok(await self.one.caller.post(REPORTS, content))
        keys = (await self.town.public.get("/v1/permits/receipt-keys")).json()
        receipt = check_receipt(submitted["receipt"]["jws"], keys, document=submitted["document"])
        assert receipt.on_behalf_of == self.one.uscc
        report_id = submitted["report"]["id"]
        reviewer = await self.town.staff("reviewer")
        decision = {"version": 1, "decision": "accept"}
        return ok(await reviewer.post(f"{REPORTS}/{report_id}/reviews", decision))

    async def violations(self) -> list[dict[str, Any]]:
        answer = await self.one.caller.get("/v1/permits/violations", permit_number=self.one.number)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]  # type: ignore[no-any-return]

    async def looks_for_late_reports(self) -> None:
        """As the service does by itself every hour."""
        assert await rounds.make(self.town.stack.apps["permits"].state.kit.database, overdue.late_reports())


async def test_the_first_years_of_a_permit(make_database: MakeDatabase) -> None:
    async with years(make_database, datetime(2025, 3, 3, 1, tzinfo=UTC)) as (town, journey):
        life = Life(town, journey, await applicant(town))
        await _is_issued(life)
        await _reports_in_time(life)
        await _changes_its_name(life)
        await _applies_anew_for_more(life)
        await _is_late_and_answers_for_it(life)
        await _renews(life)
        await _is_cancelled(life)


async def _is_issued(life: Life) -> None:
    application = await life.one.applied()
    assert (application["state"], application["deadline"]) == ("submitted", "2025-03-06")
    await life.on(2025, 3, 4)
    ok(await life.one.step("clerk", application, "completeness", {"outcome": "accept"}))
    ok(await life.one.step("reviewer", application, "findings", MET))
    ok(await life.one.step("reviewer", application, "review", {"proposal": "grant"}))
    await life.on(2025, 3, 20)
    grant = {"outcome": "grant", "permit_number": life.one.number}
    ok(await life.one.step("approver", application, "decision", grant))
    issued = await permit(life.one)
    assert (issued["version"], issued["valid_from"], issued["valid_to"]) == (1, "2025-03-20", "2030-03-19")


async def _reports_in_time(life: Life) -> None:
    await life.on(2026, 1, 20)
    obligation = await life.owed(2025)
    assert (obligation["state"], obligation["days_late"]) == ("open", 0)
    accepted = await life.reports(2025)
    assert (accepted["state"], accepted["days_late"]) == ("accepted", 0)
    shown = await life.town.public.get("/v1/permits/disclosure/reports", params={"uscc": life.one.uscc})
    assert [each["id"] for each in shown.json()["items"]] == [accepted["id"]]


async def _changes_its_name(life: Life) -> None:
    await life.on(2026, 6, 15)
    enterprise = {"name": "二连浩特市新热力有限责任公司"}
    changed = {"kind": "change", "permit_number": life.one.number, "changed_on": "2026-06-01"}
    application = await life.one.accepted(**changed, enterprise=enterprise)
    assert application["remarks"] == []  # within thirty days
    unaffected = [{"item": item, "outcome": "unaffected", "comment": "名称变更不涉及"} for item in OTHERS]
    findings = {"findings": [{"item": "eia", "outcome": "met"}, *unaffected]}
    ok(await life.one.step("reviewer", application, "findings", findings))
    ok(await life.one.step("reviewer", application, "review", {"proposal": "grant"}))
    ok(await life.one.step("approver", application, "decision", {"outcome": "grant"}))
    assert (await permit(life.one))["version"] == 2
    assert (await permit(life.one, as_of="2026-01-01"))["version"] == 1
    registered = await life.one.caller.get(f"/v1/permits/enterprises/{life.one.uscc}")
    assert registered.json()["name"] == enterprise["name"]


async def _applies_anew_for_more(life: Life) -> None:
    await life.on(2027, 2, 1)
    more = proposal(outlets=looser())
    change = {"kind": "change", "permit_number": life.one.number, "content": more}
    refused(
        await life.one.caller.post("/v1/permits/applications", life.one.application(**change)),
        422,
        "application_invalid",
    )
    await life.applies("reapplication", content=more)
    anew = await permit(life.one)
    assert (anew["version"], anew["basis"]["kind"], anew["valid_from"]) == (3, "reapplication", "2027-02-01")
    path = f"/v1/permits/permits/{life.one.number}/comparison"
    compared = (await life.one.caller.get(path, **{"from": "2", "to": "3"})).json()
    assert "400" in str(compared)


async def _is_late_and_answers_for_it(life: Life) -> None:
    await life.on(2027, 3, 15)
    obligation = await life.owed(2026)
    due = date.fromisoformat(obligation["due_on"])
    late = (date(2027, 3, 15) - due).days
    assert (obligation["state"], obligation["days_late"]) == ("open", late)
    await life.looks_for_late_reports()
    await life.looks_for_late_reports()
    (violation,) = await life.violations()
    assert (violation["kind"], violation["state"], violation["days_late"]) == ("non_receipt", "open", late)
    assert violation["penalty"]["article"] == "排污许可管理条例 第三十七条"
    assert (violation["penalty"]["min_yuan"], violation["penalty"]["max_yuan"]) == (5000, 20000)

    await life.on(2027, 3, 20)
    accepted = await life.reports(2026)
    assert accepted["days_late"] == late + 5
    (violation,) = await life.violations()
    assert (violation["state"], violation["resolution"]) == ("resolved", "received")
    assert violation["days_late"] == late + 5  # on record for good


async def _renews(life: Life) -> None:
    before = await permit(life.one)
    assert before["valid_to"] == "2032-01-31"
    await life.on(2031, 12, 1)  # sixty-one days before
    application = await life.applies("renewal", content=proposal(outlets=looser()))
    assert application["remarks"] == []
    assert (await permit(life.one, as_of="2032-01-31"))["version"] == before["version"]
    renewed = await permit(life.one, as_of="2032-02-01")
    assert (renewed["version"], renewed["valid_to"]) == (before["version"] + 1, "2037-01-31")


async def _is_cancelled(life: Life) -> None:
    await life.on(2033, 5, 10)
    proposed = await propose(
        life.town, life.one.number, kind="cancelled", ground="entity_ended", reason="企业已注销"
    )
    assert (await decide(life.town, proposed["id"])).status_code == 201
    public = await life.town.public.get(f"/v1/permits/disclosure/permits/{life.one.number}")
    assert public.json()["standing"] == "cancelled"
    answer = await life.one.caller.get(OBLIGATIONS, permit_number=life.one.number, state="void", limit=100)
    assert all(each["period_end"] >= "2033-05-10" for each in answer.json()["items"])
    again = {"kind": "renewal", "permit_number": life.one.number}
    refusal = await life.one.caller.post("/v1/permits/applications", life.one.application(**again))
    assert is_problem(refusal, 422, "application_invalid")
    assert "permit_ended" in [each["code"] for each in refusal.json()["errors"]]
