"""The audit trail of real requests: who did what to which record, what it was before and after, in which request."""

from __future__ import annotations

import json
from typing import Any

import asyncpg
from sqlalchemy.engine import make_url

from tests.support.town import Town


async def trail(town: Town, entity: str, entity_id: str) -> list[dict[str, Any]]:
    """The audit rows of one record, oldest first."""
    url = make_url(town.stack.databases["permits"]).set(drivername="postgresql")
    connection = await asyncpg.connect(url.render_as_string(hide_password=False))
    try:
        rows = await connection.fetch(
            "SELECT * FROM audit_log WHERE entity = $1 AND entity_id = $2 ORDER BY id", entity, entity_id
        )
    finally:
        await connection.close()
    return [
        {**row, **{name: row[name] and json.loads(row[name]) for name in ("before", "after")}} for row in rows
    ]


async def test_a_report_leaves_who_did_what_step_by_step(town: Town) -> None:
    holder, reviewer = await town.holder(), await town.staff("reviewer")
    body = await holder.report()
    submitted = await holder.post("/v1/permits/reports", body)
    report = submitted.json()["report"]["id"]
    path = f"/v1/permits/reports/{report}"
    returned = await reviewer.post(
        f"{path}/reviews", {"version": 1, "decision": "return", "comment": "核对产量"}
    )
    correction = {name: value for name, value in body.items() if name != "obligation_id"}
    corrected = await holder.post(
        f"{path}/versions", {**correction, "corrects_version": 1, "reason": "更正产量"}
    )
    assert (returned.status_code, corrected.status_code) == (201, 201)
    rows = await trail(town, "report", report)
    assert [(row["action"], row["actor"], row["actor_roles"]) for row in rows] == [
        ("permits.report_submitted.v1", str(holder.account), ["enterprise"]),
        ("permits.report_returned.v1", str(reviewer.account), ["reviewer"]),
        ("permits.report_corrected.v1", str(holder.account), ["enterprise"]),
    ]
    answers = (submitted, returned, corrected)
    assert [row["request_id"] for row in rows] == [answer.headers["x-request-id"] for answer in answers]
    assert {row["owner"] for row in rows} == {holder.uscc}
    duties = [(row["duty"], row["counterparts"]) for row in rows]
    assert duties == [(None, None), ("review", [str(holder.account)]), (None, None)]
    assert {(row["authority"], row["refusal"]) for row in rows} == {(None, None)}
    assert all(row["at"].tzinfo is not None for row in rows)


async def test_before_and_after_say_what_a_decision_changed(town: Town) -> None:
    holder, reviewer = await town.holder(), await town.staff("reviewer")
    submitted = await holder.submitted()
    report, digest = submitted["report"]["id"], submitted["receipt"]["document_sha256"]
    review = {"version": 1, "decision": "accept"}
    assert (await reviewer.post(f"/v1/permits/reports/{report}/reviews", review)).status_code == 201
    first, second = await trail(town, "report", report)
    assert (first["before"], first["after"]) == (
        None,
        {"version": 1, "document_sha256": digest, "state": "submitted"},
    )
    assert second["before"] == {"state": "submitted", "version": 1}
    assert second["after"] == {"state": "accepted", "version": 1, "comment": None}


async def test_a_change_keeps_the_whole_record_as_it_was_and_as_it_is(town: Town) -> None:
    clerk, uscc = await town.staff("clerk"), town.new_uscc()
    made = await clerk.post("/v1/permits/enterprises", town.enterprise_content(uscc))
    change = {"address": "示例路2号"}
    changed = await clerk.http.patch(
        f"/v1/permits/enterprises/{uscc}", json=change, headers={"If-Match": made.headers["etag"]}
    )
    assert changed.status_code == 200, changed.text
    registered, edited = await trail(town, "enterprise", uscc)
    assert registered["before"] is None
    assert edited["before"] == registered["after"]
    differing = {name for name, value in edited["after"].items() if edited["before"][name] != value}
    assert differing >= {"address"}
    assert (edited["before"]["address"], edited["after"]["address"]) == ("示例路1号", "示例路2号")


async def test_the_trace_of_the_caller_is_kept(town: Town) -> None:
    holder = await town.holder()
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    submitted = await holder.post(
        "/v1/permits/reports", await holder.report(), traceparent=f"00-{trace}-00f067aa0ba902b7-01"
    )
    (row,) = await trail(town, "report", submitted.json()["report"]["id"])
    assert row["traceparent"].split("-")[1] == trace


async def test_what_was_refused_or_replayed_leaves_no_row(town: Town) -> None:
    holder, reviewer = await town.holder(), await town.staff("reviewer")
    body = await holder.report()
    submitted = await holder.post("/v1/permits/reports", body, key="one")
    report = submitted.json()["report"]["id"]
    await holder.post("/v1/permits/reports", body, key="one")
    await holder.post("/v1/permits/reports", body, key="two")
    refused = await reviewer.post(
        f"/v1/permits/reports/{report}/reviews", {"version": 1, "decision": "return"}
    )
    assert refused.status_code == 422
    assert [row["action"] for row in await trail(town, "report", report)] == ["permits.report_submitted.v1"]
