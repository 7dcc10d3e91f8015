"""The red alert of two days in February 2025, under which special limits of the tests' permits hold."""

from __future__ import annotations

from tests.support.town import Town

_ALERT = {
    "level": "red",
    "region_code": "152501",
    "basis": "二连浩特市政府〔2025〕1号",
    "begins_at": "2025-02-10T08:00:00+08:00",
    "ends_at": "2025-02-11T20:00:00+08:00",
}


async def red_alert(town: Town) -> None:
    """Entered, by this test or by one before it in the same town."""
    officer = await town.staff("duty_officer")
    answer = await officer.post("/v1/permits/alert-periods", _ALERT)
    assert answer.status_code == 201 or answer.json()["code"] == "alert_exists", answer.text
