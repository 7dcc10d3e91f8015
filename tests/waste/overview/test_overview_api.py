"""A unit at a glance, and within the gateway's dossier."""

from __future__ import annotations

from tests.support.town import Town
from tests.support.waste import WasteTown, arrived_line, done, plain_line, reception


async def test_it_counts_what_is_open_and_what_differed(town: Town, waste: WasteTown) -> None:
    chain = await waste.chain(scale_kg="1000")
    path = await chain.arrived(plain_line(mass_kg="100"))
    await chain.submitted(plain_line(mass_kg="10"))
    done(await chain.receiver.post(f"{path}/reception", reception(arrived_line(1, "99"))))
    shipper = (await chain.shipper.get(f"/v1/waste/enterprises/{chain.shipper.uscc}/overview")).json()
    assert (shipper["open_manifests"], shipper["discrepancies"], shipper["licences"]) == (1, 1, [])
    receiver = (await chain.receiver.get(f"/v1/waste/enterprises/{chain.receiver.uscc}/overview")).json()
    assert (receiver["open_manifests"], receiver["discrepancies"]) == (1, 0)
    (licence,) = receiver["licences"]
    oil = next(group for group in licence["groups"] if group["name"] == "废矿物油")
    assert (oil["reserved_kg"], oil["received_kg"], oil["free_kg"]) == ("10", "99", "891")


async def test_a_unit_that_waste_does_not_know_or_that_is_not_yours_is_404(
    town: Town, waste: WasteTown
) -> None:
    chain, clerk = await waste.chain(), await town.staff("clerk")
    for caller, uscc in ((clerk, town.new_uscc()), (chain.carrier, chain.shipper.uscc)):
        answer = await caller.get(f"/v1/waste/enterprises/{uscc}/overview")
        assert (answer.status_code, answer.json()["code"]) == (404, "unit_not_found")
    assert (await clerk.get(f"/v1/waste/enterprises/{chain.shipper.uscc}/overview")).status_code == 200


async def test_the_dossier_shows_it_beside_the_others(town: Town, waste: WasteTown) -> None:
    receiver = await waste.unit("receiver", "receiver")
    dossier = (await receiver.get(f"/v1/enterprises/{receiver.uscc}")).json()
    assert dossier["waste"]["status"] == "known"
    assert dossier["waste"]["view"]["kinds"] == ["receiver"]
