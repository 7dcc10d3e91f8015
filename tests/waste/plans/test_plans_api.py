"""Management plans through the gateway."""

from __future__ import annotations

from services.kit.receipts import check_receipt
from tests.support.town import Town
from tests.support.waste import WasteTown, done


async def test_filing_is_answered_with_a_receipt_that_holds(town: Town, waste: WasteTown) -> None:
    chain = await waste.chain(planned_kg="2500.25")
    keys = (await town.public.get("/v1/waste/receipt-keys")).json()
    receipt = check_receipt(chain.plan["receipt"]["jws"], keys, document=chain.plan["document"])
    assert receipt.on_behalf_of == chain.shipper.uscc
    assert receipt.subject == f"/v1/waste/plans/{chain.plan['id']}"
    read = (await chain.shipper.get(receipt.subject)).json()
    assert {line["free_kg"] for line in read["lines"]} == {"2500.25"}


async def test_one_plan_a_site_and_year(waste: WasteTown) -> None:
    chain = await waste.chain()
    content = waste.plan_content(chain.shipper, chain.receiver)
    again = await chain.shipper.post("/v1/waste/plans", content)
    assert (again.status_code, again.json()["code"]) == (409, "plan_exists")
    done(await chain.shipper.post("/v1/waste/plans", {**content, "site_code": "002"}))


async def test_every_error_is_named_at_once(waste: WasteTown) -> None:
    chain = await waste.chain()
    content = waste.plan_content(chain.shipper, chain.receiver) | {"site_code": "002", "year": 2023}
    content["lines"][0]["waste_code"] = "900-999-08"
    content["lines"][1]["receiver_uscc"] = chain.shipper.uscc
    content["lines"][2]["planned_kg"] = "0"
    answer = await chain.shipper.post("/v1/waste/plans", content)
    assert answer.status_code == 422
    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/year", "plan_year"),
        ("/lines/0/waste_code", "waste_code_not_listed"),
        ("/lines/1/receiver_uscc", "receiver_not_registered"),
        ("/lines/2/planned_kg", "mass_zero"),
    }


async def test_a_plan_is_its_shippers_and_the_bureaus(town: Town, waste: WasteTown) -> None:
    chain = await waste.chain()
    path = f"/v1/waste/plans/{chain.plan['id']}"
    assert (await chain.receiver.get(path)).status_code == 404
    assert (await (await town.staff("reviewer")).get(path)).status_code == 200
    foreign = waste.plan_content(chain.shipper, chain.receiver)
    stranger = await waste.unit("generator", "enterprise")
    answer = await stranger.post("/v1/waste/plans", foreign)
    assert (answer.status_code, answer.json()["code"]) == (404, "unit_not_found")
