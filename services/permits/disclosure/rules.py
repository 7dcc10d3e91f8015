"""What is made public of permits, and how. Pure: no clock, no database.

Sources: 排污许可管理条例 (State Council Order 736) art. 23; RFC 7946 (GeoJSON); GB 22021-2008 (CGCS2000).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

ARTICLE_DISCLOSURE = "排污许可管理条例 第二十三条"
_DEGREES = re.compile(r"-?(0|[1-9][0-9]{0,2})(\.[0-9]+)?", re.ASCII)

# RFC 7946 takes WGS 84 for granted and has no member for another datum; a foreign member (6.1) says ours.
CRS: Mapping[str, str] = {
    "code": "EPSG:4490",
    "name": "CGCS2000",
    "note_zh": "坐标为2000国家大地坐标系（EPSG:4490），经度在前；与WGS84之差在厘米至分米级，按WGS84显示即可。",
    "note_en": "Coordinates are CGCS2000 (EPSG:4490), longitude first. They differ from WGS 84 by centimetres to "
    "decimetres: shown as WGS 84 they are right on any map of a city.",
}


def published_on(*, version: int, entered_on: date, effective_from: date) -> date:
    """条例 art. 13, 23: since when a version is shown: the first one since it was entered, a later one, which does not
    show before it holds, since it both was entered and holds."""
    return entered_on if version == 1 else max(entered_on, effective_from)


def point(longitude: Decimal | None, latitude: Decimal | None) -> dict[str, Any] | None:
    """RFC 7946 3.1.2: longitude, latitude. Null where the place is not known (3.2): never 0, 0."""
    if longitude is None or latitude is None:
        return None
    return {"type": "Point", "coordinates": [float(longitude), float(latitude)]}


def box(text: str) -> tuple[Decimal, Decimal, Decimal, Decimal] | None:
    """A `bbox` as RFC 7946 5 orders it, west, south, east, north; None where it is none."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 4 or not all(map(_DEGREES.fullmatch, parts)):
        return None
    west, south, east, north = map(Decimal, parts)
    if west > east or south > north:
        return None
    return (
        (west, south, east, north) if west >= -180 and east <= 180 and south >= -90 and north <= 90 else None
    )
