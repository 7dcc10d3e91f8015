"""Handing over: shipper, carrier, arrival, each with its receipt, through the gateway."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from services.kit import clock
from services.kit.receipts import check_receipt, document_digest
from tests.support.town import Town
from tests.support.waste import WasteTown, done, moment


async def test_the_steps_form_a_chain_of_receipts_and_each_is_one_event(town: Town, waste: WasteTown) -> None:
    chain = await waste.chain()
    path = await chain.arrived()
    steps = (await chain.shipper.get(path)).json()["steps"]
    assert [step["state"] for step in steps] == ["submitted", "ready", "in_transit", "arrived"]
    assert [step["party"] for step in steps] == ["shipper", "shipper", "carrier", "receiver"]
    keys = (await town.public.get("/v1/waste/receipt-keys")).json()
    before = None
    for step in steps:
        check_receipt(step["receipt"]["jws"], keys, document=step["document"])
        assert step["document"]["follows_sha256"] == before
        before = document_digest(step["document"])
    kinds: list[str] = []
    after = -1
    while len(kinds) < 4:
        feed = await chain.shipper.get("/v1/waste/events", after=max(after, 0), wait=5, limit=1000)
        after = int(feed.headers["steppe-next-position"])
        kinds += [event["type"] for event in feed.json() if event["subject"] == path]
    assert kinds == [
        "waste.manifest_submitted.v1",
        "waste.manifest_signed_by_shipper.v1",
        "waste.manifest_departed.v1",
        "waste.manifest_arrived.v1",
    ]


async def test_a_step_belongs_to_its_party(waste: WasteTown) -> None:
    one, two = await waste.chain(), await waste.chain()
    path = await one.ready()
    stranger = await two.carrier.post(f"{path}/carrier-signature", two.load())
    assert (stranger.status_code, stranger.json()["code"]) == (404, "manifest_not_found")
    wrong_scope = await one.receiver.post(f"{path}/carrier-signature", one.load())
    assert wrong_scope.status_code == 403


async def test_a_party_of_the_manifest_with_the_scope_but_another_part_is_refused(
    town: Town, waste: WasteTown
) -> None:
    chain = await waste.chain()
    path = await chain.ready()
    both = await town.caller(
        f"both.{chain.shipper.uscc.lower()}", roles=["enterprise", "carrier"], usccs=[chain.shipper.uscc]
    )
    answer = await both.post(f"{path}/carrier-signature", chain.load())
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_part")


async def test_a_step_out_of_order_is_409_and_names_the_state(waste: WasteTown) -> None:
    chain = await waste.chain()
    path = await chain.submitted()
    answer = await chain.carrier.post(f"{path}/carrier-signature", chain.load())
    assert (answer.status_code, answer.json()["code"], answer.json()["state"]) == (
        409,
        "step_not_open",
        "submitted",
    )


async def test_a_load_that_differs_is_not_loaded_and_every_error_is_named(waste: WasteTown) -> None:
    chain = await waste.chain()
    path = await chain.ready()
    load = chain.load(load_matches=False, departed_at=moment(minutes=30))
    answer = await chain.carrier.post(f"{path}/carrier-signature", load)
    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == ["load_mismatch", "time_in_future"]


async def test_a_departure_before_the_shipper_signed_is_refused(waste: WasteTown) -> None:
    chain = await waste.chain()
    path = await chain.ready()
    answer = await chain.carrier.post(
        f"{path}/carrier-signature", chain.load(departed_at=moment(minutes=-60))
    )
    assert [error["code"] for error in answer.json()["errors"]] == ["time_before_previous_step"]


async def test_a_mongolian_plate_is_as_good_as_a_chinese_one(waste: WasteTown) -> None:
    chain = await waste.chain()
    path = await chain.ready()
    done(await chain.carrier.post(f"{path}/carrier-signature", chain.load(plate="MN:1234УНА")))


async def test_two_drivers_signing_at_once_one_signs(waste: WasteTown) -> None:
    chain = await waste.chain()
    path = await chain.ready()
    answers = await asyncio.gather(
        *(chain.carrier.post(f"{path}/carrier-signature", chain.load()) for _ in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_a_retry_with_the_same_key_gets_the_same_receipt(waste: WasteTown) -> None:
    chain = await waste.chain()
    path, load = await chain.ready(), chain.load()
    first = await chain.carrier.post(f"{path}/carrier-signature", load, key="retry")
    again = await chain.carrier.post(f"{path}/carrier-signature", load, key="retry")
    assert done(again) == done(first)
    assert again.headers["idempotency-replayed"] == "true"


async def test_the_arrival_starts_five_working_days_of_the_receiver(waste: WasteTown) -> None:
    chain = await waste.chain()
    read = (await chain.receiver.get(await chain.arrived())).json()
    clock_row = read["confirmation"]
    assert clock_row["basis"] == "危险废物转移管理办法 第十八条"
    assert (clock_row["met_at"], clock_row["late"]) == (None, False)
    assert clock_row["calendar"].startswith("chinesecalendar-")
    due_at = clock_row["due_at"]
    assert due_at > (clock.now() + timedelta(days=5)).isoformat()
