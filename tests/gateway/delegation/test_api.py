"""Delegations over HTTP: invited, answered, changed, withdrawn; who sees them, and what the trail keeps."""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import pytest

from services.kit.ids import new_id
from tests.gateway.delegation.people import PATH, active, invitation, invited, new_agent
from tests.permits.reading import is_problem, named, walked
from tests.support.town import PASSWORD, Caller, Holder, Town

READ = {"rights": ["permits:read"], "sites": None, "valid_until": None}


@pytest.fixture
async def holder(town: Town) -> Holder:
    return await town.holder()


@pytest.fixture
async def agent(town: Town) -> Caller:
    return await new_agent(town)


async def rows(town: Town, statement: str, *values: object) -> list[Any]:
    async with town._gateway_database.engine.begin() as connection:
        found = await connection.exec_driver_sql(statement, tuple(values))
        return list(found) if found.returns_rows else []


def registration(code: str, login: str) -> dict[str, str]:
    return {"code": code, "login": login, "name": "李代理", "password": PASSWORD}


class TestInviting:
    async def test_an_agent_accepts_and_both_sides_see_the_same(self, holder: Holder, agent: Caller) -> None:
        made = await invited(holder, agent, note="季度报告")
        assert (made["standing"], made["version"], made["agent"], made["code"]) == ("invited", 1, None, None)
        accepted = await agent.post(f"{PATH}/{made['id']}/answer", {"answer": "accept"})
        assert accepted.status_code == 201
        body = accepted.json()
        assert (body["standing"], body["agent"]["login"]) == ("active", agent.login)
        for caller in (holder, agent):
            assert (await caller.get(f"{PATH}/{made['id']}")).json() == body
            assert await walked(caller, PATH) == [[body]]

    async def test_an_agent_declines_and_it_has_ended(self, holder: Holder, agent: Caller) -> None:
        made = await invited(holder, agent)
        body = (await agent.post(f"{PATH}/{made['id']}/answer", {"answer": "decline"})).json()
        assert (body["standing"], body["agent"], body["ended_by"]) == ("declined", None, str(agent.account))
        again = await agent.post(f"{PATH}/{made['id']}/answer", {"answer": "accept"})
        assert is_problem(again, 409, "delegation_step_not_open")
        assert again.json()["standing"] == "declined"

    async def test_whether_a_login_is_anybodys_is_not_said(
        self, town: Town, holder: Holder, agent: Caller
    ) -> None:
        clerk = await town.staff("clerk")
        answers = []
        for login in (agent.login, clerk.login, f"nobody.{new_id().hex}"):
            answer = await holder.post(PATH, {**invitation(holder), "login": login})
            assert answer.status_code == 201
            answers.append(answer.json())
        own = {"id", "invited_at", "invited_login"}
        assert len({str({n: v for n, v in each.items() if n not in own}) for each in answers}) == 1

    async def test_who_takes_a_login_later_is_not_meant(self, town: Town, holder: Holder) -> None:
        login = f"later.{new_id().hex}"
        made = (await holder.post(PATH, {**invitation(holder), "login": login})).json()
        late = await town.caller(login, roles=["agent"], usccs=[])
        assert await walked(late, PATH) == [[]]
        answer = await late.post(f"{PATH}/{made['id']}/answer", {"answer": "accept"})
        assert is_problem(answer, 404, "delegation_not_found")

    async def test_everything_wrong_is_named_at_once(self, town: Town, holder: Holder) -> None:
        content = {
            "uscc": (await town.holder()).uscc,
            "rights": ["waste:read", "permits:submit", "waste:read"],
            "sites": [holder.permit["permit_number"]],
            "valid_until": "2020-01-01",
        }
        assert named(await holder.post(PATH, content)) == {("/rights/1", "enum")}
        content["rights"] = ["waste:read"]
        refused = await holder.post(PATH, content)
        assert is_problem(refused, 422, "delegation_invalid")
        assert named(refused) == {
            ("/uscc", "not_your_enterprise"),
            ("/rights/0", "right_of_no_site"),
            ("/sites/0", "site_not_of_enterprise"),
            ("/valid_until", "day_over"),
        }

    async def test_the_bureau_and_agents_invite_nobody(
        self, town: Town, holder: Holder, agent: Caller
    ) -> None:
        for caller in (agent, await town.staff("clerk"), await town.staff("approver")):
            assert is_problem(await caller.post(PATH, invitation(holder)), 403, "forbidden")


