"""EIA approvals and filings over HTTP (条例 art. 11(1))."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.permits.applications.desk import EIA, Applicant, applicant, eia_document, everything, ok, refused
from tests.support.town import Town


@pytest.fixture
async def one(town: Town) -> Applicant:
    return await applicant(town)


async def test_the_bureau_registers_and_an_enterprise_states_its_own(town: Town, one: Applicant) -> None:
    stated = ok(await one.caller.post(f"{EIA}/statements", eia_document(one.uscc, "备202415250100000012")))
    assert (stated["state"], stated["entered_by"]) == ("stated", str(one.caller.account))
    seen = await everything(one.caller, EIA)
    assert [(each["id"], each["state"]) for each in seen] == [
        (stated["id"], "stated"),
        (one.eia_id, "registered"),
    ]
    waiting = await everything(await town.staff("reviewer"), EIA, uscc=one.uscc, state="stated")
    assert [each["id"] for each in waiting] == [stated["id"]]
    assert (await one.caller.get(f"{EIA}/{stated['id']}")).json() == stated


async def test_a_number_is_registered_once_unless_it_was_rejected(town: Town, one: Applicant) -> None:
    document = eia_document(one.uscc, "锡环表〔2024〕3号")
    stated = ok(await one.caller.post(f"{EIA}/statements", document))
    refused(await one.caller.post(f"{EIA}/statements", document), 409, "eia_exists")
    reviewer = await town.staff("reviewer")
    path = f"{EIA}/{stated['id']}/verification"
    found = refused(await reviewer.post(path, {"outcome": "rejected"}), 422, "eia_invalid")
    assert [each["pointer"] for each in found["errors"]] == ["/comment"]
    rejected = ok(await reviewer.post(path, {"outcome": "rejected", "comment": "查无此文号"}))
    assert (rejected["state"], rejected["verified_by"]) == ("rejected", str(reviewer.account))
    ok(await one.caller.post(f"{EIA}/statements", document))


async def test_nobody_verifies_what_they_stated(town: Town, one: Applicant) -> None:
    both = await town.caller(f"eia.{one.uscc.lower()}", roles=["enterprise", "reviewer"], usccs=[one.uscc])
    stated = ok(await both.post(f"{EIA}/statements", eia_document(one.uscc, "锡环表〔2024〕3号")))
    answer = await both.post(f"{EIA}/{stated['id']}/verification", {"outcome": "confirmed"})
    refused(answer, 409, "eia_four_eyes")


async def test_another_enterprise_sees_and_states_nothing_for_it(town: Town, one: Applicant) -> None:
    stranger = (await applicant(town)).caller
    refused(await stranger.get(f"{EIA}/{one.eia_id}"), 404, "eia_not_found")
    answer = await stranger.post(f"{EIA}/statements", eia_document(one.uscc, "锡环表〔2024〕9号"))
    refused(answer, 404, "enterprise_not_found")
    refused(await one.caller.post(EIA, eia_document(one.uscc, "x")), 403, "forbidden")


async def test_an_eia_of_tomorrow_is_none(town: Town, one: Applicant) -> None:
    tomorrow = (town.today + timedelta(days=1)).isoformat()
    document = eia_document(one.uscc, "锡环表〔2024〕4号", decided_on=tomorrow)
    found = refused(await one.caller.post(f"{EIA}/statements", document), 422, "eia_invalid")
    assert [each["code"] for each in found["errors"]] == ["eia_in_future"]
    found = refused(
        await one.caller.post(f"{EIA}/statements", {**document, "number": 7}), 422, "invalid_document"
    )
    assert {each["code"] for each in found["errors"]} == {"eia_in_future", "string_type"}
