"""The catalogue through the gateway, without signing in."""

from __future__ import annotations

from tests.support.town import Town


async def test_the_whole_list_is_read_page_by_page_in_order_without_signing_in(town: Town) -> None:
    codes: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await town.public.get("/v1/waste/catalogue", params={"limit": 200, **cursor})).json()
        codes += [item["code"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert len(codes) == 467
    assert codes == sorted(set(codes))


async def test_a_code_is_read_with_its_traits_as_structure(town: Town) -> None:
    answer = await town.public.get("/v1/waste/catalogue/900-052-31", params={"on": "2023-06-01"})
    assert answer.status_code == 200
    assert answer.json()["hazards"] == {"certain": ["T"], "possible": ["C"]}
    assert answer.json()["catalogue"]["provisional"] is False


async def test_after_2025_the_answer_says_which_edition_is_missing(town: Town) -> None:
    answer = await town.public.get("/v1/waste/catalogue/900-052-31", params={"on": "2025-01-01"})
    assert answer.json()["catalogue"] | {"name": "", "order": ""} == {
        "edition": "2021",
        "name": "",
        "order": "",
        "in_force_from": "2021-01-01",
        "provisional": True,
        "missing_edition": "2025",
    }


async def test_a_day_before_the_first_edition_and_an_unknown_code_are_404(town: Town) -> None:
    early = await town.public.get("/v1/waste/catalogue/900-052-31", params={"on": "2016-08-01"})
    unknown = await town.public.get("/v1/waste/catalogue/900-000-08")
    assert (early.status_code, early.json()["code"]) == (404, "catalogue_edition_not_found")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "waste_code_not_listed")


async def test_filters_narrow_the_list(town: Town) -> None:
    asked = {"category": "HW01", "trait": "In"}
    page = (await town.public.get("/v1/waste/catalogue", params=asked)).json()
    assert [item["code"] for item in page["items"]] == ["841-001-01", "841-002-01", "841-003-01"]
    named = (await town.public.get("/v1/waste/catalogue", params={"text": "铅蓄电池"})).json()
    assert "900-052-31" in [item["code"] for item in named["items"]]


async def test_a_cursor_that_is_none_is_400(town: Town) -> None:
    answer = await town.public.get("/v1/waste/catalogue", params={"cursor": "zzz"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")
