"""What is made public, and how: 条例 art. 23, RFC 7946."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from services.permits.disclosure.rules import CRS, box, point, published_on


def test_point_rfc_7946_is_longitude_first_and_null_where_not_known() -> None:
    assert point(Decimal("111.977200"), Decimal("43.652600")) == {
        "type": "Point",
        "coordinates": [111.9772, 43.6526],
    }
    assert point(None, Decimal(1)) is None
    assert point(Decimal(0), None) is None
    assert CRS["code"] == "EPSG:4490"


@pytest.mark.parametrize("text", ["111,43,112,44", " 111.5 , 43 ,111.5,43", "-180,-90,180,90"])
def test_box_rfc_7946_is_west_south_east_north(text: str) -> None:
    assert box(text) == tuple(Decimal(part.strip()) for part in text.split(","))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "1,2,3",
        "1,2,3,4,5",
        "112,43,111,44",
        "111,44,112,43",
        "NaN,1,2,3",
        "0,0,181,1",
        "0,-91,1,1",
        ",,,",
        "111,43,112,4_4",
        "111,3,112,4e1",
        "+111,43,112,44",
        "111,43,112,٤٤",
        "111,43,112,044",
    ],
)
def test_box_is_none_for_what_is_no_box(text: str) -> None:
    assert box(text) is None


@pytest.mark.parametrize(
    ("version", "entered", "effective", "published"),
    [
        (1, "2025-01-05", "2025-02-01", "2025-01-05"),
        (1, "2025-03-05", "2025-02-01", "2025-03-05"),
        (2, "2025-01-05", "2025-02-01", "2025-02-01"),
        (2, "2025-03-05", "2025-02-01", "2025-03-05"),
    ],
)
def test_article_23_a_version_is_public_since_it_was_entered_and_a_later_one_holds(
    version: int, entered: str, effective: str, published: str
) -> None:
    day = published_on(
        version=version, entered_on=date.fromisoformat(entered), effective_from=date.fromisoformat(effective)
    )
    assert day.isoformat() == published
