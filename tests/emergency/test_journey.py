"""The whole way of goods through the gateway: in, promised, out, arrived, used, back, and the books are right."""

from __future__ import annotations

import httpx

from services.kit.receipts import check_receipt
from tests.support.emergency import Response, ask, created, named


async def receipt_keys(team: Response) -> dict[str, object]:
    answer = await team.town.public.get("/v1/emergency/receipt-keys")
    return answer.json()


async def test_goods_go_out_to_an_incident_and_what_is_left_comes_back(team: Response) -> None:
    line = await team.stocked("20")
    incident = await team.new_incident()
    number, depot = incident["number"], team.depot["code"]

    reservation = created(await team.reserve(incident, ask(line, "12")))
    assert await team.balances(line) == {depot: ("20", "12", "8")}

    first = await team.dispatched(reservation, lines=[{"position": 1, "quantity": "10"}])
    assert await team.balances(line) == {depot: ("10", "2", "8"), "transit": ("10", "0", "0")}

    created(await team.arrive(first, {"position": 1, "received": "7", "lost": "1"}))
    created(await team.arrive(first, {"position": 1, "received": "2"}))
    second = await team.dispatched(reservation)
    created(await team.arrive(second, {"position": 1, "received": "2"}))
    assert await team.balances(line) == {depot: ("8", "0", "8"), number: ("11", "0", "0")}

    created(await team.use(incident, named(line, "5"), named(line, "1", outcome="lost")))
    created(await team.give_back(incident, line, "5"))
    assert await team.balances(line) == {depot: ("13", "0", "13")}

    closed = created(
        await team.duty.post(f"/v1/emergency/incidents/{incident['id']}/closure", {"note": "处置完毕"})
    )
    assert closed["state"] == "closed"
    assert (await team.proof())["balanced"] is True


async def test_a_dispatch_and_a_return_carry_receipts_that_hold_offline(team: Response) -> None:
    line = await team.stocked("5")
    incident = await team.new_incident()
    dispatch = await team.on_site(incident, line, "5")
    returned = created(await team.give_back(incident, line, "2"))
    keys = await receipt_keys(team)
    for answer, kind in ((dispatch, "emergency.dispatch"), (returned, "emergency.return")):
        receipt = check_receipt(answer["receipt"]["jws"], keys, document=answer["document"])
        assert receipt.kind == kind
        assert receipt.on_behalf_of == team.depot["keeper_uscc"]
        assert receipt.document_sha256 == answer["receipt"]["document_sha256"]
    read = await team.duty.get(f"/v1/emergency/returns/{returned['id']}")
    assert read.json() == returned


async def test_every_step_is_told_in_the_feed_once(team: Response) -> None:
    line = await team.stocked("3")
    incident = await team.new_incident()
    dispatch = await team.on_site(incident, line, "3")
    created(await team.give_back(incident, line, "3"))
    told = [
        event for event in await feed(team) if incident["id"] in str(event) or dispatch["id"] in str(event)
    ]
    kinds = [event["type"].removeprefix("emergency.").removesuffix(".v1") for event in told]
    expected = [
        "incident_recorded",
        "reserved",
        "stock_moved",
        "dispatched",
        "stock_moved",
        "arrived",
        "stock_moved",
    ]
    assert kinds == [*expected, "returned"]


async def feed(team: Response) -> list[dict[str, object]]:
    """Every event of the service so far, read to the end."""
    found: list[dict[str, object]] = []
    position = 0
    while True:
        answer: httpx.Response = await team.duty.get(
            "/v1/emergency/events", after=position, limit=1000, wait=1
        )
        assert answer.status_code == 200, answer.text
        if not answer.json():
            return found
        found += answer.json()
        position = int(answer.headers["steppe-next-position"])
