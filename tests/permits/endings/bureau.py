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


async def propose(town: Town, number: str, **changes: Any) -> dict[str, Any]:
    answer = await (await town.staff("reviewer")).post(ENDINGS, proposal(number, **changes))
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
    """A proposal of thirty days ago: the holder had its time to ask for a hearing."""
    ending_id, moment = new_id(), clock.now() - timedelta(days=30)
    await _insert(town, holder, ending_id, kind, ground, moment)
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
