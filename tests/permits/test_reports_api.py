"""Execution reports through the gateway."""

from __future__ import annotations

from tests.support.town import Town


class TestSubmit:
    async def test_a_right_report_is_answered_with_201_and_a_receipt(self, town: Town) -> None:
        holder = await town.holder()
        answer = await holder.post("/v1/permits/reports", await holder.report())
        assert answer.status_code == 201
        assert answer.json()["report"]["state"] == "submitted"
        assert answer.json()["receipt"]["jws"].count(".") == 2
