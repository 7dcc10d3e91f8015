"""Key emitters and their reports, for tests."""

from __future__ import annotations

from typing import Any

from tests.support.fuels import recorded
from tests.support.quotas import entered
from tests.support.town import Holder, Town

EMITTERS = "/v1/permits/greenhouse/emitters"
GREENHOUSE_REPORTS = "/v1/permits/greenhouse/reports"


def emitter(uscc: str, **changes: Any) -> dict[str, Any]:
    content = {"uscc": uscc, "year": 2025, "sector": "热力生产和供应", "basis": "内环办〔2025〕12号"}
    return {**content, **changes}


async def key_emitter(town: Town) -> Holder:
    """A holder on the list of 2025, with a year of coal and electricity."""
    holder = await town.holder()
    entered(await (await town.staff("clerk")).post(EMITTERS, emitter(holder.uscc)))
    await recorded(holder, period_end="2025-12-31", quantity="10000")
    bought = {"fuel": "electricity_bought", "quantity": "1000", "sulphur_percent": None}
    await recorded(holder, period_end="2025-12-31", **bought)
    return holder


async def emissions(holder: Holder) -> dict[str, Any]:
    """What the preview says to send."""
    answer = await holder.get(f"/v1/permits/greenhouse/enterprises/{holder.uscc}/sheets/2025")
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["submission"])


async def reported(holder: Holder) -> dict[str, Any]:
    return entered(await holder.post(GREENHOUSE_REPORTS, await emissions(holder)))["report"]


def step(name: str, on_day: str, **changes: Any) -> dict[str, Any]:
    return {"step": name, "version": 1, "on_day": on_day, "basis": "二环函〔2026〕3号", **changes}
