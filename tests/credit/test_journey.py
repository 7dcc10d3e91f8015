"""The demonstration's journey, twice on the same data."""

from __future__ import annotations

import asyncio

import pytest

from infra.journeys import credit
from infra.sample.otp import VARIABLE
from tests.support.town import OTP_SECRET, PASSWORD, Town


async def test_the_journey_can_be_walked_again_and_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, OTP_SECRET)
    holder = await town.holder()
    for name in ("LOGIN", "CLERK", "APPROVER", "BANK"):  # the people of this test, not of another
        monkeypatch.setattr(credit, name, f"{name}.{holder.uscc}".lower())
    for login, roles, usccs in (
        (credit.LOGIN, ["enterprise"], [holder.uscc]),
        (credit.CLERK, ["clerk"], []),
        (credit.APPROVER, ["approver"], []),
        (credit.BANK, ["bank"], []),
    ):
        await town.account(login, roles=roles, usccs=usccs)
    said: list[str] = []
    for _ in range(2):
        await asyncio.to_thread(credit.run, town.stack.gateway, PASSWORD, said.append)
    assert sum(line.startswith("●") for line in said) == 2 * 13
