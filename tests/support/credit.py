"""Credit for tests: clerks and approvers at work on enterprises of the test's own."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from tests.support.town import Caller, Town

PACK = "jiangsu-2020"
_documents = itertools.count(1)


def violation(town: Town, uscc: str, **changes: Any) -> dict[str, Any]:
    """A fine for air emission over the standard that has taken effect: minus three points."""
    decided = town.today - timedelta(days=20)
    content = {
        "uscc": uscc,
        "kind": "violation",
        "source": "示例市生态环境综合行政执法支队",
        "document_number": f"示环罚〔2026〕{next(_documents)}号",
        "summary": "二氧化硫小时浓度超过许可排放限值，责令改正并处罚款",
        "act_date": (decided - timedelta(days=30)).isoformat(),
        "decision_date": decided.isoformat(),
        "clause": "air_exceedance_fined",
        "severity": "general",
        "severity_basis": "罚款数额较大，非简易程序",
        "fine_cny": "100000.00",
    }
    return {**content, **changes}


def compliance(town: Town, uscc: str, **changes: Any) -> dict[str, Any]:
    """A check without findings: no points."""
    dropped = {"clause": None, "severity": None, "severity_basis": None, "fine_cny": None}
    return violation(
        town, uscc, **{**dropped, "kind": "compliance", "summary": "双随机检查未发现违法行为", **changes}
    )


@dataclass
class Bureau:
    """The people of the credit office."""

    town: Town
    clerk: Caller
    approver: Caller

    def new_uscc(self) -> str:
        return self.town.new_uscc()

    async def enterprise(self) -> tuple[str, Caller]:
        """A new enterprise, signed in."""
        uscc = self.new_uscc()
        return uscc, await self.town.caller(f"c.{uscc.lower()}", roles=["enterprise"], usccs=[uscc])

    async def entered(self, content: dict[str, Any]) -> dict[str, Any]:
        """A draft."""
        return body(await self.clerk.post("/v1/credit/records", content), 201)

    async def pending(self, content: dict[str, Any]) -> dict[str, Any]:
        record = await self.entered(content)
        return body(await self.clerk.post(f"/v1/credit/records/{record['id']}/submission", {}), 201)

    async def decide(self, record: dict[str, Any], decision: str = "approve", **more: Any) -> httpx.Response:
        content = {"version": record["version"], "decision": decision, **more}
        return await self.approver.post(f"/v1/credit/records/{record['id']}/decisions", content)

    async def admitted(self, content: dict[str, Any]) -> dict[str, Any]:
        """A record in the ledger."""
        return body(await self.decide(await self.pending(content)), 201)

    async def evaluated(self, uscc: str) -> dict[str, Any]:
        return body(await self.approver.post("/v1/credit/evaluations", {"uscc": uscc}), 201)


def body(answer: httpx.Response, status: int = 200) -> Any:
    """The answer's JSON, which must have this status."""
    assert answer.status_code == status, answer.text
    return answer.json()


async def open_bureau(town: Town) -> Bureau:
    """The office with its rule pack published; once a session is enough."""
    bureau = Bureau(town, await town.staff("clerk"), await town.staff("approver"))
    answer = await bureau.approver.post("/v1/credit/rule-packs", {"pack": PACK})
    assert answer.status_code in (201, 409), answer.text
    return bureau
