"""Years of permits and of a registration: revoked after the hearing, expired, renewed late; the clock is the test's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from services.kit.pytest_plugin import MakeDatabase
from tests.permits.applications.desk import applicant
from tests.permits.endings.bureau import decide, end, propose
from tests.permits.reading import is_problem, named, walked
from tests.permits.registrations.forms import DISCLOSED, REGISTRATIONS, form, registered
from tests.support.years import years

pytestmark = pytest.mark.stack

RADAR, PERMITS = "/v1/permits/radar", "/v1/permits/permits"
START = datetime(2026, 3, 2, 1, tzinfo=UTC)


async def test_a_permit_is_revoked_when_the_hearing_is_over_and_another_expires_and_is_cancelled(
    make_database: MakeDatabase,
) -> None:
    async with years(make_database, START) as (town, journey):
        revoked, expiring = await town.holder(), await town.holder()
        reviewer, approver = await town.staff("reviewer"), await town.staff("approver")
        proposed = await propose(
            town, revoked.permit["permit_number"], kind="revoked", ground="forged_or_transferred"
        )
        assert proposed["hearing_until"] == "2026-03-09"
        journey.to_day(date(2026, 3, 9))
        await town.sign_in_anew(reviewer, approver)
        assert (await decide(town, proposed["id"])).json()["not_before"] == "2026-03-10"
        journey.to_day(date(2026, 3, 10))
        await town.sign_in_anew(reviewer, approver)
        decided = (await decide(town, proposed["id"])).json()
        assert (decided["effective_on"], decided["barred_until"]) == ("2026-03-10", "2029-03-09")

        journey.to_day(date(2029, 11, 2))
        await town.sign_in_anew(reviewer, approver)
        (row,) = (await walked(reviewer, f"{RADAR}/renewals"))[0]
        assert (row["permit_number"], row["stage"]) == (
            expiring.permit["permit_number"],
            "past_application_day",
        )
        assert (row["apply_by"], row["gap"]) == ("2029-11-01", None)

        journey.to_day(date(2030, 1, 1))
        await town.sign_in_anew(reviewer, approver, expiring)
        (row,) = (await walked(reviewer, f"{RADAR}/renewals", stage="expired"))[0]
        assert (row["gap"], row["days_left"]) == ("unlawful", -1)
        path = f"{PERMITS}/{expiring.permit['permit_number']}"
        assert (await expiring.get(path)).json()["standing"] == "expired"
        assert (await expiring.get(path, as_of="2029-12-31")).json()["standing"] == "in_force"
        withdrawal = {"kind": "withdrawn", "ground": "law_changed", "reason": "标准修改"}
        number = {"permit_number": expiring.permit["permit_number"]}
        refused = await reviewer.post("/v1/permits/endings", {**withdrawal, **number})
        assert is_problem(refused, 409, "ending_not_open")
        await end(town, expiring, kind="cancelled", ground="expired_not_renewed")
        assert (await expiring.get(path)).json()["standing"] == "cancelled"
        assert await walked(reviewer, f"{RADAR}/renewals") == [[]]


async def test_an_expired_permit_whose_renewal_waits_is_a_lawful_gap_if_it_was_applied_for_in_time(
    make_database: MakeDatabase,
) -> None:
    async with years(make_database, START) as (town, journey):
        clerk = await town.staff("clerk")
        punctual, tardy = await applicant(town), await applicant(town)
        for one in (punctual, tardy):
            content = town.permit_content(one.uscc, management_class="simplified")
            content["reporting"] = {"quarterly": False, "annual": False}
            assert (await clerk.post(PERMITS, content)).status_code == 201
        for one, day in ((punctual, date(2029, 11, 1)), (tardy, date(2029, 11, 2))):
            journey.to_day(day)
            await town.sign_in_anew(one.caller)
            await one.applied(kind="renewal", permit_number=one.number)
        journey.to_day(date(2030, 1, 2))
        reviewer = await town.staff("reviewer")
        rows = {row["uscc"]: row for row in (await walked(reviewer, f"{RADAR}/renewals"))[0]}
        seen = {uscc: (row["renewal"]["in_time"], row["gap"], row["article"]) for uscc, row in rows.items()}
        assert seen == {
            punctual.uscc: (True, "lawful", "行政许可法 第五十条"),
            tardy.uscc: (False, "unlawful", "排污许可管理条例 第三十三条"),
        }
        assert rows[punctual.uscc]["renewal"]["applied_on"] == "2029-11-01"


async def test_a_registration_is_changed_late_renewed_in_time_and_late_and_cancelled(
    make_database: MakeDatabase,
) -> None:
    async with years(make_database, START) as (town, journey):
        caller, filed = await registered(town)
        number = filed["receipt_number"]
        path = f"{REGISTRATIONS}/{number}"
        assert filed["valid_to"] == "2031-03-01"

        journey.to_day(date(2026, 6, 1))
        await town.sign_in_anew(caller)
        change = form(address="前进路9号", version=1, changed_on="2026-05-01")
        changed = (await caller.post(f"{path}/versions", change)).json()
        assert (changed["content"]["days_late"], changed["valid_to"]) == (11, "2031-03-01")
        old = (await caller.get(path, as_of="2026-05-31")).json()
        assert (old["version"], old["content"]["document"]["address"]) == (1, "前进路8号")
        before = form(version=2, changed_on="2026-03-01")
        assert named(await caller.post(f"{path}/versions", before)) == {
            ("/changed_on", "change_before_filing")
        }

        journey.to_day(date(2031, 2, 8))
        await town.sign_in_anew(caller)
        early = await caller.post(f"{path}/renewals", form(version=2))
        assert (early.json()["code"], early.json()["opens_on"]) == ("renewal_too_early", "2031-02-09")
        journey.to_day(date(2031, 2, 9))
        await town.sign_in_anew(caller)
        renewed = (await caller.post(f"{path}/renewals", form(version=2))).json()
        assert (renewed["standing"], renewed["valid_from"], renewed["valid_to"]) == (
            "in_force",
            "2026-03-02",
            "2036-03-01",
        )
        assert (renewed["content"]["valid_from"], renewed["content"]["days_late"]) == ("2031-03-02", 0)

        journey.to_day(date(2036, 3, 12))
        await town.sign_in_anew(caller)
        assert (await caller.get(path)).json()["standing"] == "expired"
        assert (await town.public.get(f"{DISCLOSED}/{number}")).json()["standing"] == "expired"
        change = form(version=3, changed_on="2036-03-12")
        assert is_problem(await caller.post(f"{path}/versions", change), 409, "registration_step_not_open")
        late = (await caller.post(f"{path}/renewals", form(version=3))).json()
        assert (late["content"]["days_late"], late["valid_from"]) == (11, "2036-03-12")
        assert (await caller.get(path, as_of="2036-03-05")).json()["standing"] == "expired"
        reviewer = await town.staff("reviewer")
        held = {
            day: (await reviewer.get(f"{RADAR}/coverage", on=day)).json()["registrations"]
            for day in ("2026-03-01", "2026-03-02", "2036-03-01", "2036-03-05", "2036-03-12")
        }
        assert list(held.values()) == [0, 1, 1, 0, 1]

        over = {"version": 4, "changed_on": "2036-03-12", "reason": "停止经营"}
        assert (await caller.post(f"{path}/cancellation", over)).json()["standing"] == "cancelled"
        journey.on(timedelta(days=1))
        await town.sign_in_anew(reviewer)
        assert (await reviewer.get(f"{RADAR}/coverage")).json()["registrations"] == 0
