"""Medical waste bags through the gateway: clinic, vehicle, plant, and 48 hours."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.kit import clock
from tests.support.town import Town
from tests.support.waste import Unit, WasteTown, bag_code, done


@dataclass
class Round:
    """A hospital with one bag, the carrier that collects it, the plant that takes it."""

    hospital: Unit
    carrier: Unit
    plant: Unit
    code: str

    @property
    def path(self) -> str:
        return f"/v1/waste/medical/bags/{self.code}"

    async def scan(self, place: str, *, hours_ago: float = 0, **changes: Any) -> httpx.Response:
        unit = {"clinic": self.hospital, "vehicle": self.carrier, "plant": self.plant}[place]
        content = {
            "place": place,
            "uscc": unit.uscc,
            "scanned_at": (clock.now() - timedelta(hours=hours_ago)).isoformat(),
            **({"plate": "蒙H12345"} if place == "vehicle" else {}),
            **changes,
        }
        return await unit.post(f"{self.path}/scans", content)


@pytest.fixture
async def bag(waste: WasteTown) -> Round:
    hospital, carrier, plant = await asyncio.gather(
        waste.unit("hospital", "hospital"),
        waste.unit("carrier", "driver"),
        waste.unit("receiver", "receiver"),
    )
    code = bag_code()
    content = {"code": code, "hospital_uscc": hospital.uscc, "kind": "infectious", "mass_kg": "4.35"}
    registered = done(await hospital.post("/v1/waste/medical/bags", content))
    assert (registered["waste_code"], registered["expected"]) == ("841-001-01", "clinic")
    return Round(hospital, carrier, plant, code)


async def test_a_bag_goes_from_clinic_to_vehicle_to_plant(bag: Round) -> None:
    stored = done(await bag.scan("clinic", hours_ago=3))
    assert (stored["state"], stored["expected"], stored["overdue"]) == ("stored", "vehicle", False)
    collected = done(await bag.scan("vehicle", hours_ago=2))
    assert collected["storage"]["met_at"] is not None
    delivered = done(await bag.scan("plant"))
    assert (delivered["state"], delivered["expected"]) == ("delivered", None)
    assert [scan["place"] for scan in delivered["scans"]] == ["clinic", "vehicle", "plant"]
    assert (await bag.hospital.get(bag.path)).json()["plant_uscc"] == bag.plant.uscc


async def test_the_48_hours_run_from_the_first_storage(bag: Round) -> None:
    stored = done(await bag.scan("clinic", hours_ago=47))
    assert stored["storage"]["started_at"] == stored["scans"][0]["scanned_at"]
    assert (stored["storage"]["late"], stored["overdue"]) == (False, False)
    assert stored["storage"]["basis"] == "医疗废物管理条例 第十七条、第二十五条"


async def test_a_bag_stored_too_long_is_overdue_and_stays_late_when_it_is_collected(bag: Round) -> None:
    stored = done(await bag.scan("clinic", hours_ago=49))
    assert (stored["storage"]["late"], stored["overdue"]) == (True, True)
    listed = (await bag.hospital.get("/v1/waste/medical/bags", overdue="true")).json()["items"]
    assert [each["code"] for each in listed] == [bag.code]
    overview = (await bag.hospital.get(f"/v1/waste/enterprises/{bag.hospital.uscc}/overview")).json()
    assert overview["medical_bags_overdue"] == 1
    collected = done(await bag.scan("vehicle"))
    assert (collected["storage"]["late"], collected["overdue"]) == (True, False)


async def test_the_same_scan_sent_again_is_the_same_scan(bag: Round) -> None:
    at = (clock.now() - timedelta(minutes=7)).isoformat()
    done(await bag.scan("clinic"))
    answer = await bag.scan("vehicle", scanned_at=at)
    assert answer.status_code == 422  # before the scan at the clinic
    at = clock.now().isoformat()
    first, again = (
        done(await bag.scan("vehicle", scanned_at=at)),
        done(await bag.scan("vehicle", scanned_at=at)),
    )
    assert first["scans"] == again["scans"]
    delivered = done(await bag.scan("plant"))
    late = done(await bag.scan("vehicle", scanned_at=at))
    assert late["scans"] == delivered["scans"]


async def test_many_copies_of_one_scan_at_once_are_one_scan(bag: Round) -> None:
    at = clock.now().isoformat()
    answers = await asyncio.gather(*(bag.scan("clinic", scanned_at=at) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert len((await bag.hospital.get(bag.path)).json()["scans"]) == 1


@pytest.mark.parametrize(
    ("before", "place", "expected"),
    [
        ([], "vehicle", "clinic"),
        ([], "plant", "clinic"),
        (["clinic"], "clinic", "vehicle"),
        (["clinic"], "plant", "vehicle"),
        (["clinic", "vehicle"], "vehicle", "plant"),
    ],
)
async def test_a_scan_out_of_order_is_refused_with_the_place_that_was_expected(
    bag: Round, before: list[str], place: str, expected: str
) -> None:
    for each in before:
        done(await bag.scan(each))
    answer = await bag.scan(place)
    assert (answer.status_code, answer.json()["code"]) == (409, "scan_out_of_order")
    assert (answer.json()["expected"], answer.json()["scanned"]) == (expected, place)


async def test_after_the_plant_nothing_is_expected(bag: Round) -> None:
    for each in ("clinic", "vehicle", "plant"):
        done(await bag.scan(each))
    answer = await bag.scan("plant")
    assert answer.status_code == 409
    assert "expected" not in answer.json()


async def test_a_place_is_scanned_by_the_kind_of_unit_that_works_there(bag: Round) -> None:
    as_clinic = {"place": "clinic", "uscc": bag.carrier.uscc, "scanned_at": clock.now().isoformat()}
    answer = await bag.carrier.post(f"{bag.path}/scans", as_clinic)
    assert (answer.status_code, answer.json()["code"]) == (404, "unit_not_found")
    for_another = {**as_clinic, "uscc": bag.hospital.uscc}
    assert (await bag.carrier.post(f"{bag.path}/scans", for_another)).status_code == 404


async def test_another_hospital_neither_sees_nor_stores_the_bag(bag: Round, waste: WasteTown) -> None:
    other = await waste.unit("hospital", "hospital")
    assert (await other.get(bag.path)).status_code == 404
    content = {"place": "clinic", "uscc": other.uscc, "scanned_at": clock.now().isoformat()}
    answer = await other.post(f"{bag.path}/scans", content)
    assert [error["code"] for error in answer.json()["errors"]] == ["bag_of_another_hospital"]


async def test_the_carrier_sees_the_bag_once_it_has_it(bag: Round) -> None:
    done(await bag.scan("clinic"))
    assert (await bag.carrier.get(bag.path)).status_code == 404
    done(await bag.scan("vehicle"))
    assert (await bag.carrier.get(bag.path)).status_code == 200


async def test_a_code_is_registered_once(bag: Round, town: Town) -> None:
    content = {
        "code": bag.code,
        "hospital_uscc": bag.hospital.uscc,
        "kind": "sharps",
        "mass_kg": "0.5",
    }
    again = await bag.hospital.post("/v1/waste/medical/bags", content)
    assert (again.status_code, again.json()["code"]) == (409, "bag_exists")
