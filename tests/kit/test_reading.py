"""Reads of unpublished data by the bureau: with a purpose or not at all, and logged with the answer."""

from __future__ import annotations

import json
from typing import Any

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from services.kit import clock
from services.kit.ids import new_id
from services.kit.purposes import load
from services.kit.reading import _NAMING, PURPOSE_HEADER, _identities, _usccs
from services.kit.roles import OF_INSTALLATION
from tests.contract.tokens import claims, signed
from tests.support.town import Caller, Holder, Town


async def read_log(town: Town, request_id: str, *, service: str = "permits") -> list[dict[str, Any]]:
    """The rows of one request."""
    url = make_url(town.stack.databases[service]).set(drivername="postgresql")
    connection = await asyncpg.connect(url.render_as_string(hide_password=False))
    try:
        rows = await connection.fetch("SELECT * FROM read_log WHERE request_id = $1 ORDER BY id", request_id)
    finally:
        await connection.close()
    return [dict(row) for row in rows]


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    return await town.holder()


@pytest.fixture(scope="module")
async def inspector(town: Town) -> Caller:
    return await town.staff("inspector")


class TestWhatIsLogged:
    async def test_who_read_which_record_of_whom_and_what_for(
        self, town: Town, holder: Holder, inspector: Caller
    ) -> None:
        report = (await holder.submitted())["report"]["id"]
        answer = await inspector.http.get(
            f"/v1/permits/reports/{report}", headers={PURPOSE_HEADER: "complaint"}
        )
        (row,) = await read_log(town, answer.headers["x-request-id"])
        assert (row["actor"], row["actor_roles"]) == (str(inspector.account), ["inspector"])
        assert (row["purpose"], row["route"]) == ("complaint", "GET /v1/permits/reports/{report_id}")
        assert row["enterprises"] == [holder.uscc]
        assert report in row["records"]
        assert abs((row["at"] - clock.now()).total_seconds()) < 3600

    async def test_sums_by_enterprise_name_whom_they_add_up(
        self, town: Town, holder: Holder, inspector: Caller
    ) -> None:
        answer = await inspector.get("/v1/permits/totals/summary", by="enterprise")
        groups = {each["group"] for each in answer.json()["groups"]}
        (row,) = await read_log(town, answer.headers["x-request-id"])
        assert holder.uscc in groups
        assert set(row["enterprises"]) == groups

    async def test_a_list_names_every_enterprise_that_it_shows(
        self, town: Town, holder: Holder, inspector: Caller
    ) -> None:
        await holder.submitted(1)
        answer = await inspector.get("/v1/permits/reports", limit=500, uscc=holder.uscc)
        items = answer.json()["items"]
        (row,) = await read_log(town, answer.headers["x-request-id"])
        assert row["enterprises"] == [holder.uscc]
        assert {item["id"] for item in items} <= set(row["records"])
        assert row["query"] == f"limit=500&uscc={holder.uscc}"

    async def test_sums_that_name_nobody_were_read_as_well(self, town: Town, inspector: Caller) -> None:
        answer = await inspector.get("/v1/permits/totals/summary", by="division")
        (row,) = await read_log(town, answer.headers["x-request-id"])
        assert (row["enterprises"], row["records"], row["query"]) == ([], [], "by=division")

    async def test_an_answer_that_has_not_changed_was_read_as_well(
        self, town: Town, holder: Holder, inspector: Caller
    ) -> None:
        path = f"/v1/permits/enterprises/{holder.uscc}/overview"
        etag = (await inspector.get(path)).headers["etag"]
        again = await inspector.http.get(path, headers={"If-None-Match": etag})
        assert (again.status_code, again.content) in ((304, b""), (200, again.content))
        (row,) = await read_log(town, again.headers["x-request-id"])
        assert row["enterprises"] == [holder.uscc]

    async def test_events_are_read_too(self, town: Town, holder: Holder, inspector: Caller) -> None:
        await holder.get("/v1/permits/events", wait=5)
        answer = await inspector.get("/v1/permits/events", limit=1000, wait=5)
        owners = {event["owner"] for event in answer.json() if "owner" in event}
        (row,) = await read_log(town, answer.headers["x-request-id"])
        assert owners
        assert owners >= set(row["enterprises"])
        assert row["records"]

    async def test_the_dossier_is_logged_by_the_services_that_own_it(
        self, town: Town, holder: Holder, inspector: Caller
    ) -> None:
        answer = await inspector.http.get(f"/v1/enterprises/{holder.uscc}", headers={PURPOSE_HEADER: "audit"})
        assert answer.status_code == 200, answer.text
        (row,) = await read_log(town, answer.headers["x-request-id"])
        assert (row["purpose"], row["enterprises"]) == ("audit", [holder.uscc])

    async def test_the_catalogue_of_a_public_route_is_nobody_s_business(
        self, town: Town, holder: Holder, inspector: Caller
    ) -> None:
        answer = await inspector.get("/v1/permits/disclosure/permits")
        assert answer.status_code == 200
        assert await read_log(town, answer.headers["x-request-id"]) == []


