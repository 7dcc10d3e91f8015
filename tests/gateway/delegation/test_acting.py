"""Acting in an enterprise's name: what the token opens, and that it ends with the delegation, everywhere at once."""

from __future__ import annotations

import asyncio
import base64
import json
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from services.kit import clock
from services.kit.ids import new_id
from tests.gateway.delegation.people import PATH, acting, active, exchange, invited, new_agent
from tests.permits.reading import is_problem, walked
from tests.support.stack import TestStack, another_gateway
from tests.support.town import PASSWORD, Caller, Holder, Town

DRAFTS, REPORTS, ME, TOKEN = "/v1/permits/drafts", "/v1/permits/reports", "/v1/auth/me", "/v1/auth/token"


@pytest.fixture
async def holder(town: Town) -> Holder:
    return await town.holder()


@pytest.fixture
async def agent(town: Town) -> Caller:
    return await new_agent(town)


@pytest.fixture(scope="module")
async def beside(stack: TestStack) -> AsyncIterator[str]:
    """A second gateway that re-reads so seldom that only a notice can have told it."""
    async with another_gateway(stack, notice_poll_seconds=60, limits_scale=1000) as url:
        yield url


def claims_of(token: str) -> dict[str, Any]:
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))  # type: ignore[no-any-return]


async def ends(caller: Caller, path: str) -> dict[str, Any]:
    for _ in range(600):
        answer = await caller.get(path)
        if answer.status_code == 401:
            return answer.json()  # type: ignore[no-any-return]
        await asyncio.sleep(0.05)
    pytest.fail("the token still holds")


class TestWhatItOpens:
    async def test_the_whole_way_an_agent_files_and_the_representative_signs(
        self, town: Town, holder: Holder, agent: Caller
    ) -> None:
        delegation = await active(holder, agent)
        for_holder = await acting(town, agent, delegation)
        draft = await for_holder.post(DRAFTS, await holder.report())
        assert draft.status_code == 201, draft.text
        assert draft.json()["filed_under"] == f"{delegation['id']}.{delegation['version']}"
        path = f"{DRAFTS}/{draft.json()['id']}/signature"
        assert is_problem(await for_holder.post(path, {"version": 1}), 403, "forbidden")
        signed = await holder.post(path, {"version": 1})
        assert signed.status_code == 201
        assert (await for_holder.get(f"{REPORTS}/{signed.json()['report']['id']}")).status_code == 200

    async def test_the_token_says_who_acts_for_whom_and_how_far(
        self, town: Town, holder: Holder, agent: Caller
    ) -> None:
        site = holder.permit["permit_number"]
        delegation = await active(holder, agent, rights=["permits:read", "permits:file"], sites=[site])
        answer = (await exchange(town, agent, delegation)).json()
        assert answer["issued_token_type"] == "urn:ietf:params:oauth:token-type:access_token"
        assert "refresh_token" not in answer
        claims = claims_of(answer["access_token"])
        assert (claims["sub"], claims["roles"]) == (str(agent.account), ["agent"])
        assert (claims["usccs"], claims["sites"], claims["every_enterprise"]) == (
            *([holder.uscc], [site]),
            False,
        )
        assert claims["scope"] == answer["scope"] == "permits:file permits:read"
        me = (await (await acting(town, agent, delegation)).get(ME)).json()
        assert (me["acting_for"], me["sites"]) == (f"{delegation['id']}.{delegation['version']}", [site])

    async def test_it_may_be_narrower_and_never_wider(
        self, town: Town, holder: Holder, agent: Caller
    ) -> None:
        delegation = await active(holder, agent)
        narrow = await exchange(town, agent, delegation, scope="permits:read")
        assert narrow.json()["scope"] == "permits:read"
        wide = await exchange(town, agent, delegation, scope="permits:file permits:submit waste:read")
        assert wide.json()["scope"] == "permits:file"
        none = await exchange(town, agent, delegation, scope="permits:submit")
        assert (none.status_code, none.json()["error"]) == (400, "invalid_scope")

    async def test_rights_per_site_are_delegations_per_site(
        self, town: Town, holder: Holder, agent: Caller
    ) -> None:
        clerk, first = await town.staff("clerk"), holder.permit["permit_number"]
        permit = town.permit_content(holder.uscc, serial=2)
        second = permit["permit_number"]
        assert (await clerk.post("/v1/permits/permits", permit)).status_code == 201
        files = await active(holder, agent, rights=["permits:file"], sites=[first])
        reads = await active(holder, agent, rights=["permits:read"], sites=[second])
        for delegation, number, status in ((files, first, 201), (files, second, 404), (reads, second, 403)):
            owed = (await holder.obligations(permit_number=number))[0]["id"]
            body = {"obligation_id": owed, "production_days": 1, "values": []}
            answer = await (await acting(town, agent, delegation)).post(DRAFTS, body)
            assert answer.status_code == status

    async def test_it_does_not_touch_the_agent_s_own_account(
        self, town: Town, holder: Holder, agent: Caller
    ) -> None:
        """It is handed to the program that files: that one signs the agent out nowhere, and sets no password."""
        for_holder = await acting(town, agent, await active(holder, agent))
        passwords = {"old_password": PASSWORD, "new_password": "another sesame 2026"}
        for method, path, body in (
            *(("GET", "/v1/auth/sessions", None), ("DELETE", "/v1/auth/sessions", None)),
            *(("PUT", "/v1/auth/password", passwords), ("GET", "/v1/auth/second-factor", None)),
            ("PUT", "/v1/auth/second-factor", {"password": PASSWORD}),
        ):
            answer = await for_holder.http.request(method, path, json=body)
            assert is_problem(answer, 403, "wrong_audience"), (method, path)
        assert (await for_holder.get(ME)).status_code == (await agent.get(ME)).status_code == 200

    async def test_in_its_own_right_an_agent_sees_no_enterprise(self, holder: Holder, agent: Caller) -> None:
        await active(holder, agent)
        for path in (DRAFTS, REPORTS, "/v1/permits/enterprises"):
            assert (await agent.get(path)).status_code == 403, path

    async def test_two_enterprises_are_two_tokens(self, town: Town, holder: Holder, agent: Caller) -> None:
        other = await town.holder()
        mine, theirs = await active(holder, agent), await active(other, agent)
        for delegation, owner in ((mine, holder), (theirs, other)):
            listed = await walked(await acting(town, agent, delegation), "/v1/permits/enterprises")
            assert [each["uscc"] for each in listed[0]] == [owner.uscc]

    async def test_one_idempotency_key_under_two_delegations_is_two_intents(
        self, town: Town, holder: Holder, agent: Caller
    ) -> None:
        other, key = await town.holder(), str(new_id())
        for owner in (holder, other):
            caller = await acting(town, agent, await active(owner, agent))
            answer = await caller.post(DRAFTS, await owner.report(), key=key)
            assert answer.status_code == 201