class TestCodes:
    async def test_a_code_is_shown_once_kept_nowhere_and_used_once(
        self, town: Town, holder: Holder, agent: Caller
    ) -> None:
        key = str(new_id())
        made = await holder.post(PATH, invitation(holder), key=key)
        code = made.json()["code"]
        assert made.headers["cache-control"] == "no-store"
        again = await holder.post(PATH, invitation(holder), key=key)
        assert again.json() == {n: v for n, v in made.json().items() if n != "code"}
        for table in ("delegation", "idempotency_key", "audit_log"):
            dump = "".join(row[0] for row in await rows(town, f"SELECT t::text FROM {table} t"))  # noqa: S608
            assert code not in dump, table
            assert code.encode().hex() not in dump, table
        path = f"{PATH}/answers"
        answers = [await agent.post(path, {"code": code, "answer": "accept"}) for _ in range(2)]
        assert answers[0].json()["agent"]["login"] == agent.login
        assert is_problem(answers[1], 404, "delegation_not_found")

    async def test_two_who_use_a_code_at_once_are_one_agent(self, town: Town, holder: Holder) -> None:
        code, agents = (await invited(holder))["code"], [await new_agent(town) for _ in range(2)]
        answers = await asyncio.gather(
            *(each.post(f"{PATH}/answers", {"code": code, "answer": "accept"}) for each in agents)
        )
        assert sorted(answer.status_code for answer in answers) == [201, 404]

    async def test_somebody_without_an_account_registers_with_it_as_an_agent_and_nothing_else(
        self, town: Town, holder: Holder
    ) -> None:
        code, login = (await invited(holder))["code"], f"new.{new_id().hex}"
        answer = await town.public.post(f"{PATH}/registrations", json=registration(code, login.upper()))
        assert answer.status_code == 201, answer.text
        assert (answer.json()["standing"], answer.json()["agent"]["name"]) == ("active", "李代理")
        assert (await town.sign_in(login))["scope"] == "delegations:accept"
        again = await town.public.post(f"{PATH}/registrations", json=registration(code, f"{login}x"))
        assert is_problem(again, 404, "delegation_not_found")

    async def test_a_weak_password_is_refused_and_leaves_the_code_as_it_was(
        self, town: Town, holder: Holder
    ) -> None:
        form = registration((await invited(holder))["code"], f"n{new_id().hex}")
        refused = await town.public.post(f"{PATH}/registrations", json={**form, "password": form["login"]})
        assert is_problem(refused, 422, "weak_password")
        assert named(refused) == {("/password", "password_contains_login")}
        assert (await town.public.post(f"{PATH}/registrations", json=form)).status_code == 201

    async def test_a_login_that_is_taken_leaves_the_code_as_it_was(
        self, town: Town, holder: Holder, agent: Caller
    ) -> None:
        code = (await invited(holder))["code"]
        refused = await town.public.post(f"{PATH}/registrations", json=registration(code, agent.login))
        assert is_problem(refused, 409, "account_exists")
        login = f"n{new_id().hex}"
        retried = await town.public.post(f"{PATH}/registrations", json=registration(code, login))
        assert retried.status_code == 201

    async def test_a_code_that_was_withdrawn_or_has_lapsed_opens_nothing(
        self, town: Town, holder: Holder
    ) -> None:
        withdrawn, lapsed = await invited(holder), await invited(holder)
        assert (await holder.post(f"{PATH}/{withdrawn['id']}/withdrawal", {})).status_code == 200
        day, lapsed_id = town.today - timedelta(days=1), uuid.UUID(lapsed["id"])
        await rows(town, "UPDATE delegation SET answer_until = $1 WHERE id = $2", day, lapsed_id)
        for made in (withdrawn, lapsed):
            login = f"n{new_id().hex}"
            refused = await town.public.post(f"{PATH}/registrations", json=registration(made["code"], login))
            assert is_problem(refused, 404, "delegation_not_found")
            assert await rows(town, "SELECT 1 FROM account WHERE login = $1", login) == []


