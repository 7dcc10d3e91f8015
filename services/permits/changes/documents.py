"""Permits as documents that can be compared: the same members on both sides, what a permit leaves open filled in."""

from __future__ import annotations

from typing import Any

from services.permits.permits.schemas import PermitContent, PermitRead
from services.permits.permits.views import averaging_of

_COMPARED = set(PermitContent.model_fields)


def document_of(permit: PermitContent | PermitRead) -> dict[str, Any]:
    """What a permit says, or is declared to say. Who has it, its number and its versions are left out."""
    said = permit.model_dump(mode="json", include=_COMPARED)
    media = {outlet["code"]: outlet["medium"] for outlet in said["outlets"]}
    for outlet in said["outlets"]:
        for limit in outlet["limits"]:
            limit["averaging"] = averaging_of(limit["kind"], limit["averaging"], outlet["medium"])
    for limit in said["special_limits"]:
        medium = media.get(limit["outlet_code"] or "")
        limit["averaging"] = averaging_of(limit["kind"], limit["averaging"], medium)
    return said
