"""Search, map and downloads of what the law makes public (排污许可管理条例 art. 23)."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.kit import downloads
from tests.permits.disclosure.test_api import accepted
from tests.permits.documents.example import PLANT, SPECIAL
from tests.permits.documents.test_api import pdf, verified
from tests.permits.reading import is_problem, walked
from tests.support.town import Holder, Town

BASE = "/v1/permits/disclosure"
FILES = ("permits", "limits", "reports", "report-values")


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    """With two permits, one of them in water and simplified, and an accepted report."""
    holder, clerk = await town.holder(), await town.staff("clerk")
    second = town.permit_content(holder.uscc, serial=2, management_class="simplified", industry_code="4620")
    assert (await clerk.post("/v1/permits/permits", second)).status_code == 201
    await accepted(town, holder)
    return holder


async def fetched(town: Town, file: str, form: str, **filters: str) -> httpx.Response:
    answer = await town.public.get(f"{BASE}/downloads/{file}", params={"format": form, **filters})
    assert answer.status_code == 200, answer.text
    return answer


def rows(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


class TestSearch:
    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            ({}, ["001P", "002P"]),
            ({"management_class": "key"}, ["001P"]),
            ({"management_class": "simplified"}, ["002P"]),
            ({"industry_code": "46"}, ["002P"]),
            ({"industry_code": "4430"}, ["001P"]),
            ({"industry_code": "%"}, []),
            ({"region_code": "1525"}, ["001P", "002P"]),
            ({"region_code": "1101"}, []),
            ({"name": "热力", "management_class": "key"}, ["001P"]),
            ({"standing": "in_force"}, ["001P", "002P"]),
            ({"standing": "expired"}, []),
        ],
    )
    async def test_permits_are_found_by_what_they_are(
        self, town: Town, holder: Holder, filters: dict[str, str], expected: list[str]
    ) -> None:
        pages = await walked(town.public, f"{BASE}/permits", uscc=holder.uscc, limit=1, **filters)
        assert [row["permit_number"][-4:] for page in pages for row in page] == expected

    async def test_a_number_is_found_by_its_beginning(self, town: Town, holder: Holder) -> None:
        (found,) = await walked(town.public, f"{BASE}/permits", permit_number=f"{holder.uscc}002")
        assert [row["industry_code"] for row in found] == ["4620"]
        assert found[0]["standing"] == "in_force"
        assert (found[0]["longitude"], found[0]["latitude"]) == ("111.977200", "43.652600")


@pytest.fixture(scope="module")
async def elsewhere(town: Town) -> str:
    """An enterprise of Beijing: 001P in Erenhot, 002P does not say where, 003P in Xilinhot."""
    uscc, clerk = town.new_uscc(), await town.staff("clerk")
    enterprise = {**town.enterprise_content(uscc), "region_code": "110105"}
    assert (await clerk.post("/v1/permits/enterprises", enterprise)).status_code == 201
    for serial, terms in (
        (1, {"site_region_code": "152501"}),
        (2, {}),
        (3, {"site_region_code": "152502"}),
    ):
        content = town.permit_content(uscc, serial=serial, terms=terms)
        assert (await clerk.post("/v1/permits/permits", content)).status_code == 201
    return uscc


class TestWhereTheSiteIs:
    """条例 art. 6, 13(1): a permit is of one site; the public looks for the sites of a place."""

    @pytest.mark.parametrize(
        ("region", "expected"),
        [
            ("152501", {"001P": "152501"}),
            ("1525", {"001P": "152501", "003P": "152502"}),
            ("110105", {"002P": "110105"}),
            ("11", {"002P": "110105"}),
            ("", {"001P": "152501", "002P": "110105", "003P": "152502"}),
            ("1525%", {}),
        ],
    )
    async def test_a_permit_is_found_where_its_site_is_and_else_where_its_enterprise_is(
        self, town: Town, elsewhere: str, region: str, expected: dict[str, str]
    ) -> None:
        asked = {"uscc": elsewhere, "region_code": region}
        pages = await walked(town.public, f"{BASE}/permits", limit=1, **asked)
        assert {row["permit_number"][-4:]: row["region_code"] for page in pages for row in page} == expected
        file = rows(await fetched(town, "permits", "ndjson", **asked))
        assert {row["permit_number"][-4:]: row["region_code"] for row in file} == expected
        places = await town.public.get(f"{BASE}/map", params=asked)
        assert {each["id"][-4:] for each in places.json()["features"]} == set(expected)

    async def test_a_site_of_another_division_does_not_stand_at_the_enterprise(
        self, town: Town, elsewhere: str
    ) -> None:
        answer = await town.public.get(f"{BASE}/map", params={"uscc": elsewhere})
        points = {each["id"][-4:]: each["geometry"] for each in answer.json()["features"]}
        assert [points["001P"], points["003P"]] == [None, None]
        assert points["002P"]["coordinates"] == [111.9772, 43.6526]
        box = {"uscc": elsewhere, "bbox": "111.9,43.6,112,43.7"}
        inside = (await town.public.get(f"{BASE}/map", params=box)).json()["features"]
        assert [each["id"][-4:] for each in inside] == ["002P"]

    async def test_a_site_that_moved_is_found_where_the_version_shown_says(self, town: Town) -> None:
        holder, clerk = await town.holder(terms={"site_region_code": "152502"}), await town.staff("clerk")
        changed = town.version_content(holder.uscc, terms={"site_region_code": "150102"})
        path = f"/v1/permits/permits/{holder.permit['permit_number']}/versions"
        answer = await clerk.post(path, changed)
        assert answer.status_code == 201, answer.text
        for region, count in (("150102", 1), ("152502", 0), ("152501", 0)):
            pages = await walked(town.public, f"{BASE}/permits", uscc=holder.uscc, region_code=region)
            assert sum(map(len, pages)) == count, region


class TestDownloads:
    async def test_a_file_holds_what_the_list_shows(self, town: Town, holder: Holder) -> None:
        (listed,) = await walked(town.public, f"{BASE}/permits", uscc=holder.uscc)
        assert rows(await fetched(town, "permits", "ndjson", uscc=holder.uscc)) == listed
        (reports,) = await walked(town.public, f"{BASE}/reports", uscc=holder.uscc)
        (row,) = rows(await fetched(town, "reports", "ndjson", uscc=holder.uscc))
        assert reports[0].items() <= row.items()

    async def test_limits_stand_one_in_a_row_with_permit_and_outlet(self, town: Town, holder: Holder) -> None:
        found = rows(await fetched(town, "limits", "ndjson", permit_number=f"{holder.uscc}001P"))
        (outlet,) = holder.permit["outlets"]
        assert len(found) == len(outlet["limits"]) == 3
        for row, limit in zip(found, outlet["limits"], strict=True):
            assert limit.items() <= row.items()
            assert (row["outlet_code"], row["permit_number"]) == ("DA001", holder.permit["permit_number"])

    async def test_values_of_accepted_reports_stand_one_in_a_row(self, town: Town, holder: Holder) -> None:
        found = rows(await fetched(town, "report-values", "ndjson", uscc=holder.uscc))
        assert {(row["outlet_code"], row["pollutant_code"]) for row in found} == {
            ("DA001", "a21026"),
            ("DA001", "a21002"),
        }
        assert rows(await fetched(town, "report-values", "ndjson", uscc=town.new_uscc())) == []

    @pytest.mark.parametrize("file", FILES)
    async def test_csv_says_the_same_as_ndjson(self, town: Town, holder: Holder, file: str) -> None:
        answer = await fetched(town, file, "csv", uscc=holder.uscc)
        assert answer.headers["content-type"].startswith("text/csv")
        assert answer.headers["content-disposition"].startswith(f'attachment; filename="{file}-')
        assert answer.content.startswith(downloads.BOM)
        head, *lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
        members = [title.rpartition(" ")[2] for title in head]
        assert all(title.partition(" ")[0] for title in head), "a column without its Chinese name"
        expected = rows(await fetched(town, file, "ndjson", uscc=holder.uscc))
        assert lines == [[downloads.cell(row[name]) for name in members] for row in expected]

    async def test_a_list_longer_than_a_page_is_whole(
        self, town: Town, holder: Holder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = (await fetched(town, "permits", "ndjson")).text
        walk = downloads.walk
        monkeypatch.setattr(
            downloads, "walk", lambda database, pages, *, limit: walk(database, pages, limit=1)
        )
        paged = (await fetched(town, "permits", "ndjson")).text
        assert [line for line in paged.splitlines() if holder.uscc in line] == [
            line for line in whole.splitlines() if holder.uscc in line
        ]

    async def test_what_is_unchanged_is_304_and_a_new_permit_changes_it(self, town: Town) -> None:
        path, params = f"{BASE}/downloads/permits", {"format": "ndjson"}
        first = await town.public.get(path, params=params)
        assert first.headers["last-modified"].endswith(" GMT")
        etag = first.headers["etag"]
        holder = await town.holder()
        for _ in range(100):
            answer = await town.public.get(path, params=params, headers={"if-none-match": etag})
            if answer.status_code == 200 and holder.uscc in answer.text:
                break
        assert answer.headers["etag"] != etag

    async def test_a_format_that_there_is_not_is_400(self, town: Town) -> None:
        answer = await town.public.get(f"{BASE}/downloads/permits", params={"format": "xlsx"})
        assert is_problem(answer, 400, "invalid_parameter")


async def test_limits_of_the_plant_and_of_special_periods_are_rows_too(town: Town) -> None:
    holder, clerk = await town.holder(), await town.staff("clerk")
    plant = {name: each for name, each in PLANT.items() if name not in ("permit_year", "valid_to")}
    content = town.permit_content(
        holder.uscc, serial=2, plant_limits=[{**plant, "valid_from": "2025-01-01"}], special_limits=[SPECIAL]
    )
    issued = await clerk.post("/v1/permits/permits", content)
    assert issued.status_code == 201, issued.text
    found = rows(await fetched(town, "limits", "ndjson", permit_number=issued.json()["permit_number"]))
    assert [row["level"] for row in found] == ["outlet", "outlet", "outlet", "plant", "special"]
    assert (found[3]["scope"], found[3]["value"], found[3]["unit"]) == ("plant", "30.5", "t/a")
    assert (found[4]["alert_level"], found[4]["prohibited"], found[4]["outlet_code"]) == (
        "orange",
        True,
        "DA001",
    )


async def test_the_public_sees_the_version_of_today_and_a_later_one_when_it_takes_effect(town: Town) -> None:
    holder, clerk = await town.holder(), await town.staff("clerk")
    number = holder.permit["permit_number"]
    tomorrow = (town.today + timedelta(days=1)).isoformat()
    later = town.version_content(holder.uscc)
    later["basis"]["effective_from"] = tomorrow
    later["industry_code"] = "4620"
    made = await clerk.post(f"/v1/permits/permits/{number}/versions", later)
    assert made.status_code == 201, made.text
    (listed,) = await walked(town.public, f"{BASE}/permits", uscc=holder.uscc)
    assert (listed[0]["version"], listed[0]["current_version"]) == (1, 2)
    assert (listed[0]["site_name"], listed[0]["industry_code"]) == ("一号厂区", "4430")
    assert await walked(town.public, f"{BASE}/permits", uscc=holder.uscc, industry_code="4620") == [[]]
    public = (await town.public.get(f"{BASE}/permits/{number}")).json()
    assert (public["version"], public["site_name"]) == (1, "一号厂区")
    path = f"/v1/permits/permits/{number}/documents/original"
    for params, expected in (({}, (1, True, None)), ({"as_of": tomorrow}, (2, False, "尚未生效"))):
        said = await verified(town, await pdf(holder, path, **params))
        assert (said["version"], said["holds"], said["standing"]) == expected


class TestMap:
    async def test_it_is_a_feature_collection_that_says_its_datum(self, town: Town, holder: Holder) -> None:
        answer = await town.public.get(f"{BASE}/map", params={"uscc": holder.uscc})
        assert answer.headers["content-type"] == "application/geo+json"
        found = answer.json()
        assert (found["type"], found["crs_note"]["code"]) == ("FeatureCollection", "EPSG:4490")
        assert [feature["id"][-4:] for feature in found["features"]] == ["001P", "002P"]
        assert found["features"][0]["geometry"] == {"type": "Point", "coordinates": [111.9772, 43.6526]}
        assert found["features"][0]["properties"]["enterprise_name"].startswith("测试热力")

    async def test_a_box_keeps_what_lies_in_it(self, town: Town, holder: Holder) -> None:
        for bbox, count in (("111.9,43.6,112,43.7", 2), ("100,30,101,31", 0)):
            answer = await town.public.get(f"{BASE}/map", params={"uscc": holder.uscc, "bbox": bbox})
            assert len(answer.json()["features"]) == count
        answer = await town.public.get(f"{BASE}/map", params={"bbox": "112,43,111,44"})
        assert is_problem(answer, 400, "bad_bbox")

    async def test_a_site_lies_amid_its_outlets_where_the_permit_says_where_they_are(
        self, town: Town
    ) -> None:
        holder, clerk = await town.holder(), await town.staff("clerk")
        content = town.permit_content(holder.uscc, serial=2)
        first = content["outlets"][0]
        places = ({"longitude": "112.1", "latitude": "43.5"}, {"longitude": "112.2", "latitude": "43.6"}, {})
        content["outlets"] = [{**first, "code": f"DA00{at}", **place} for at, place in enumerate(places, 1)]
        assert (await clerk.post("/v1/permits/permits", content)).status_code == 201
        params = {"uscc": holder.uscc, "bbox": "112.1,43.5,112.2,43.6"}
        (feature,) = (await town.public.get(f"{BASE}/map", params=params)).json()["features"]
        assert feature["id"] == f"{holder.uscc}002P"
        assert feature["geometry"]["coordinates"] == [112.15, 43.55]

    async def test_a_place_that_is_not_known_is_null_and_in_no_box(self, town: Town) -> None:
        uscc, clerk = town.new_uscc(), await town.staff("clerk")
        content = {**town.enterprise_content(uscc), "longitude": None, "latitude": None}
        assert (await clerk.post("/v1/permits/enterprises", content)).status_code == 201
        assert (await clerk.post("/v1/permits/permits", town.permit_content(uscc))).status_code == 201
        (feature,) = (await town.public.get(f"{BASE}/map", params={"uscc": uscc})).json()["features"]
        assert feature["geometry"] is None
        inside = await town.public.get(f"{BASE}/map", params={"uscc": uscc, "bbox": "-180,-90,180,90"})
        assert inside.json()["features"] == []
