"""The way of a medical waste bag, and what makes two scans the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.kit.findings import Findings
from services.waste.catalogue.editions import catalogue
from services.waste.medical import rules
from services.waste.medical.rules import Place, ScanFact, State

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
HOSPITAL = "12152501XY70000153"


def scan(place: Place = Place.CLINIC, *, at: datetime = NOW, plate: str | None = None) -> ScanFact:
    return ScanFact(place, HOSPITAL, at, plate)


def test_every_kind_has_its_code_in_the_national_catalogue() -> None:
    serving = catalogue().on(NOW.date())
    assert serving is not None
    descriptions = {
        kind: serving.edition.entries[code].description for kind, code in rules.WASTE_CODE.items()
    }
    assert descriptions == {
        "infectious": "感染性废物",
        "sharps": "损伤性废物",
        "pathological": "病理性废物",
        "chemical": "化学性废物",
        "pharmaceutical": "药物性废物",
    }


def test_a_bag_is_expected_at_one_place_after_the_other() -> None:
    state, way = State.REGISTERED, []
    while (place := rules.expected(state)) is not None:
        way.append(place)
        assert [each for each in Place if rules.after(state, each) is not None] == [place]
        state = rules.after(state, place) or state
    assert way == [Place.CLINIC, Place.VEHICLE, Place.PLANT]
    assert state is State.DELIVERED


def test_the_same_scan_is_known_again_in_another_offset_and_another_time_is_another_scan() -> None:
    known = [scan(at=NOW.astimezone())]
    assert rules.same(scan(), known) == 0
    assert rules.same(scan(at=NOW + timedelta(seconds=1)), known) is None


@pytest.mark.parametrize(
    ("fact", "codes"),
    [
        (scan(), []),
        (scan(at=NOW + rules.CLOCK_SKEW + timedelta(seconds=1)), ["scan_in_future"]),
        (scan(at=NOW - timedelta(hours=2)), ["scan_before_previous"]),
        (scan(Place.VEHICLE), ["plate_missing"]),
        (scan(Place.VEHICLE, plate="蒙H12345"), []),
        (scan(plate="蒙H12345"), ["plate_without_vehicle"]),
    ],
)
def test_check_scan_article_12_each_handover_with_its_time_and_vehicle(
    fact: ScanFact, codes: list[str]
) -> None:
    found = Findings()
    before = NOW - timedelta(hours=1)
    rules.check_scan(found, fact, previous_at=before, now=NOW, hospital_uscc=HOSPITAL)
    assert [error.code for error in found.errors] == codes


def test_check_scan_another_hospitals_bag_is_not_stored_here() -> None:
    found = Findings()
    rules.check_scan(found, scan(), previous_at=NOW, now=NOW, hospital_uscc="12152501XY7000023X")
    assert [error.code for error in found.errors] == ["bag_of_another_hospital"]