class TestWhoGetsOne:
    async def test_no_token_without_a_delegation_in_force(
        self, town: Town, holder: Holder, agent: Caller
    ) -> None:
        waiting, done = await invited(holder, agent), await active(holder, agent)
        await holder.post(f"{PATH}/{done['id']}/withdrawal", {})
        for who, delegation in (
            (agent, waiting),
            (agent, done),
            (await new_agent(town), await active(holder, agent)),
            (holder, await active(holder, agent)),
            (agent, {"id": str(uuid.uuid4())}),
        ):
            answer = await exchange(town, who, delegation)
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")

    async def test_the_calendar_s_last_day_is_no_end(self, town: Town, holder: Holder, agent: Caller) -> None:
        """9999-12-31 is how many write "until further notice"; no day follows it."""
        delegation = await active(holder, agent, valid_until="9999-12-31")
        assert (await exchange(town, agent, delegation)).status_code == 200

    async def test_no_token_after_the_last_day_and_none_that_outlives_it(
        self, town: Town, holder: Holder, agent: Caller
    ) -> None:
        delegation = await active(holder, agent, valid_until=town.today.isoformat())
        answer = await exchange(town, agent, delegation)
        claims = claims_of(answer.json()["access_token"])
        midnight = datetime.combine(town.today + timedelta(days=1), time(), tzinfo=clock.CITY_TIME)
        assert datetime.fromtimestamp(claims["exp"], UTC) <= midnight
        assert answer.json()["expires_in"] == claims["exp"] - claims["iat"]
        async with town._gateway_database.engine.begin() as connection:
            await connection.exec_driver_sql(
                "UPDATE delegation SET valid_until = $1 WHERE id = $2",
                (town.today - timedelta(days=1), uuid.UUID(delegation["id"])),
            )
        refused = await exchange(town, agent, delegation)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")

    async def test_a_token_that_acts_is_not_exchanged_again(
        self, town: Town, holder: Holder, agent: Caller
    ) -> None:
        delegation = await active(holder, agent)
        chained = await exchange(town, await acting(town, agent, delegation), delegation)
        assert (chained.status_code, chained.json()["error"]) == (400, "invalid_grant")

    async def test_a_malformed_exchange_is_refused_and_says_where(self, town: Town, agent: Caller) -> None:
        grant = {"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange"}
        kind = "urn:ietf:params:oauth:token-type:access_token"
        missing = await town.public.post(TOKEN, data=grant)
        assert {error["pointer"] for error in missing.json()["errors"]} == {
            *("/subject_token", "/subject_token_type")
        }
        form = {**grant, "subject_token": agent.token, "subject_token_type": kind}
        whose = await town.public.post(TOKEN, data=form)
        assert (whose.status_code, whose.json()["errors"][0]["pointer"]) == (400, "/delegation")
        for token in ("x", "a.b.c", agent.token[:-2] + "xx", agent.token + "x"):
            form = {**grant, "subject_token": token, "subject_token_type": kind, "delegation": str(new_id())}
            answer = await town.public.post(TOKEN, data=form)
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")

    async def test_each_exchange_is_in_the_trail_under_its_authority(
        self, town: Town, holder: Holder, agent: Caller
    ) -> None:
        delegation = await active(holder, agent)
        await acting(town, agent, delegation)
        async with town._gateway_database.engine.begin() as connection:
            found = await connection.exec_driver_sql(
                "SELECT actor, owner, authority FROM audit_log "
                "WHERE action = 'gateway.acted_for.v1' AND entity_id = $1",
                (delegation["id"],),
            )
            (row,) = found.all()
        authority = f"{delegation['id']}.{delegation['version']}"
        assert tuple(row) == (str(agent.account), holder.uscc, authority)


