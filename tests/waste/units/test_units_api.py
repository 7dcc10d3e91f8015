"""The register of units through the gateway."""

from __future__ import annotations

from tests.support.town import Town
from tests.support.waste import WasteTown, done


async def test_a_clerk_registers_a_unit_and_it_reads_its_own_record(waste: WasteTown) -> None:
    unit = await waste.unit("carrier", "carrier")
    answer = await unit.get(f"/v1/waste/units/{unit.uscc}")
    assert answer.status_code == 200
    assert answer.json()["kinds"] == ["carrier"]
    listed = (await unit.get("/v1/waste/units")).json()["items"]
    assert [each["uscc"] for each in listed] == [unit.uscc]


async def test_another_units_record_is_404(waste: WasteTown) -> None:
    one, other = await waste.unit("carrier", "carrier"), await waste.unit("carrier", "carrier")
    answer = await one.get(f"/v1/waste/units/{other.uscc}")
    assert (answer.status_code, answer.json()["code"]) == (404, "unit_not_found")


async def test_a_carrier_without_transport_licence_and_a_wrong_code_are_named_at_once(
    town: Town, waste: WasteTown
) -> None:
    clerk, uscc = await town.staff("clerk"), town.new_uscc()
    wrong = waste.unit_content(uscc, "carrier", transport_licence=None, phone="139x")
    answer = await clerk.post("/v1/waste/units", wrong)
    assert answer.status_code == 422
    found = {error["pointer"]: error for error in answer.json()["errors"]}
    assert set(found) == {"/phone", "/transport_licence"}
    assert found["/transport_licence"]["article"] == "危险废物转移管理办法 第十一条"


async def test_the_same_uscc_twice_is_409(town: Town, waste: WasteTown) -> None:
    clerk, uscc = await town.staff("clerk"), town.new_uscc()
    done(await clerk.post("/v1/waste/units", waste.unit_content(uscc, "generator")))
    again = await clerk.post("/v1/waste/units", waste.unit_content(uscc, "generator"))
    assert (again.status_code, again.json()["code"]) == (409, "unit_exists")


async def test_a_change_needs_the_version_that_was_read(town: Town, waste: WasteTown) -> None:
    clerk, unit = await town.staff("clerk"), await waste.unit("generator", "enterprise")
    path = f"/v1/waste/units/{unit.uscc}"
    read = await clerk.get(path)
    new_kinds = {"kinds": ["generator", "receiver"]}
    changed = await clerk.http.patch(path, json=new_kinds, headers={"If-Match": read.headers["etag"]})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    stale = await clerk.http.patch(path, json=new_kinds, headers={"If-Match": read.headers["etag"]})
    assert stale.status_code == 412
    without = await clerk.http.patch(path, json=new_kinds)
    assert without.status_code == 428


async def test_a_change_is_judged_as_a_whole(town: Town, waste: WasteTown) -> None:
    clerk, unit = await town.staff("clerk"), await waste.unit("generator", "enterprise")
    path = f"/v1/waste/units/{unit.uscc}"
    answer = await clerk.http.patch(path, json={"kinds": ["carrier"]}, headers={"If-Match": "*"})
    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == ["transport_licence_missing"]


async def test_an_enterprise_may_not_register_units(town: Town, waste: WasteTown) -> None:
    unit = await waste.unit("generator", "enterprise")
    answer = await unit.post("/v1/waste/units", waste.unit_content(town.new_uscc(), "generator"))
    assert answer.status_code == 403
