"""Units as they are read."""

from __future__ import annotations

from services.waste.units.models import Unit


def etag(unit: Unit) -> str:
    return f'"{unit.version}"'
