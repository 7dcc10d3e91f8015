"""What the prey has in the credit ledger: records of every state, an evaluation, a statement, a candidate."""

from __future__ import annotations

from typing import Any

from services.credit.candidates.models import Candidate
from services.kit import clock
from services.kit.database import Database
from services.kit.ids import new_id
from tests.support.credit import body, open_bureau, violation
from tests.support.town import Holder, Town


async def fill_credit(
    town: Town, holder: Holder, named: dict[str, list[str]], documents: dict[str, Any]
) -> None:
    bureau, uscc = await open_bureau(town), holder.uscc
    admitted = await bureau.admitted(violation(town, uscc))
    draft = await bureau.entered(violation(town, uscc))
    pending = await bureau.pending(violation(town, uscc))
    evaluation = await bureau.evaluated(uscc)
    statement = body(await holder.post("/v1/credit/statements", {"uscc": uscc}), 201)
    named["record_id"] += [admitted["id"], draft["id"], pending["id"]]
    named["evaluation_id"] = [evaluation["id"]]
    named["statement_id"] = [statement["id"]]
    named["candidate_id"] = [await _candidate(town, uscc)]
    revised = {name: value for name, value in violation(town, uscc).items() if name != "uscc"}
    documents |= {
        "POST /v1/credit/records": violation(town, uscc),
        "PUT /v1/credit/records/{record_id}": revised,
        "POST /v1/credit/records/{record_id}/submission": {},
        "POST /v1/credit/records/{record_id}/decisions": {"version": 1, "decision": "approve"},
        "POST /v1/credit/candidates/{candidate_id}/record": revised,
        "POST /v1/credit/candidates/{candidate_id}/dismissal": {"reason": "证据不足"},
        "POST /v1/credit/evaluations": {"uscc": uscc},
        "POST /v1/credit/statements": {"uscc": uscc},
    }


async def _candidate(town: Town, uscc: str) -> str:
    """As the feed of another service would have brought it."""
    database = Database(town.stack.databases["credit"], pool_size=1)
    made = new_id()
    async with database.transaction() as session:
        session.add(_candidate_row(made, uscc))
    await database.close()
    return str(made)


def _candidate_row(identity: Any, uscc: str) -> Candidate:
    return Candidate(
        id=identity,
        source="/v1/permits",
        source_event_id=str(new_id()),
        event_type="permits.exceedance_confirmed.v1",
        evidence=f"/v1/permits/reports/{new_id()}",
        uscc=uscc,
        suggested_kind="violation",
        happened_on=clock.today(),
        facts={"uscc": uscc},
        received_at=clock.now(),
        state="open",
    )
