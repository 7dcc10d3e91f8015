"""An auditor reads who did, tried and read what, by person, enterprise and record, across all services."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.kit import clock
from services.kit.ids import new_id
from services.kit.reading import PURPOSE_HEADER
from tests.gateway.delegation.people import acting, active, new_agent
from tests.support.credit import open_bureau, violation
from tests.support.town import Caller, Holder, Town


@pytest.fixture(scope="module")
async def auditor(town: Town) -> Caller:
    return await town.staff("auditor")


@pytest.fixture(scope="module", autouse=True)
async def credit_office(town: Town) -> None:
    """A rule pack is in force."""
    await open_bureau(town)


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    return await town.holder()


async def whole(auditor: Caller, path: str, **wanted: Any) -> list[dict[str, Any]]:
    """Every page of a list; the services all answer."""
    items: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await auditor.get(path, **wanted, **cursor)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert body.get("missing", []) == []
        items += body["items"]
        if body["next_cursor"] is None:
            return items
        cursor = {"cursor": body["next_cursor"]}


async def until_found(auditor: Caller, path: str, **wanted: Any) -> list[dict[str, Any]]:
    """Denials are written just after their answer."""
    for _ in range(1500):
        found = await whole(auditor, path, **wanted)
        if found:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"nothing of {wanted}")


class TestActs:
    async def test_by_enterprise_over_all_services_newest_first(
        self, town: Town, holder: Holder, auditor: Caller
    ) -> None:
        await holder.submitted()
        clerk = await town.staff("clerk")
        entered = await clerk.post("/v1/credit/records", violation(town, holder.uscc))
        assert entered.status_code == 201, entered.text
        found = await whole(auditor, "/v1/audit", enterprise=holder.uscc, limit=2)
        assert {each["service"] for each in found} == {"permits", "credit"}
        assert {each["uscc"] for each in found} == {holder.uscc}
        places = [(each["at"], each["id"]) for each in found]
        assert places == sorted(places, reverse=True)
        assert len(set(places)) == len(places)

    async def test_pages_of_any_size_give_the_same_list(self, holder: Holder, auditor: Caller) -> None:
        lists = [await whole(auditor, "/v1/audit", enterprise=holder.uscc, limit=n) for n in (1, 3, 500)]
        assert lists[0] == lists[1] == lists[2] != []

    async def test_by_person_also_by_login(self, holder: Holder, auditor: Caller) -> None:
        by_id = await whole(auditor, "/v1/audit", person=str(holder.account))
        assert {each["actor"] for each in by_id} == {str(holder.account)}
        assert {"gateway", "permits"} <= {each["service"] for each in by_id}
        assert await whole(auditor, "/v1/audit", person=holder.login) == by_id

    async def test_by_record_with_the_duty_and_whose_work_it_checked(
        self, town: Town, auditor: Caller
    ) -> None:
        holder, reviewer = await town.holder(), await town.staff("reviewer")
        report = (await holder.submitted())["report"]["id"]
        review = {"version": 1, "decision": "accept"}
        assert (await reviewer.post(f"/v1/permits/reports/{report}/reviews", review)).status_code == 201
        accepted, submitted = await whole(auditor, "/v1/audit", record=report)
        assert (accepted["duty"], accepted["counterparts"]) == ("review", [str(holder.account)])
        assert (submitted["duty"], submitted["counterparts"]) == (None, [])

    async def test_letters_of_either_case_find_the_same(self, holder: Holder, auditor: Caller) -> None:
        by_id = await whole(auditor, "/v1/audit", person=str(holder.account))
        assert await whole(auditor, "/v1/audit", person=str(holder.account).upper()) == by_id != []
        record = by_id[0]["entity_id"]
        found = await whole(auditor, "/v1/audit", record=record)
        assert await whole(auditor, "/v1/audit", record=record.upper()) == found != []
        of_holder = await whole(auditor, "/v1/audit", enterprise=holder.uscc)
        assert await whole(auditor, "/v1/audit", enterprise=holder.uscc.lower()) == of_holder != []

    async def test_between_two_moments(self, holder: Holder, auditor: Caller) -> None:
        everything = await whole(auditor, "/v1/audit", enterprise=holder.uscc)
        newest, *older = everything
        before = await whole(auditor, "/v1/audit", enterprise=holder.uscc, until=newest["at"])
        assert before == [each for each in older if each["at"] < newest["at"]]
        assert await whole(auditor, "/v1/audit", enterprise=holder.uscc, since=newest["at"]) == [newest]
        future = (clock.now() + timedelta(hours=1)).isoformat()
        assert await whole(auditor, "/v1/audit", enterprise=holder.uscc, since=future) == []


class TestDenials:
    async def test_a_call_without_the_scope_is_in_the_trail(
        self, town: Town, holder: Holder, auditor: Caller
    ) -> None:
        report = str(new_id())
        refused = await holder.post(f"/v1/permits/reports/{report}/reviews", {})
        assert refused.status_code == 403
        (row,) = await until_found(auditor, "/v1/audit", record=report, denied="true")
        assert (row["actor"], row["refusal"]) == (str(holder.account), "forbidden")
        assert row["after"]["route"] == "POST /v1/permits/reports/{report_id}/reviews"
        assert row["request_id"] == refused.headers["x-request-id"]

    async def test_another_kind_of_caller_is_in_the_trail_with_the_enterprise(
        self, town: Town, auditor: Caller
    ) -> None:
        bank, uscc = await town.staff("bank"), town.new_uscc()
        assert (await bank.get(f"/v1/enterprises/{uscc}")).json()["code"] == "wrong_audience"
        (row,) = await until_found(auditor, "/v1/audit", enterprise=uscc)
        assert (row["actor"], row["refusal"], row["service"]) == (
            *(str(bank.account), "wrong_audience"),
            "gateway",
        )

    async def test_two_eyes_in_place_of_four_are_in_the_trail(self, town: Town, auditor: Caller) -> None:
        uscc = town.new_uscc()
        both = await town.caller(f"both.{uscc.lower()}", roles=["clerk", "approver"], usccs=[])
        record = (await both.post("/v1/credit/records", violation(town, uscc))).json()["id"]
        await both.post(f"/v1/credit/records/{record}/submission", {})
        decision = {"version": 1, "decision": "approve"}
        refused = await both.post(f"/v1/credit/records/{record}/decisions", decision)
        assert (refused.status_code, refused.json()["code"]) == (409, "four_eyes")
        (row,) = await whole(auditor, "/v1/audit", record=record, denied="true")
        assert (row["refusal"], row["duty"], row["uscc"]) == ("four_eyes", "approve", uscc)
        assert row["counterparts"] == [str(both.account)]
        assert row["request_id"] == refused.headers["x-request-id"]
        done = await whole(auditor, "/v1/audit", record=record, denied="false")
        assert len(done) == 2
        assert all(each["refusal"] is None for each in done)

    async def test_a_wrong_password_is_in_the_trail(
        self, town: Town, holder: Holder, auditor: Caller
    ) -> None:
        form = {"grant_type": "password", "username": holder.login, "password": "not the one"}
        assert (await town.public.post("/v1/auth/token", data=form)).status_code == 400
        (row,) = await whole(
            auditor, "/v1/audit", person=holder.login, denied="true", record=str(holder.account)
        )
        assert row["refusal"] == "invalid_grant"


class TestDelegations:
    async def test_what_an_agent_did_and_tried_says_by_which_delegation(
        self, town: Town, auditor: Caller
    ) -> None:
        holder, agent = await town.holder(), await new_agent(town)
        delegation = await active(holder, agent, rights=["permits:read", "permits:file"])
        helper = await acting(town, agent, delegation)
        content = await holder.report()
        draft = await helper.post("/v1/permits/drafts", content)
        assert draft.status_code == 201, draft.text
        assert (await helper.post("/v1/permits/reports", content)).status_code == 403
        (tried,) = await until_found(auditor, "/v1/audit", person=agent.login, denied="true")
        (filed,) = await whole(auditor, "/v1/audit", record=draft.json()["id"])
        by = f"{delegation['id']}.{delegation['version']}"
        assert (filed["actor"], filed["uscc"], filed["authority"]) == (str(agent.account), holder.uscc, by)
        assert (tried["refusal"], tried["authority"]) == ("forbidden", by)


class TestReads:
    async def test_who_read_an_enterprise_s_data_in_every_service(
        self, town: Town, holder: Holder, auditor: Caller
    ) -> None:
        inspector = await town.staff("inspector")
        headers = {PURPOSE_HEADER: "complaint"}
        await inspector.http.get(f"/v1/permits/enterprises/{holder.uscc}", headers=headers)
        await inspector.http.get("/v1/credit/records", params={"uscc": holder.uscc}, headers=headers)
        found = await whole(auditor, "/v1/read-log", enterprise=holder.uscc, person=inspector.login, limit=1)
        assert {(each["service"], each["purpose"]) for each in found} >= {("permits", "complaint")}
        assert all(holder.uscc in each["usccs"] for each in found)

    async def test_by_record(self, town: Town, holder: Holder, auditor: Caller) -> None:
        reviewer = await town.staff("reviewer")
        obligation = (await reviewer.get("/v1/permits/obligations", uscc=holder.uscc)).json()["items"][0][
            "id"
        ]
        found = await whole(auditor, "/v1/read-log", record=obligation)
        assert str(reviewer.account) in {each["actor"] for each in found}

    async def test_reading_the_trail_is_itself_in_the_log(self, auditor: Caller, holder: Holder) -> None:
        asked = await auditor.get("/v1/audit", enterprise=holder.uscc)
        found = await whole(auditor, "/v1/read-log", person=auditor.login, enterprise=holder.uscc)
        services = {each["service"] for each in found if each["request_id"] == asked.headers["x-request-id"]}
        assert {"gateway", "permits"} <= services or "permits" in services


class TestWhoMayRead:
    @pytest.mark.parametrize("path", ["/v1/audit", "/v1/read-log", "/v1/permits/audit", "/v1/waste/read-log"])
    async def test_nobody_but_an_auditor(self, town: Town, holder: Holder, path: str) -> None:
        for caller in (holder, await town.staff("approver"), await town.staff("bank")):
            assert (await caller.get(path)).status_code == 403
        assert (await town.public.get(path)).status_code == 401

    async def test_an_auditor_reads_no_record(self, auditor: Caller, holder: Holder) -> None:
        for path in ("/v1/permits/reports", "/v1/waste/manifests", "/v1/credit/records"):
            assert (await auditor.get(path)).status_code == 403

    async def test_a_service_that_is_away_is_named(self, town: Town, auditor: Caller) -> None:
        observed = town.stack.apps["gateway"].app.own.state.observed
        waste = observed.pop("waste")
        try:
            observed["waste"] = _Away()
            answer = (await auditor.get("/v1/audit")).json()
        finally:
            observed["waste"] = waste
        assert answer["missing"] == ["waste"]


class _Away:
    async def send(self, *_: Any, **__: Any) -> Any:
        raise TimeoutError


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("since", "yesterday"), ("since", "1795806000"), ("until", "9999-12-31T23:59:59-14:00")),
        *(("enterprise", "x"), ("enterprise", ""), ("cursor", "x"), ("limit", "0")),
    ],
)
async def test_a_wrong_filter_is_a_problem(auditor: Caller, name: str, value: str) -> None:
    assert (await auditor.get("/v1/audit", **{name: value})).status_code == 400
