"""Receiving: exact masses, the budgets trued up, discrepancies told, through the gateway."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from tests.support.town import Caller, Town
from tests.support.waste import BATTERY, WasteTown, arrived_line, done, plain_line, reception


async def events_of(caller: Caller, path: str, *kinds: str) -> list[dict]:
    """The events of one manifest, once as many as `kinds` are there."""
    found: list[dict] = []
    after = 0
    for _ in range(20):
        feed = await caller.get("/v1/waste/events", after=after, wait=1, limit=1000)
        after = int(feed.headers["steppe-next-position"])
        found += [event for event in feed.json() if event["subject"] == path and event["type"] in kinds]
        if len(found) >= len(kinds):
            break
    return found


async def test_all_accepted_books_all_and_meets_the_limit(waste: WasteTown) -> None:
    chain = await waste.chain()
    path = await chain.arrived()
    content = reception(arrived_line(1, "1200.5"), arrived_line(2, "800.0"))
    signed = done(await chain.receiver.post(f"{path}/reception", content))
    assert (signed["step"], signed["manifest"]["state"]) == ("accept", "accepted")
    read = (await chain.shipper.get(path)).json()
    assert read["discrepancy"] is None
    assert read["confirmation"]["met_at"] is not None
    balance = await chain.balance()
    assert {name: (group["reserved_kg"], group["received_kg"]) for name, group in balance.items()} == {
        "废矿物油": ("0.0", "1200.5"),
        "其他": ("0", "800.0"),
    }


async def test_received_in_part_with_a_discrepancy_tells_shipper_and_bureau_in_the_same_call(
    town: Town, waste: WasteTown
) -> None:
    chain = await waste.chain()
    path = await chain.arrived()
    content = reception(
        arrived_line(1, "1180.25", refused="80.25", observed={"packaging": "tank", "container_count": 5}),
        arrived_line(2, "800"),
    )
    signed = done(await chain.receiver.post(f"{path}/reception", content))
    assert signed["manifest"]["state"] == "partially_accepted"
    read = (await chain.shipper.get(path)).json()
    first = read["lines"][0]["reception"]
    assert (first["accepted_kg"], first["difference_kg"]) == ("1100.00", "-20.25")
    (line,) = read["discrepancy"]["lines"]
    assert line["fields"] == ["mass_kg", "packaging", "container_count"]
    told = {notice["addressee_kind"]: notice["addressee"] for notice in read["discrepancy"]["notices"]}
    assert told == {"shipper": chain.shipper.uscc, "bureau": "152501"}
    mine = (await chain.shipper.get("/v1/waste/notices")).json()["items"]
    assert [notice["manifest_id"] for notice in mine] == [read["id"]]
    assert (await chain.carrier.get("/v1/waste/notices")).json()["items"] == []
    inspector = await town.staff("inspector")
    theirs = (await inspector.get("/v1/waste/notices", limit=500)).json()["items"]
    assert [n["addressee_kind"] for n in theirs if n["manifest_id"] == read["id"]] == ["bureau", "shipper"]
    balance = await chain.balance()
    assert (balance["废矿物油"]["reserved_kg"], balance["废矿物油"]["received_kg"]) == ("0.0", "1100.00")


async def test_the_discrepancy_event_has_the_form_that_credit_reads(waste: WasteTown) -> None:
    chain = await waste.chain()
    path = await chain.arrived()
    content = reception(
        arrived_line(1, "1200.5", observed={"form": "solid"}), arrived_line(2, "790", refused="90")
    )
    done(await chain.receiver.post(f"{path}/reception", content))
    (event,) = await events_of(chain.shipper, path, "waste.discrepancy_found.v1")
    assert event["owner"] == chain.shipper.uscc
    data = event["data"]
    assert {name: data[name] for name in ("uscc", "receiver_uscc", "carrier_uscc")} == {
        "uscc": chain.shipper.uscc,
        "receiver_uscc": chain.receiver.uscc,
        "carrier_uscc": chain.carrier.uscc,
    }
    assert path.endswith(data["manifest_id"])
    assert data["lines"] == [
        {
            "line": 1,
            "waste_code": "900-249-08",
            "declared_kg": "1200.5",
            "arrived_kg": "1200.5",
            "accepted_kg": "1200.5",
            "refused_kg": "0",
            "fields": ["form"],
        },
        {
            "line": 2,
            "waste_code": BATTERY,
            "declared_kg": "800",
            "arrived_kg": "790",
            "accepted_kg": "700",
            "refused_kg": "90",
            "fields": ["mass_kg"],
        },
    ]


async def test_nothing_accepted_is_a_rejection_and_books_nothing(waste: WasteTown) -> None:
    chain = await waste.chain()
    path = await chain.arrived(plain_line(mass_kg="10"))
    signed = done(
        await chain.receiver.post(f"{path}/reception", reception(arrived_line(1, "10", refused="10")))
    )
    assert signed["manifest"]["state"] == "rejected"
    balance = (await chain.balance())["废矿物油"]
    assert (Decimal(balance["reserved_kg"]), Decimal(balance["received_kg"])) == (0, 0)


async def test_shape_and_rule_errors_are_named_at_once(waste: WasteTown) -> None:
    chain = await waste.chain()
    path = await chain.arrived(plain_line(), plain_line(BATTERY, "800"), plain_line(mass_kg="1"))
    wrong = reception(
        {"line": 1, "arrived_kg": "1200.5", "accepted_kg": "1100", "refused_kg": "100"},
        {"line": 2, "arrived_kg": 800, "accepted_kg": "800", "refused_kg": "0"},
        arrived_line(4, "1", observed={"hazard_traits": ["T", "Z"]}),
    )
    answer = await chain.receiver.post(f"{path}/reception", wrong)
    assert answer.status_code == 422
    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/lines/0", "mass_not_conserved"),
        ("/lines/0/refusal_reason", "refusal_unexplained"),
        ("/lines/1/arrived_kg", "decimal_string_expected"),
        ("/lines/2/line", "line_unknown"),
        ("/lines/2/observed/hazard_traits/1", "literal_error"),
        ("/lines", "line_missing"),
    }


@pytest.mark.parametrize(
    ("code", "accepted"), [("900-214-08", True), ("900-039-49", False), (BATTERY, False)]
)
async def test_another_waste_than_declared_is_accepted_only_within_the_licences_group(
    waste: WasteTown, code: str, *, accepted: bool
) -> None:
    chain = await waste.chain()
    path = await chain.arrived(plain_line(mass_kg="10"))
    content = reception(arrived_line(1, "10", observed={"waste_code": code}))
    answer = await chain.receiver.post(f"{path}/reception", content)
    if accepted:
        assert done(answer)["manifest"]["state"] == "accepted"
    else:
        assert [error["code"] for error in answer.json()["errors"]] == ["observed_code_not_covered"]
        refusal = reception(arrived_line(1, "10", refused="10", observed={"waste_code": code}))
        assert (
            done(await chain.receiver.post(f"{path}/reception", refusal))["manifest"]["state"] == "rejected"
        )


async def test_more_than_declared_is_accepted_only_while_the_budgets_have_room(waste: WasteTown) -> None:
    chain = await waste.chain(scale_kg="1000")
    path = await chain.arrived(plain_line(mass_kg="900"))
    await chain.submitted(plain_line(mass_kg="50"))
    over = await chain.receiver.post(f"{path}/reception", reception(arrived_line(1, "950.5")))
    assert [(error["pointer"], error["code"]) for error in over.json()["errors"]] == [
        ("/lines/0/accepted_kg", "licence_scale_exceeded")
    ]
    within = reception(arrived_line(1, "950.5", refused="0.5"))
    done(await chain.receiver.post(f"{path}/reception", within))
    balance = (await chain.balance())["废矿物油"]
    assert (balance["received_kg"], balance["reserved_kg"], Decimal(balance["free_kg"])) == ("950.0", "50", 0)


async def test_two_decisions_at_once_one_counts(waste: WasteTown) -> None:
    chain = await waste.chain()
    path = await chain.arrived(plain_line(mass_kg="10"))
    decisions = (reception(arrived_line(1, "10")), reception(arrived_line(1, "10", refused="10")))
    answers = await asyncio.gather(
        *(chain.receiver.post(f"{path}/reception", decision) for decision in decisions)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_receiver_and_carrier_see_the_manifest_once_it_is_submitted(waste: WasteTown) -> None:
    chain, other = await waste.chain(), await waste.chain()
    path = await chain.submitted()
    for party in (chain.carrier, chain.receiver):
        assert (await party.get(path)).status_code == 200
        listed = (await party.get("/v1/waste/manifests", state="submitted")).json()["items"]
        assert [f"/v1/waste/manifests/{each['id']}" for each in listed] == [path]
    assert (await other.receiver.get(path)).status_code == 404