class TestChanging:
    async def test_a_change_needs_the_version_that_was_read(self, holder: Holder, agent: Caller) -> None:
        made = await active(holder, agent)
        read, put = await holder.get(f"{PATH}/{made['id']}"), holder.http.put
        assert is_problem(await put(f"{PATH}/{made['id']}", json=READ), 428, "precondition_required")
        headers = {"If-Match": read.headers["etag"]}
        changed = await put(f"{PATH}/{made['id']}", json=READ, headers=headers)
        assert (changed.status_code, changed.json()["rights"]) == (200, ["permits:read"])
        assert changed.json()["version"] == made["version"] + 1
        stale = await put(f"{PATH}/{made['id']}", json=READ, headers=headers)
        assert is_problem(stale, 412, "precondition_failed")

    async def test_the_agent_changes_nothing_and_may_give_it_up(self, holder: Holder, agent: Caller) -> None:
        made = await active(holder, agent)
        put = await agent.http.put(f"{PATH}/{made['id']}", json=READ, headers={"If-Match": "*"})
        assert is_problem(put, 403, "forbidden")
        assert is_problem(await agent.post(f"{PATH}/{made['id']}/withdrawal", {}), 403, "forbidden")
        body = (await agent.post(f"{PATH}/{made['id']}/resignation", {"reason": "合同到期"})).json()
        assert (body["standing"], body["reason"], body["ended_by"]) == (
            *("resigned", "合同到期"),
            str(agent.account),
        )
        gone = await holder.post(f"{PATH}/{made['id']}/withdrawal", {})
        assert is_problem(gone, 409, "delegation_step_not_open")

    async def test_what_has_expired_is_given_a_new_day(
        self, town: Town, holder: Holder, agent: Caller
    ) -> None:
        today = town.today.isoformat()
        made = await active(holder, agent, valid_until=today)
        day, made_id = town.today - timedelta(days=1), uuid.UUID(made["id"])
        await rows(town, "UPDATE delegation SET valid_until = $1 WHERE id = $2", day, made_id)
        assert (await holder.get(f"{PATH}/{made['id']}")).json()["standing"] == "expired"
        extent = {**READ, "valid_until": today}
        put = await holder.http.put(f"{PATH}/{made['id']}", json=extent, headers={"If-Match": "*"})
        assert put.json()["standing"] == "active"


class TestWhoSees:
    async def test_another_enterprise_and_another_agent_see_nothing(
        self, town: Town, holder: Holder, agent: Caller
    ) -> None:
        made = await active(holder, agent)
        for stranger in (await town.holder(), await new_agent(town)):
            assert await walked(stranger, PATH) == [[]]
            for method, rest, body in (
                ("GET", "", None),
                ("PUT", "", READ),
                ("POST", "/withdrawal", {}),
                ("POST", "/answer", {"answer": "accept"}),
                ("POST", "/resignation", {}),
            ):
                headers = {"Idempotency-Key": str(new_id()), "If-Match": "*"}
                path = f"{PATH}/{made['id']}{rest}"
                answer = await stranger.http.request(method, path, json=body, headers=headers)
                assert answer.json()["code"] in ("forbidden", "delegation_not_found"), (method, path)

    async def test_the_bureau_reads_it_in_the_trail_not_here(
        self, town: Town, holder: Holder, agent: Caller
    ) -> None:
        made = await active(holder, agent)
        answer = await (await town.staff("approver")).get(f"{PATH}/{made['id']}")
        assert is_problem(answer, 403, "wrong_audience")

    async def test_every_step_is_in_the_trail_with_who_and_for_whom(
        self, town: Town, holder: Holder, agent: Caller
    ) -> None:
        made = await active(holder, agent)
        await holder.post(f"{PATH}/{made['id']}/withdrawal", {"reason": "换人"})
        statement = "SELECT action, actor, owner, after FROM audit_log WHERE entity_id = $1 ORDER BY id"
        trail = await rows(town, statement, made["id"])
        assert [(row.action, row.actor, row.owner) for row in trail] == [
            ("gateway.delegation_invited.v1", str(holder.account), holder.uscc),
            ("gateway.delegation_accepted.v1", str(agent.account), holder.uscc),
            ("gateway.delegation_withdrawn.v1", str(holder.account), holder.uscc),
        ]
        assert trail[-1].after["reason"] == "换人"


async def test_an_enterprise_has_a_bounded_number_of_them(
    holder: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.delegation.service.MOST", 2)
    kept = [await invited(holder) for _ in range(2)]
    assert is_problem(await holder.post(PATH, invitation(holder)), 409, "too_many_delegations")
    await holder.post(f"{PATH}/{kept[0]['id']}/withdrawal", {})
    assert (await holder.post(PATH, invitation(holder))).status_code == 201
