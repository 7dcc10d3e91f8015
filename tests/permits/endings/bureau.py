"""Proposes and decides ends of permits, for the tests."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import asyncpg
import httpx
from sqlalchemy.engine import make_url

from services.kit import clock
from services.kit.ids import new_id
from tests.support.town import Holder, Town

ENDINGS = "/v1/permits/endings"
DOCUMENT = "二环罚决字〔2026〕7号"


def proposal(number: str, **changes: Any) -> dict[str, Any]:
    content = {
        "permit_number": number,
        "kind": "annulled",
        "ground": "deceit",
        "reason": "申请材料中的监测报告系伪造",
    }
    return {**content, **changes}


NOTICE = {"document_number": "二环罚告字〔2026〕7号", "method": "in_person", "received_by": "张某某"}
CALL = {
    "held_on": "2031-03-03",
    "place": "市生态环境局二楼会议室",
    "presided_by": "王某",
    "document_number": "二环听通字〔2031〕1号",
}
RECORD = {
    "held_on": "2031-03-03",
    "attended": True,
    "presided_by": "王某",
    "record": "当事人称在线设备故障系雷击所致，并出示维修记录。",
    "signed": True,
    "opinion": "事实清楚，建议维持拟作出的处罚。",
}


async def propose(town: Town, number: str, **changes: Any) -> dict[str, Any]:
    """A proposal, of which the holder was told where that is needed; the answer."""
    reviewer = await town.staff("reviewer")
    answer = await reviewer.post(ENDINGS, proposal(number, **changes))
    assert answer.status_code == 201, answer.text
    proposed: dict[str, Any] = answer.json()
    if proposed["kind"] == "cancelled":
        return proposed
    answer = await reviewer.post(f"{ENDINGS}/{proposed['id']}/notice", NOTICE)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def decide(town: Town, ending_id: str, **changes: Any) -> httpx.Response:
    content = {"decision": "approve", "document_number": DOCUMENT, **changes}
    return await (await town.staff("approver")).post(f"{ENDINGS}/{ending_id}/decision", content)


async def end(
    town: Town, holder: Holder, *, effective_on: date | None = None, **changes: Any
) -> dict[str, Any]:
    """Ends a holder's permit; the answer."""
    proposed = await propose(town, holder.permit["permit_number"], **changes)
    day = {"effective_on": effective_on.isoformat()} if effective_on else {}
    answer = await decide(town, proposed["id"], **day)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def execute(town: Town, statement: str, *values: Any) -> list[Any]:
    """A statement in the permits database."""
    url = make_url(town.stack.databases["permits"]).set(drivername="postgresql")
    connection = await asyncpg.connect(url.render_as_string(hide_password=False))
    try:
        return list(await connection.fetch(statement, *values))
    finally:
        await connection.close()


async def proposed_long_ago(town: Town, holder: Holder, *, kind: str, ground: str) -> str:
    """A proposal of thirty days ago: the holder was told, and had its time to ask for a hearing."""
    ending_id, moment = new_id(), clock.now() - timedelta(days=30)
    await _insert(town, holder, ending_id, kind, ground, moment)
    path = f"{ENDINGS}/{ending_id}/notice"
    received = {**NOTICE, "received_on": (clock.today() - timedelta(days=29)).isoformat()}
    answer = await (await town.staff("reviewer")).post(path, received)
    assert answer.status_code == 201, answer.text
    return str(ending_id)


async def _insert(
    town: Town, holder: Holder, ending_id: Any, kind: str, ground: str, moment: datetime
) -> None:
    await execute(
        town,
        "INSERT INTO ending_proposal (id, permit_id, permit_number, uscc, kind, ground, article, reason,"
        " proposed_by, proposed_at) VALUES ($1, $2, $3, $4, $5, $6, '条例', '情节严重', 'somebody', $7)",
        *(ending_id, holder.permit["id"], holder.permit["permit_number"], holder.uscc, kind, ground, moment),
    )
