"""The register of depots, through the gateway."""

from __future__ import annotations

from tests.support.emergency import Response, depot_content


async def test_a_registered_depot_is_read_as_it_was_registered(team: Response) -> None:
    depot = await team.new_depot()
    answer = await team.duty.get(f"/v1/emergency/depots/{depot['code']}")
    assert (answer.status_code, answer.json()) == (200, depot)


async def test_a_code_is_given_once(team: Response) -> None:
    depot = await team.new_depot()
    content = depot_content(team.town.new_uscc(), code=depot["code"])
    again = await team.store.post("/v1/emergency/depots", content)
    assert (again.status_code, again.json()["code"]) == (409, "depot_exists")


async def test_a_place_outside_china_and_a_wrong_code_are_refused_together(team: Response) -> None:
    content = depot_content("911525017332825862", longitude="11.5")
    answer = await team.store.post("/v1/emergency/depots", content)
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/keeper_uscc", "/longitude"}


async def test_the_list_goes_page_by_page(team: Response) -> None:
    made = {(await team.new_depot())["code"] for _ in range(3)}
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await team.duty.get("/v1/emergency/depots", limit=2, **cursor)).json()
        seen += [depot["code"] for depot in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert made <= set(seen)
    assert len(seen) == len(set(seen))