class TestItsEnd:
    async def test_a_withdrawal_ends_its_tokens_at_every_gateway(
        self, town: Town, holder: Holder, agent: Caller, beside: str
    ) -> None:
        delegation, other = await active(holder, agent), await active(holder, agent)
        gone, kept = await acting(town, agent, delegation), await acting(town, agent, other)
        assert (await gone.get(f"{beside}{DRAFTS}")).status_code == 200
        assert (await holder.post(f"{PATH}/{delegation['id']}/withdrawal", {})).status_code == 200
        for base in ("", beside):
            problem = await ends(gone, f"{base}{DRAFTS}")
            assert (problem["code"], problem["code_hint"]) == ("unauthorized", "delegation_changed")
            assert (await kept.get(f"{base}{DRAFTS}")).status_code == 200

    async def test_a_narrower_extent_ends_the_tokens_of_the_wider_one(
        self, town: Town, holder: Holder, agent: Caller
    ) -> None:
        delegation = await active(holder, agent)
        wide = await acting(town, agent, delegation)
        extent = {"rights": ["permits:read"], "sites": None, "valid_until": None}
        put = await holder.http.put(f"{PATH}/{delegation['id']}", json=extent, headers={"If-Match": "*"})
        assert put.status_code == 200
        await ends(wide, REPORTS)
        narrow = await acting(town, agent, delegation)
        assert (await narrow.get(REPORTS)).status_code == 200
        assert (await narrow.get(DRAFTS)).status_code == 403

    async def test_who_signs_out_acts_for_nobody(self, town: Town, holder: Holder, agent: Caller) -> None:
        for_holder = await acting(town, agent, await active(holder, agent))
        assert (await agent.http.delete("/v1/auth/sessions/current")).status_code == 204
        assert (await ends(for_holder, DRAFTS))["code_hint"] == "session_ended"

    async def test_a_gateway_that_starts_later_knows_what_was_withdrawn(
        self, town: Town, stack: TestStack, holder: Holder, agent: Caller
    ) -> None:
        delegation = await active(holder, agent)
        gone = await acting(town, agent, delegation)
        await holder.post(f"{PATH}/{delegation['id']}/withdrawal", {})
        async with another_gateway(stack, notice_poll_seconds=60) as url:
            assert (await gone.get(f"{url}{DRAFTS}")).status_code == 401

    async def test_withdrawals_and_exchanges_at_once_leave_no_token_that_holds(
        self, town: Town, holder: Holder, agent: Caller
    ) -> None:
        delegation = await active(holder, agent)

        async def withdraw() -> None:
            await asyncio.sleep(0.02)
            await holder.post(f"{PATH}/{delegation['id']}/withdrawal", {})

        taken, _ = await asyncio.gather(
            asyncio.gather(*(exchange(town, agent, delegation) for _ in range(12))), withdraw()
        )
        assert {answer.status_code for answer in taken} <= {200, 400}
        for answer in taken:
            if answer.status_code == 200:
                token = answer.json()["access_token"]
                caller = Caller(await town._client(token), agent.account, agent.login, token)
                await ends(caller, DRAFTS)
