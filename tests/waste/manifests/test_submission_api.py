"""Drafting, the gates, and cancelling, through the gateway."""

from __future__ import annotations

import asyncio

from services.kit.receipts import check_receipt
from tests.support.town import Town
from tests.support.waste import BATTERY, OIL, PACKAGING, WasteTown, done, plain_line


class TestDraft:
    async def test_a_draft_is_seen_by_its_shipper_alone(self, town: Town, waste: WasteTown) -> None:
        chain = await waste.chain()
        path = await chain.drafted()
        assert (await chain.shipper.get(path)).json()["state"] == "draft"
        for other in (chain.carrier, chain.receiver, await town.staff("inspector")):
            assert (await other.get(path)).status_code == 404
            listed = (await other.get("/v1/waste/manifests", uscc=chain.shipper.uscc)).json()["items"]
            assert listed == []

    async def test_our_number_is_not_a_national_one_and_never_comes_twice(self, waste: WasteTown) -> None:
        chain = await waste.chain()
        paths = await asyncio.gather(*(chain.drafted() for _ in range(5)))
        read = [(await chain.shipper.get(path)).json() for path in paths]
        assert len({manifest["number"] for manifest in read}) == 5
        assert all(manifest["number"].startswith("M") for manifest in read)
        assert all(manifest["national_no"] is None for manifest in read)

    async def test_a_draft_is_replaced_by_whoever_saw_its_present_version(self, waste: WasteTown) -> None:
        chain = await waste.chain()
        path = await chain.drafted()
        etag = (await chain.shipper.get(path)).headers["etag"]
        changed = chain.content(plain_line(mass_kg="5"))
        answer = await chain.shipper.http.put(path, json=changed, headers={"If-Match": etag})
        assert (answer.status_code, answer.json()["content"]["lines"][0]["mass_kg"]) == (200, "5")
        stale = await chain.shipper.http.put(path, json=changed, headers={"If-Match": etag})
        assert stale.status_code == 412

    async def test_nobody_drafts_for_another_unit(self, waste: WasteTown) -> None:
        chain, stranger = await waste.chain(), await waste.unit("generator", "enterprise")
        answer = await stranger.post("/v1/waste/manifests", chain.content())
        assert (answer.status_code, answer.json()["code"]) == (404, "unit_not_found")

    async def test_the_carrier_has_no_right_to_draft(self, waste: WasteTown) -> None:
        chain = await waste.chain()
        assert (await chain.carrier.post("/v1/waste/manifests", chain.content())).status_code == 403


