"""One enterprise at a glance, alone and in the gateway's dossier."""

from __future__ import annotations

from typing import Any

from tests.support.emergency import Response, created


async def responsible(team: Response, uscc: str, **changes: Any) -> dict[str, Any]:
    incident = await team.new_incident(**changes)
    body = {"uscc": uscc, "basis": "调查报告（演示）"}
    return created(await team.duty.post(f"/v1/emergency/incidents/{incident['id']}/responsibility", body))


async def test_an_overview_counts_the_incidents_and_shows_the_last(team: Response) -> None:
    uscc = team.town.new_uscc()
    last = await responsible(team, uscc)
    old = {"happened_at": "2025-06-01T10:00:00+08:00", "known_at": "2025-06-01T11:00:00+08:00"}
    first = await responsible(team, uscc, **old)
    created(await team.duty.post(f"/v1/emergency/incidents/{first['id']}/closure", {"note": "终止"}))
    answer = await team.duty.get(f"/v1/emergency/enterprises/{uscc}/overview")
    assert answer.status_code == 200
    view = answer.json()
    assert (view["uscc"], view["incidents_responsible"], view["open_incidents"]) == (uscc, 2, 1)
    assert view["last_incident"]["number"] == last["number"]
    assert view["as_of"]
    dossier = (await team.duty.get(f"/v1/enterprises/{uscc}")).json()
    assert dossier["emergency"]["status"] == "known"
    assert dossier["emergency"]["view"]["incidents_responsible"] == 2


async def test_an_enterprise_without_incidents_is_unknown(team: Response) -> None:
    answer = await team.duty.get(f"/v1/emergency/enterprises/{team.town.new_uscc()}/overview")
    assert (answer.status_code, answer.json()["code"]) == (404, "enterprise_unknown")


async def test_a_storekeeper_who_reads_no_enterprise_finds_none(team: Response) -> None:
    uscc = team.town.new_uscc()
    await responsible(team, uscc)
    assert (await team.store.get(f"/v1/emergency/enterprises/{uscc}/overview")).status_code == 404


async def test_an_enterprise_itself_has_no_scope_here(team: Response) -> None:
    holder = await team.town.holder()
    answer = await holder.get(f"/v1/emergency/enterprises/{holder.uscc}/overview")
    assert (answer.status_code, answer.json()["missing_scopes"]) == (403, ["emergency:read"])