class TestWhoIsAsked:
    async def test_an_enterprise_reads_its_own_without_a_purpose(self, town: Town, holder: Holder) -> None:
        del holder.http.headers[PURPOSE_HEADER]
        answer = await holder.get("/v1/permits/reports")
        assert answer.status_code == 200
        assert await read_log(town, answer.headers["x-request-id"]) == []

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ([], "purpose_required"),
            (["curiosity"], "purpose_unknown"),
            ([""], "purpose_unknown"),
            (["audit", "audit"], "purpose_unknown"),
            (["Audit"], "purpose_unknown"),
        ],
    )
    async def test_without_one_purpose_of_today_nothing_is_read(
        self, town: Town, inspector: Caller, given: list[str], code: str
    ) -> None:
        fields = [(PURPOSE_HEADER, value) for value in given]
        fields.append(("authorization", f"Bearer {inspector.token}"))
        client = await town.direct("permits")
        del client.headers[PURPOSE_HEADER]
        answer = await client.get("/v1/permits/reports", headers=fields)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
        assert {each["code"] for each in answer.json()["purposes"]} == {each.code for each in load()}
        assert await read_log(town, answer.headers["x-request-id"]) == []

    @pytest.mark.parametrize(
        ("registered", "said", "outcome"),
        [
            ([], "statistics", "statistics"),
            ([], None, "purpose_required"),
            ([], "gossip", "purpose_unknown"),
            (["licensing"], None, "licensing"),
            (["licensing"], "licensing", "licensing"),
            (["licensing"], "statistics", "purpose_not_registered"),
            (["licensing", "statistics"], "statistics", "statistics"),
            (["licensing", "statistics"], None, "purpose_required"),
            (["of_last_year"], None, "purpose_unknown"),
        ],
    )
    async def test_a_system_that_sees_every_enterprise_reads_for_what_it_was_registered_for(
        self, town: Town, holder: Holder, registered: list[str], said: str | None, outcome: str
    ) -> None:
        system = {"sub": "province", "roles": ["system"], "usccs": [], "every_enterprise": True}
        client = await town.direct(
            "permits", signed(town, claims(town, holder, **system, purposes=registered))
        )
        del client.headers[PURPOSE_HEADER]
        answer = await client.get(
            "/v1/permits/reports", headers={PURPOSE_HEADER: said} if said is not None else {}
        )
        rows = await read_log(town, answer.headers["x-request-id"])
        if answer.status_code != 200:
            assert (answer.json()["code"], rows) == (outcome, [])
            return
        assert [(row["actor"], row["purpose"]) for row in rows] == [("province", outcome)]

    async def test_a_system_of_one_enterprise_need_not_say_it_and_is_logged_where_it_does(
        self, town: Town, holder: Holder
    ) -> None:
        client = await town.direct("permits", signed(town, claims(town, holder, sub="erp", roles=["system"])))
        said = await client.get("/v1/permits/reports", headers={PURPOSE_HEADER: "statistics"})
        del client.headers[PURPOSE_HEADER]
        silent = await client.get("/v1/permits/reports")
        assert (said.status_code, silent.status_code) == (200, 200)
        (row,) = await read_log(town, said.headers["x-request-id"])
        assert (row["actor"], row["purpose"]) == ("erp", "statistics")
        assert await read_log(town, silent.headers["x-request-id"]) == []

    async def test_the_services_read_their_neighbours_without_a_line_for_each_batch(
        self, town: Town, holder: Holder
    ) -> None:
        own = {"sub": "credit", "roles": ["system", OF_INSTALLATION], "usccs": [], "every_enterprise": True}
        client = await town.direct("permits", signed(town, claims(town, holder, **own)))
        del client.headers[PURPOSE_HEADER]
        answer = await client.get("/v1/permits/events")
        assert answer.status_code == 200
        assert await read_log(town, answer.headers["x-request-id"]) == []

    async def test_what_is_not_there_was_not_read(self, town: Town, inspector: Caller) -> None:
        answer = await inspector.get(f"/v1/permits/reports/{new_id()}")
        assert answer.status_code == 404
        assert await read_log(town, answer.headers["x-request-id"]) == []


def test_enterprises_and_records_are_found_however_deep() -> None:
    uscc, other = "91152501MA0N8J8C4B", "911525017332825861"
    answer = {"id": "1", "parties": [{"carrier_uscc": uscc}, {"uscc": other, "name": uscc}], "uscc": "no"}
    assert set(_usccs(answer)) == {uscc, other}
    assert list(_identities([answer, {"permit_number": "P", "code": "C", "number": 7}, "x"])) == [
        "1",
        "P",
        "C",
    ]


@pytest.mark.parametrize(
    "name", ["uscc", "carrier_uscc", "usccs", "id", "code", "report_id", "permit_number"]
)
def test_an_answer_that_names_anyone_is_looked_through(name: str) -> None:
    assert any(mark in json.dumps({"groups": [{name: "x"}]}).encode() for mark in _NAMING)
