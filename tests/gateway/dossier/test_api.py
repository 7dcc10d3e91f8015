"""One enterprise, four views side by side, at the gateway."""

from __future__ import annotations

from gateway.dossier.errors import EnterpriseUnknown
from gateway.dossier.service import dossier
from gateway.upstream import HttpUpstream
from tests.support.stack import SERVICES, TestStack
from tests.support.town import Town


async def test_each_part_is_dated_and_named(town: Town) -> None:
    holder = await town.holder()
    answer = await (await town.staff("inspector")).get(f"/v1/enterprises/{holder.uscc}")
    assert answer.status_code == 200, answer.text
    seen = answer.json()
    assert seen["permits"]["status"] == "known"
    assert seen["permits"]["as_of"] == seen["permits"]["view"]["as_of"]
    assert seen["permits"]["view"]["enterprise"]["uscc"] == holder.uscc
    assert {seen[name]["status"] for name in ("waste", "credit", "emergency")} == {"unknown"}
    assert (seen["complete"], seen["missing"]) == (True, [])


async def test_an_enterprise_sees_its_own_and_nobody_elses(town: Town) -> None:
    holder, other = await town.holder(), await town.holder()
    assert (await holder.get(f"/v1/enterprises/{holder.uscc}")).json()["permits"]["status"] == "known"
    seen = await other.get(f"/v1/enterprises/{holder.uscc}")
    assert seen.status_code == 404 or seen.json()["permits"]["status"] == "unknown"


async def test_where_no_service_shows_anything_there_is_no_dossier(town: Town) -> None:
    holder, other = await town.holder(), town.new_uscc()
    stranger = await town.caller(f"d.{other.lower()}", roles=["driver"], usccs=[other])
    seen = await stranger.get(f"/v1/enterprises/{holder.uscc}")
    assert (seen.status_code, seen.json()["code"]) == (404, EnterpriseUnknown.code)


async def test_a_uscc_that_cannot_be_one_is_refused(town: Town) -> None:
    answer = await (await town.staff("inspector")).get("/v1/enterprises/123")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/path/uscc"


async def test_without_signing_in_there_is_no_dossier(town: Town) -> None:
    assert (await town.public.get(f"/v1/enterprises/{town.new_uscc()}")).status_code == 401


async def test_a_service_that_is_away_is_named_not_hidden(stack: TestStack, town: Town) -> None:
    holder = await town.holder()
    urls = {**stack.urls, "emergency": "http://127.0.0.1:9"}
    upstreams = {name: HttpUpstream(name, urls[name]) for name in SERVICES}
    try:
        seen = await dossier(
            upstreams, uscc=holder.uscc, headers=[("authorization", f"Bearer {holder.token}")]
        )
    finally:
        for upstream in upstreams.values():
            await upstream.close()
    assert seen.emergency.status == "unavailable"
    assert (seen.complete, seen.missing) == (False, ["emergency"])
    assert seen.permits.status == "known"


async def test_nobody_knows_it_answers_404(town: Town) -> None:
    answer = await (await town.staff("inspector")).get(f"/v1/enterprises/{town.new_uscc()}")
    assert (answer.status_code, answer.json()["code"]) == (404, EnterpriseUnknown.code)