class TestSubmit:
    async def test_a_right_one_is_answered_with_a_receipt_that_holds(
        self, town: Town, waste: WasteTown
    ) -> None:
        chain = await waste.chain()
        path = await chain.drafted()
        signed = done(await chain.shipper.post(f"{path}/submission", None))
        assert signed["manifest"]["state"] == "submitted"
        keys = (await town.public.get("/v1/waste/receipt-keys")).json()
        receipt = check_receipt(signed["receipt"]["jws"], keys, document=signed["document"])
        assert receipt.on_behalf_of == chain.shipper.uscc
        assert signed["document"]["content"]["lines"][0]["mass_kg"] == "1200.5"

    async def test_what_is_declared_is_reserved_of_licence_and_plan(self, waste: WasteTown) -> None:
        chain = await waste.chain(scale_kg="5000", planned_kg="4000")
        await chain.submitted(
            plain_line(mass_kg="1000.25"), plain_line(OIL, "0.75"), plain_line(BATTERY, "3")
        )
        balance = await chain.balance()
        assert (balance["废矿物油"]["reserved_kg"], balance["废矿物油"]["free_kg"]) == ("1001.00", "3999.00")
        assert balance["其他"]["reserved_kg"] == "3"
        plan = (await chain.shipper.get(f"/v1/waste/plans/{chain.plan['id']}")).json()
        by_code = {line["waste_code"]: line["free_kg"] for line in plan["lines"]}
        assert by_code == {OIL: "2999.00", BATTERY: "3997", PACKAGING: "4000"}

    async def test_every_gate_that_is_not_passed_is_named_at_once_with_its_article(
        self, waste: WasteTown
    ) -> None:
        chain = await waste.chain(scale_kg="1000", planned_kg="500")
        lines = [
            plain_line(mass_kg="1000.5", category="HW49", hazard_traits=["I"]),
            plain_line(waste_code="900-999-08"),
            plain_line(PACKAGING, "10", waste_code="900-039-49", hazard_traits=["T"]),
        ]
        wrong = {"carrier_uscc": chain.shipper.uscc}
        path = await chain.drafted(*lines, **wrong)
        answer = await chain.shipper.post(f"{path}/submission", None)
        assert (answer.status_code, answer.json()["code"]) == (422, "manifest_refused")
        errors = answer.json()["errors"]
        assert {(error["pointer"], error["code"]) for error in errors} == {
            ("/carrier_uscc", "carrier_not_registered"),
            ("/lines/0/category", "category_mismatch"),
            ("/lines/0/hazard_traits", "hazard_traits_mismatch"),
            ("/lines/0/mass_kg", "licence_scale_exceeded"),
            ("/lines/0/mass_kg", "plan_exceeded"),
            ("/lines/1/waste_code", "waste_code_not_listed"),
            ("/lines/1/waste_code", "plan_line_missing"),
            ("/lines/1/mass_kg", "licence_scale_exceeded"),
            ("/lines/2/waste_code", "licence_code_not_covered"),
            ("/lines/2/waste_code", "plan_line_missing"),
        }
        assert all(error["article"] for error in errors)

    async def test_what_was_refused_has_reserved_nothing_and_can_be_corrected(self, waste: WasteTown) -> None:
        chain = await waste.chain()
        path = await chain.drafted(plain_line(), plain_line(BATTERY, category="HW08"))
        refused = await chain.shipper.post(f"{path}/submission", None, key="the-same-key")
        assert refused.status_code == 422
        assert (await chain.balance())["废矿物油"]["reserved_kg"] == "0"
        right = chain.content()
        await chain.shipper.http.put(path, json=right, headers={"If-Match": "*"})
        done(await chain.shipper.post(f"{path}/submission", None, key="the-same-key"))

    async def test_without_a_plan_of_its_site_and_year_nothing_moves(self, waste: WasteTown) -> None:
        chain = await waste.chain()
        path = await chain.drafted(site_code="002")
        errors = (await chain.shipper.post(f"{path}/submission", None)).json()["errors"]
        assert [(error["pointer"], error["code"], error["article"]) for error in errors] == [
            ("/site_code", "plan_missing", "危险废物转移管理办法 第十四条")
        ]

    async def test_a_licence_of_another_an_unknown_one_and_an_ended_one(self, waste: WasteTown) -> None:
        chain, other = await waste.chain(), await waste.unit("receiver", "receiver")
        ended = await waste.licensed(
            chain.receiver, valid_from="2021-01-05", valid_to="2025-12-31", issued_on="2021-01-05"
        )
        for number, code in (
            (await waste.licensed(other), "licence_of_another"),
            ("9999999999", "licence_not_found"),
            (ended, "licence_not_valid"),
        ):
            path = await chain.drafted(licence_number=number)
            errors = (await chain.shipper.post(f"{path}/submission", None)).json()["errors"]
            assert ("/licence_number", code) in {(error["pointer"], error["code"]) for error in errors}

    async def test_another_province_needs_an_approval(self, waste: WasteTown) -> None:
        carrier = await waste.unit("carrier", "driver")
        receiver = await waste.unit("receiver", "receiver", region_code="130702")
        chain = await waste.shipping(carrier, receiver, await waste.licensed(receiver))
        path = await chain.drafted()
        errors = (await chain.shipper.post(f"{path}/submission", None)).json()["errors"]
        assert [(error["pointer"], error["code"]) for error in errors] == [
            ("/receiver_uscc", "cross_province_not_approved")
        ]

    async def test_the_last_kilograms_go_to_one_of_two_that_come_together(self, waste: WasteTown) -> None:
        chain = await waste.chain(scale_kg="1000")
        paths = [await chain.drafted(plain_line(mass_kg="600")) for _ in range(2)]
        answers = await asyncio.gather(*(chain.shipper.post(f"{path}/submission", None) for path in paths))
        assert sorted(answer.status_code for answer in answers) == [201, 422]
        (refused,) = (answer.json() for answer in answers if answer.status_code == 422)
        assert [error["code"] for error in refused["errors"]] == ["licence_scale_exceeded"]
        assert "400" in refused["errors"][0]["detail"]
        assert (await chain.balance())["废矿物油"]["free_kg"] == "400"

    async def test_one_submitted_twice_at_once_is_submitted_once(self, waste: WasteTown) -> None:
        chain = await waste.chain()
        path = await chain.drafted()
        answers = await asyncio.gather(*(chain.shipper.post(f"{path}/submission", None) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
        assert (await chain.balance())["废矿物油"]["reserved_kg"] == "1200.5"

    async def test_the_edition_that_judged_it_is_kept(self, waste: WasteTown) -> None:
        chain = await waste.chain()
        read = (await chain.shipper.get(await chain.submitted())).json()
        assert (read["catalogue_edition"], read["catalogue_provisional"]) == ("2021", True)


class TestCancel:
    async def test_before_transit_the_reservation_is_given_back(self, waste: WasteTown) -> None:
        chain = await waste.chain()
        for path in (await chain.submitted(), await chain.ready()):
            answer = done(await chain.shipper.post(f"{path}/cancellation", {"reason": "车辆故障"}))
            assert answer["manifest"]["state"] == "cancelled"
        balance = await chain.balance()
        assert {float(group["reserved_kg"]) for group in balance.values()} == {0.0}

    async def test_a_draft_can_be_cancelled(self, waste: WasteTown) -> None:
        chain = await waste.chain()
        done(await chain.shipper.post(f"{await chain.drafted()}/cancellation", {"reason": "填错"}))

    async def test_on_the_road_it_is_too_late(self, waste: WasteTown) -> None:
        chain = await waste.chain()
        path = await chain.departed()
        answer = await chain.shipper.post(f"{path}/cancellation", {"reason": "不运了"})
        assert (answer.status_code, answer.json()["code"]) == (409, "step_not_open")

    async def test_cancelling_and_signing_at_once_end_in_one_of_the_two(self, waste: WasteTown) -> None:
        chain = await waste.chain()
        path = await chain.ready()
        answers = await asyncio.gather(
            chain.shipper.post(f"{path}/cancellation", {"reason": "不运了"}),
            chain.carrier.post(f"{path}/carrier-signature", chain.load()),
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        state = (await chain.shipper.get(path)).json()["state"]
        reserved = (await chain.balance())["废矿物油"]["reserved_kg"]
        assert (state, reserved) in {("cancelled", "0.0"), ("in_transit", "1200.5")}


class TestSealed:
    async def test_what_was_submitted_cannot_be_edited(self, waste: WasteTown) -> None:
        chain = await waste.chain()
        path = await chain.submitted()
        answer = await chain.shipper.http.put(path, json=chain.content(), headers={"If-Match": "*"})
        assert (answer.status_code, answer.json()["code"]) == (409, "manifest_sealed")

    async def test_the_national_number_is_recorded_once_and_for_one_manifest(
        self, town: Town, waste: WasteTown
    ) -> None:
        chain, clerk = await waste.chain(), await town.staff("clerk")
        one, other = await chain.submitted(), await chain.submitted()
        number = {"national_no": f"20261525{chain.licence_number[-6:]}"}
        assert (
            done(await clerk.post(f"{one}/national-number", number))["national_no"] == number["national_no"]
        )
        again = await clerk.post(f"{one}/national-number", {"national_no": "20261525999999"})
        assert (again.status_code, again.json()["code"]) == (409, "national_number_set")
        taken = await clerk.post(f"{other}/national-number", number)
        assert (taken.status_code, taken.json()["code"]) == (409, "national_number_taken")
