"""Sites are registered, changed and cancelled, through the gateway; everybody can check a number."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import asyncpg
import pytest

from services.kit import clock
from services.kit.anniversaries import last_day_of_years
from services.kit.receipts import check_receipt
from tests.kit.feed_tools import settled
from tests.permits.endings.bureau import end, execute
from tests.permits.reading import is_problem, named, walked
from tests.permits.registrations.forms import (
    DISCLOSED,
    REGISTRATIONS,
    beds,
    enterprise,
    form,
    nothing,
    registered,
)
from tests.support.town import Holder, Town


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    return await town.holder()


class TestFiling:
    async def test_it_holds_from_when_it_is_filed_for_five_years_with_a_number_and_a_signed_receipt(
        self, town: Town
    ) -> None:
        caller, filed = await registered(town)
        today = clock.today()
        assert filed["receipt_number"] == f"{filed['uscc']}001W"
        assert (filed["standing"], filed["valid_from"]) == ("in_force", today.isoformat())
        assert filed["valid_to"] == last_day_of_years(today, 5).isoformat()
        assert (filed["for_review"], filed["content"]["days_late"]) == (False, 0)
        assert filed["content"]["classification"]["activities"][0]["clause"] == "第107类 登记管理"
        keys = (await town.public.get("/v1/permits/receipt-keys")).json()
        receipt = check_receipt(
            filed["content"]["receipt"]["jws"], keys, document=filed["content"]["document"]
        )
        assert (receipt.kind, receipt.on_behalf_of) == ("permits.registration", filed["uscc"])
        assert (await caller.get(f"{REGISTRATIONS}/{filed['receipt_number']}")).json() == filed

    async def test_a_site_is_registered_once_and_another_has_the_next_serial(self, town: Town) -> None:
        caller, filed = await registered(town)
        content = {**form(), "uscc": filed["uscc"]}
        again = await caller.post(REGISTRATIONS, content)
        assert is_problem(again, 409, "site_registered")
        assert again.json()["registration"] == f"{REGISTRATIONS}/{filed['receipt_number']}"
        other = await caller.post(REGISTRATIONS, {**content, "site_name": "住院部"})
        assert other.json()["receipt_number"] == f"{filed['uscc']}002W"

    async def test_of_two_forms_for_one_site_at_once_one_is_filed(self, town: Town) -> None:
        caller, uscc = await enterprise(town)
        content = {**form(), "uscc": uscc}
        answers = await asyncio.gather(*(caller.post(REGISTRATIONS, content) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
        (rows,) = await walked(caller, REGISTRATIONS)
        assert [row["receipt_number"] for row in rows] == [f"{uscc}001W"]

    async def test_a_site_with_a_permit_is_not_registered_until_the_permit_has_ended(
        self, town: Town
    ) -> None:
        holder = await town.holder()
        content = {**form(site_name="一号厂区"), "uscc": holder.uscc}
        assert is_problem(await holder.post(REGISTRATIONS, content), 409, "site_permitted")
        await end(town, holder, kind="cancelled", ground="other_by_law")
        filed = await holder.post(REGISTRATIONS, content)
        assert filed.json()["receipt_number"] == f"{holder.uscc}001W"


class TestClass:
    async def test_what_needs_a_permit_is_refused_with_row_and_clause(self, town: Town) -> None:
        caller, uscc = await enterprise(town)
        content = {**form(activities=[beds("50"), beds("300")]), "uscc": uscc}
        answer = await caller.post(REGISTRATIONS, content)
        assert is_problem(answer, 422, "permit_needed")
        (error,) = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == ("/activities/1", "permit_needed")
        assert error["detail_zh"].startswith("第107类 简化管理：")
        assert error["article"] == "固定污染源排污许可分类管理名录（2019年版） 第107类"

    async def test_what_the_catalogue_does_not_manage_needs_no_registration(self, town: Town) -> None:
        caller, uscc = await enterprise(town)
        content = {**form(activities=[{"industry_code": "6110"}], site=nothing()), "uscc": uscc}
        answer = await caller.post(REGISTRATIONS, content)
        assert is_problem(answer, 422, "registration_not_needed")
        assert named(answer) == {("/activities", "registration_not_needed")}

    async def test_what_the_facts_do_not_decide_is_taken_and_waits_for_a_reviewer(self, town: Town) -> None:
        caller, filed = await registered(town, activities=[{"industry_code": "8411"}])
        number, reviewer = filed["receipt_number"], await town.staff("reviewer")
        assert (filed["for_review"], filed["standing"]) == (True, "in_force")
        waiting = await walked(reviewer, REGISTRATIONS, for_review="true", uscc=filed["uscc"])
        assert [row["receipt_number"] for page in waiting for row in page] == [number]
        review = {"version": 1, "decision": "permit", "comment": "实有床位120张"}
        path = f"{REGISTRATIONS}/{number}/reviews"
        assert is_problem(await caller.post(path, review), 403, "forbidden")
        superseded = await reviewer.post(path, {**review, "version": 2})
        assert is_problem(superseded, 409, "registration_superseded")
        answers = await asyncio.gather(*(reviewer.post(path, review) for _ in range(3)))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
        read = (await caller.get(f"{REGISTRATIONS}/{number}")).json()
        assert (read["for_review"], read["permit_needed"]) == (False, True)
        assert [each["decision"] for each in read["reviews"]] == ["permit"]
        events = await caller.get("/v1/permits/events", type="permits.registration_reviewed.v1", wait=10)
        assert [each["data"]["comment"] for each in events.json()] == ["实有床位120张"]

    async def test_everything_wrong_is_named_at_once(self, town: Town) -> None:
        caller, uscc = await enterprise(town)
        wrong = form(activities=[{**beds("-1"), "industry_code": "9900"}], longitude="111.9", uscc=uscc)
        answer = await caller.post(REGISTRATIONS, wrong)
        assert is_problem(answer, 422, "registration_invalid")
        expected = {
            ("/activities/0/industry_code", "industry_division_unknown"),
            ("/activities/0/quantities/0/value", "quantity_negative"),
            ("/latitude", "position_incomplete"),
        }
        assert named(answer) == expected
        shape = await caller.post(REGISTRATIONS, {**wrong, "uscc": uscc[:-1], "address": ""})
        assert named(shape) >= {*expected, ("/address", "string_too_short")}
        assert {where for where, _ in named(shape)} >= {"/uscc"}


class TestVersions:
    async def test_a_change_is_a_new_version_and_the_old_one_can_be_read_as_of_its_day(
        self, town: Town
    ) -> None:
        caller, filed = await registered(town)
        path = f"{REGISTRATIONS}/{filed['receipt_number']}"
        change = form(address="前进路9号", version=1, changed_on=clock.today().isoformat())
        changed = (await caller.post(f"{path}/versions", change)).json()
        assert (changed["version"], changed["content"]["step"]) == (2, "change")
        assert (changed["valid_to"], changed["content"]["days_late"]) == (filed["valid_to"], 0)
        (versions,) = await walked(caller, f"{path}/versions")
        assert [each["document"]["address"] for each in versions] == ["前进路9号", "前进路8号"]
        assert versions[1] == filed["content"]
        yesterday = (clock.today() - timedelta(days=1)).isoformat()
        assert is_problem(await caller.get(path, as_of=yesterday), 404, "registration_not_found")
        stale = await caller.post(f"{path}/versions", change)
        assert is_problem(stale, 409, "registration_superseded")
        assert stale.json()["version"] == 2

    async def test_a_change_to_what_needs_a_permit_is_refused(self, town: Town) -> None:
        caller, filed = await registered(town)
        change = form(activities=[beds("100")], version=1, changed_on=clock.today().isoformat())
        answer = await caller.post(f"{REGISTRATIONS}/{filed['receipt_number']}/versions", change)
        assert is_problem(answer, 422, "permit_needed")

    async def test_a_change_that_lies_ahead_is_refused(self, town: Town) -> None:
        caller, filed = await registered(town)
        path = f"{REGISTRATIONS}/{filed['receipt_number']}/versions"
        for days, code in ((1, "change_ahead"), (-1, "change_before_filing")):
            day = (clock.today() + timedelta(days=days)).isoformat()
            answer = await caller.post(path, form(version=1, changed_on=day))
            assert named(answer) == {("/changed_on", code)}

    async def test_it_is_not_renewed_years_ahead(self, town: Town) -> None:
        caller, filed = await registered(town)
        answer = await caller.post(f"{REGISTRATIONS}/{filed['receipt_number']}/renewals", form(version=1))
        assert is_problem(answer, 409, "renewal_too_early")
        assert answer.json()["opens_on"] == filed["renewal_opens_on"] < filed["valid_to"]

    async def test_those_that_expire_are_found(self, town: Town) -> None:
        caller, filed = await registered(town)
        last = date.fromisoformat(filed["valid_to"])
        for day, found in ((last, []), (last + timedelta(days=1), [filed["receipt_number"]])):
            pages = await walked(caller, REGISTRATIONS, expires_before=day.isoformat(), standing="in_force")
            assert [row["receipt_number"] for page in pages for row in page] == found

    async def test_a_cancelled_site_may_register_anew_under_the_next_mark(self, town: Town) -> None:
        caller, filed = await registered(town)
        path = f"{REGISTRATIONS}/{filed['receipt_number']}"
        over = {"version": 1, "changed_on": clock.today().isoformat(), "reason": "停止经营"}
        cancelled = (await caller.post(f"{path}/cancellation", over)).json()
        assert (cancelled["standing"], cancelled["version"]) == ("cancelled", 2)
        again = await caller.post(f"{path}/cancellation", {**over, "version": 2})
        assert is_problem(again, 409, "registration_step_not_open")
        assert again.json()["standing"] == "cancelled"
        anew = await caller.post(REGISTRATIONS, {**form(), "uscc": filed["uscc"]})
        assert anew.json()["receipt_number"] == f"{filed['uscc']}001X"
        disclosed = (await town.public.get(f"{DISCLOSED}/{filed['receipt_number']}")).json()
        assert (disclosed["standing"], disclosed["address"]) == ("cancelled", "前进路8号")

    async def test_the_database_refuses_to_change_a_version(self, town: Town) -> None:
        _, filed = await registered(town)
        receipt = filed["content"]["receipt"]["receipt_id"]
        for statement in (
            "UPDATE registration_version SET days_late = 0 WHERE receipt_id = $1",
            "DELETE FROM registration_version WHERE receipt_id = $1",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await execute(town, statement, receipt)


class TestDisclosure:
    async def test_anybody_verifies_a_number_and_sees_no_contact(self, town: Town) -> None:
        _, filed = await registered(town)
        answer = await town.public.get(f"{DISCLOSED}/{filed['receipt_number']}")
        shown = answer.json()
        assert (shown["standing"], shown["activities"]) == ("in_force", ["8411"])
        assert shown["document_sha256"] == filed["content"]["receipt"]["document_sha256"]
        assert shown["discharges"] == form()["discharges"]
        assert "13900000000" not in answer.text
        assert "娜仁" not in answer.text
        listed = await walked(town.public, DISCLOSED, uscc=filed["uscc"], standing="in_force")
        assert [row["receipt_number"] for row in listed[0]] == [filed["receipt_number"]]
        assert await walked(town.public, DISCLOSED, uscc=filed["uscc"], standing="expired") == [[]]
        by_name = await walked(town.public, DISCLOSED, name=shown["enterprise_name"])
        assert filed["receipt_number"] in [row["receipt_number"] for page in by_name for row in page]
        unknown = await town.public.get(f"{DISCLOSED}/{filed['receipt_number'][:-1]}Z")
        assert is_problem(unknown, 404, "registration_not_found")

    async def test_the_filing_is_told_to_everybody(self, town: Town, holder: Holder) -> None:
        _, filed = await registered(town)
        await settled(town)
        kind = "permits.registration_filed.v1"
        events = (await holder.get("/v1/permits/events", type=kind, wait=10, limit=1000)).json()
        told = [each["data"] for each in events if each["data"]["uscc"] == filed["uscc"]]
        assert [each["receipt_number"] for each in told] == [filed["receipt_number"]]


class TestWhoMay:
    async def test_what_is_not_yours_is_404_and_nobody_registers_for_another(
        self, town: Town, holder: Holder
    ) -> None:
        _, filed = await registered(town)
        path = f"{REGISTRATIONS}/{filed['receipt_number']}"
        change = form(version=1, changed_on=clock.today().isoformat())
        over = {"version": 1, "changed_on": clock.today().isoformat(), "reason": "否"}
        for answer in (
            await holder.get(path),
            await holder.get(f"{path}/versions"),
            await holder.post(f"{path}/versions", change),
            await holder.post(f"{path}/renewals", form(version=1)),
            await holder.post(f"{path}/cancellation", over),
        ):
            assert is_problem(answer, 404, "registration_not_found")
        foreign = {**form(site_name="别处"), "uscc": filed["uscc"]}
        assert is_problem(await holder.post(REGISTRATIONS, foreign), 404, "enterprise_not_found")
        clerk = await town.staff("clerk")
        assert is_problem(await clerk.post(REGISTRATIONS, foreign), 403, "forbidden")
