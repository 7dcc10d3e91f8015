"""Quotas as the bureau enters them: each test allocates to its own permits, from what it brings in itself."""

from __future__ import annotations

from typing import Any

import httpx

from tests.support.town import Holder, Town

DECISIONS = "/v1/permits/totals/decisions"
POSITIONS = "/v1/permits/totals/positions"
OFFSETS = "/v1/permits/totals/offsets"


def decision(kind: str, tonnes: str, permit: str | None = None, **changes: Any) -> dict[str, Any]:
    content = {
        "kind": kind,
        "pollutant": "nitrogen_oxides",
        "tonnes": tonnes,
        "from_year": 2025,
        "permit_number": permit,
        "decided_on": "2025-01-10",
        "basis": "二环发〔2025〕1号",
    }
    return {**content, **changes}


def entered(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    content: dict[str, Any] = answer.json()
    return content


async def granted(town: Town, holder: Holder, tonnes: str, **changes: Any) -> dict[str, Any]:
    """A quota for a permit, brought in from the league for it."""
    approver = await town.staff("approver")
    entered(await approver.post(DECISIONS, decision("grant", tonnes, **changes)))
    number = holder.permit["permit_number"]
    return entered(await approver.post(DECISIONS, decision("allocation", tonnes, number, **changes)))


def replacement(holder: Holder, source: Holder, **changes: Any) -> dict[str, Any]:
    content = {
        "permit_number": holder.permit["permit_number"],
        "project": "2×58 MW热水锅炉扩建",
        "pollutant": "nitrogen_oxides",
        "needed_t": "10",
        "from_year": 2027,
        "sources": [
            {
                "permit_number": source.permit["permit_number"],
                "tonnes": "12.5",
                "measure": "关停1台35蒸吨燃煤锅炉",
                "evidence": "关停验收意见",
            }
        ],
    }
    return {**content, **changes}


async def position_of(caller: Any, number: str, pollutant: str, **params: Any) -> dict[str, Any]:
    answer = await caller.get(f"{POSITIONS}/{number}", **params)
    assert answer.status_code == 200, answer.text
    (found,) = [each for each in answer.json()["pollutants"] if each["pollutant"] == pollutant]
    return dict(found)
