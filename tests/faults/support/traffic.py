"""Clients that submit and correct without end while somebody kills what they talk to, and know what they were told."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.faults.support.records import REPORTS, fetch, persist
from tests.support.town import Holder

_VERSIONS = """
    SELECT v.version, v.receipt_id, v.document_sha256 FROM report_version v JOIN report r ON r.id = v.report_id
    WHERE r.uscc = $1 ORDER BY r.id, v.version
"""
_FACTS = """
    SELECT data->>'document_sha256' AS digest FROM event_log
    WHERE owner = $1 AND type IN ('permits.report_submitted.v1', 'permits.report_corrected.v1')
"""


@dataclass
class Client:
    """One enterprise's software. Every request has its key and is repeated until it is answered."""

    holder: Holder
    acknowledged: list[dict[str, Any]] = field(default_factory=list)

    async def submit(self, body: dict[str, Any]) -> None:
        await self._send(REPORTS, body)

    async def correct_last(self) -> None:
        """The next version of the report that was acknowledged last; each has figures of its own."""
        last = self.acknowledged[-1]
        stated = {name: last["document"][name] for name in ("values", "exceedance_explanation")}
        correction = {
            **stated,
            "production_days": last["document"]["production_days"] % 90 + 1,
            "corrects_version": last["version"],
            "reason": f"更正 {uuid.uuid4()}",
        }
        await self._send(f"{REPORTS}/{last['report']['id']}/versions", correction)

    async def _send(self, path: str, body: dict[str, Any]) -> None:
        answer = await persist(self.holder, path, body, key=str(uuid.uuid4()))
        assert answer.status_code == 201, answer.text
        self.acknowledged.append(answer.json())

    async def nothing_is_lost_or_doubled(self, url: str) -> None:
        """What was acknowledged and what is stored in the permits database at `url` are the same, one for one."""
        stored = await fetch(url, _VERSIONS, self.holder.uscc)
        told = [(one["version"], one["receipt"]["receipt_id"]) for one in self.acknowledged]
        assert sorted(told) == sorted((row["version"], row["receipt_id"]) for row in stored)
        facts = await fetch(url, _FACTS, self.holder.uscc)
        assert sorted(row["digest"] for row in facts) == sorted(row["document_sha256"] for row in stored)
