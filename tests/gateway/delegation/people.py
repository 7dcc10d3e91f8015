"""Agents and representatives for the tests, over HTTP through the gateway."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx

from gateway.identity.schemas import ACCESS_TOKEN, TOKEN_EXCHANGE
from services.kit.ids import new_id
from tests.support.town import Caller, Holder, Town

PATH, TOKEN = "/v1/delegations", "/v1/auth/token"
FILE = ["permits:file"]


async def new_agent(town: Town) -> Caller:
    return await town.caller(f"a.{new_id().hex}", roles=["agent"], usccs=[])


def invitation(
    holder: Holder, *, rights: Sequence[str] = FILE, sites: list[str] | None = None, **more: Any
) -> dict[str, Any]:
    return {"uscc": holder.uscc, "rights": [*rights], "sites": sites, "valid_until": None, **more}


async def invited(holder: Holder, agent: Caller | None = None, **extent: Any) -> dict[str, Any]:
    """An invitation of this agent, or by a code."""
    login = {"login": agent.login} if agent else {}
    answer = await holder.post(PATH, {**invitation(holder, **extent), **login})
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def active(holder: Holder, agent: Caller, **extent: Any) -> dict[str, Any]:
    """A delegation that was accepted."""
    made = await invited(holder, agent, **extent)
    answer = await agent.post(f"{PATH}/{made['id']}/answer", {"answer": "accept"})
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def exchange(town: Town, agent: Caller, delegation: dict[str, Any], **form: str) -> httpx.Response:
    """The agent's own token for one under the delegation."""
    return await town.public.post(
        TOKEN,
        data={
            "grant_type": TOKEN_EXCHANGE,
            "subject_token": agent.token,
            "subject_token_type": ACCESS_TOKEN,
            "delegation": delegation["id"],
            **form,
        },
    )


async def acting(town: Town, agent: Caller, delegation: dict[str, Any], **form: str) -> Caller:
    """The agent in the enterprise's name, through the gateway."""
    answer = await exchange(town, agent, delegation, **form)
    assert answer.status_code == 200, answer.text
    token = answer.json()["access_token"]
    return Caller(await town._client(token), agent.account, agent.login, token)
