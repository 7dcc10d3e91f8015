"""A caller who is narrowed to sites: it sees what belongs to them, and of its enterprise nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.permits.drafts.tokens import agent
from tests.permits.reading import is_problem
from tests.support.town import Caller, Holder, Town


@pytest.fixture(scope="module")
async def two_sites(town: Town) -> tuple[Holder, str, str]:
    """An enterprise with two permits and a report under each."""
    holder, clerk = await town.holder(), await town.staff("clerk")
    second = town.permit_content(holder.uscc, serial=2)
    assert (await clerk.post("/v1/permits/permits", second)).status_code == 201
    numbers = holder.permit["permit_number"], second["permit_number"]
    for number in numbers:
        owed = await holder.obligations(permit_number=number)
        index = [each["id"] for each in await holder.obligations()].index(owed[0]["id"])
        await holder.submitted(index)
    return holder, *numbers


async def items(caller: Caller, path: str) -> list[dict[str, Any]]:
    answer = await caller.get(path, limit=200)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]  # type: ignore[no-any-return]


async def test_every_list_holds_the_rows_of_its_sites_only(
    town: Town, two_sites: tuple[Holder, str, str]
) -> None:
    holder, first, second = two_sites
    for sites in ([first], [second], [first, second], []):
        narrowed = await agent(town, holder, sites=sites)
        for name in ("permits", "obligations", "reports"):
            listed = {each["permit_number"] for each in await items(narrowed, f"/v1/permits/{name}")}
            assert listed == set(sites), name


async def test_what_belongs_to_another_site_is_not_there(
    town: Town, two_sites: tuple[Holder, str, str]
) -> None:
    holder, first, second = two_sites
    narrowed = await agent(town, holder, sites=[first])
    reports = {each["permit_number"]: each for each in await items(holder, "/v1/permits/reports")}
    owed = {each["permit_number"]: each for each in await items(holder, "/v1/permits/obligations")}
    for number, status in ((first, 200), (second, 404)):
        for path in (
            f"/v1/permits/permits/{number}",
            f"/v1/permits/obligations/{owed[number]['id']}",
            f"/v1/permits/obligations/{owed[number]['id']}/blank",
            f"/v1/permits/reports/{reports[number]['id']}",
            f"/v1/permits/reports/{reports[number]['id']}/versions",
            f"/v1/permits/reports/{reports[number]['id']}/versions/1",
        ):
            assert (await narrowed.get(path)).status_code == status, path


async def test_it_files_for_its_sites_only(town: Town, two_sites: tuple[Holder, str, str]) -> None:
    holder, first, second = two_sites
    narrowed = await agent(town, holder, sites=[first])
    for number, status in ((first, 201), (second, 404)):
        owed = (await holder.obligations(permit_number=number))[0]["id"]
        draft = {"obligation_id": owed, "production_days": 1, "values": []}
        assert (await narrowed.post("/v1/permits/drafts", draft)).status_code == status
    theirs = (await holder.obligations(permit_number=second))[0]["id"]
    body = {"obligation_id": theirs, "production_days": 1, "values": []}
    other = (await holder.post("/v1/permits/drafts", body)).json()
    assert is_problem(await narrowed.get(f"/v1/permits/drafts/{other['id']}"), 404, "draft_not_found")
    assert {each["permit_number"] for each in await items(narrowed, "/v1/permits/drafts")} == {first}


async def test_the_overview_counts_its_sites_only(town: Town, two_sites: tuple[Holder, str, str]) -> None:
    holder, first, _ = two_sites
    path = f"/v1/permits/enterprises/{holder.uscc}/overview"
    whole = (await holder.get(path)).json()
    part = (await (await agent(town, holder, sites=[first])).get(path)).json()
    assert [each["permit_number"] for each in part["permits"]] == [first]
    assert whole["open_obligations"] == 2 * part["open_obligations"] > 0


async def test_the_feed_tells_it_what_is_public_only(town: Town, two_sites: tuple[Holder, str, str]) -> None:
    holder, first, _ = two_sites
    whole = await agent(town, holder, scope="events:read")
    narrowed = await agent(town, holder, scope="events:read", sites=[first])
    names = {
        name: {event["type"] for event in (await caller.get("/v1/permits/events", limit=1000)).json()}
        for name, caller in (("whole", whole), ("narrowed", narrowed))
    }
    assert "permits.report_submitted.v1" in names["whole"]
    events = (await town.public.get("/openapi.json")).json()["x-steppe-events"]
    assert names["narrowed"] <= {each["name"] for each in events if each["readers"] == "public"}


async def test_services_that_know_no_sites_show_it_nothing(
    town: Town, two_sites: tuple[Holder, str, str]
) -> None:
    holder, first, _ = two_sites
    narrowed = await agent(town, holder, sites=[first], scope="waste:read credit:read")
    for service, path in (
        ("waste", "/v1/waste/units"),
        ("waste", "/v1/waste/manifests"),
        ("waste", "/v1/waste/plans"),
        ("credit", "/v1/credit/records"),
        ("credit", "/v1/credit/evaluations"),
    ):
        client = await town.direct(service, narrowed.token)
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["items"]) == (200, []), path


async def test_sites_narrow_even_who_may_read_every_enterprise(
    town: Town, two_sites: tuple[Holder, str, str]
) -> None:
    holder, first, _ = two_sites
    narrowed = await agent(town, holder, sites=[first], every_enterprise=True)
    assert {each["permit_number"] for each in await items(narrowed, "/v1/permits/permits")} == {first}
    assert [each["uscc"] for each in await items(narrowed, "/v1/permits/enterprises")] == [holder.uscc]
