"""Licences through the gateway."""

from __future__ import annotations

from services.kit import clock
from tests.support.town import Town
from tests.support.waste import WasteTown, done


async def test_a_licence_is_entered_with_a_budget_for_each_year(town: Town, waste: WasteTown) -> None:
    receiver = await waste.unit("receiver", "receiver")
    number = await waste.licensed(receiver, scale_kg="1000.5")
    path = f"/v1/waste/licences/{number}"
    read = (await receiver.get(path)).json()
    assert [group["yearly_scale_kg"] for group in read["groups"]] == ["1000.5", "1000.5"]
    year = clock.today().year
    for asked, groups in ((year - 1, 2), (year + 3, 2), (year + 4, 0)):
        balance = (await receiver.get(f"{path}/balance", year=asked)).json()
        assert len(balance["groups"]) == groups
    this_year = (await receiver.get(f"{path}/balance")).json()["groups"][0]
    assert (this_year["scale_kg"], this_year["reserved_kg"], this_year["free_kg"]) == (
        "1000.5",
        "0",
        "1000.5",
    )


async def test_licences_are_announced_to_all_but_their_balance_is_their_holders(
    town: Town, waste: WasteTown
) -> None:
    receiver, shipper = await waste.unit("receiver", "receiver"), await waste.unit("generator", "enterprise")
    number = await waste.licensed(receiver)
    assert (await shipper.get(f"/v1/waste/licences/{number}")).status_code == 200
    hidden = await shipper.get(f"/v1/waste/licences/{number}/balance")
    assert (hidden.status_code, hidden.json()["code"]) == (404, "licence_not_found")
    inspector = await town.staff("inspector")
    assert (await inspector.get(f"/v1/waste/licences/{number}/balance")).status_code == 200


async def test_a_number_with_a_slash_is_read_back(waste: WasteTown) -> None:
    receiver = await waste.unit("receiver", "receiver")
    number = f"蒙危废/{receiver.uscc[-6:]}/1"
    assert await waste.licensed(receiver, licence_number=number) == number
    read = await receiver.get(f"/v1/waste/licences/{number}")
    assert read.json()["licence_number"] == number
    assert (await receiver.get(f"/v1/waste/licences/{number}/balance")).json()["licence_number"] == number


async def test_shape_and_rule_errors_are_named_at_once(town: Town, waste: WasteTown) -> None:
    clerk, receiver = await town.staff("clerk"), await waste.unit("receiver", "receiver")
    wrong = waste.licence_content(receiver.uscc, valid_to="2099-01-01")
    wrong["groups"][0]["codes"] = ["HW08", "HW77"]
    wrong["groups"][1]["codes"] = ["900-249-08"]
    answer = await clerk.post("/v1/waste/licences", wrong)
    assert answer.status_code == 422
    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/valid_to", "validity_too_long"),
        ("/groups/0/codes/1", "waste_code_shape"),
        ("/groups/1/codes/0", "code_in_two_groups"),
    }


async def test_a_holder_must_be_registered_as_a_receiver(town: Town, waste: WasteTown) -> None:
    clerk, shipper = await town.staff("clerk"), await waste.unit("generator", "enterprise")
    answer = await clerk.post("/v1/waste/licences", waste.licence_content(shipper.uscc))
    assert (answer.status_code, answer.json()["code"]) == (409, "holder_not_receiver")
    unknown = await clerk.post("/v1/waste/licences", waste.licence_content(town.new_uscc()))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unit_not_found")


async def test_the_list_is_filtered_by_the_code_that_is_covered(waste: WasteTown) -> None:
    receiver = await waste.unit("receiver", "receiver")
    number = await waste.licensed(receiver)
    for code, expected in (("900-214-08", [number]), ("900-041-49", [number]), ("900-039-49", [])):
        found = await receiver.get("/v1/waste/licences", code=code, holder_uscc=receiver.uscc)
        assert [each["licence_number"] for each in found.json()["items"]] == expected


async def test_the_same_number_twice_is_409(town: Town, waste: WasteTown) -> None:
    clerk, receiver = await town.staff("clerk"), await waste.unit("receiver", "receiver")
    content = waste.licence_content(receiver.uscc)
    done(await clerk.post("/v1/waste/licences", content))
    again = await clerk.post("/v1/waste/licences", content)
    assert (again.status_code, again.json()["code"]) == (409, "licence_exists")
