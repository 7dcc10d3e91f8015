"""Registration forms for the tests: a hospital of 50 beds, which row 107 of the catalogue leaves to a registration."""

from __future__ import annotations

from typing import Any

from services.permits.catalogue.service import in_force
from tests.support.town import Caller, Town

REGISTRATIONS = "/v1/permits/registrations"
DISCLOSED = "/v1/permits/disclosure/registrations"


def beds(count: str) -> dict[str, Any]:
    return {"industry_code": "8411", "quantities": [{"name": "beds", "value": count, "unit": "beds"}]}


def nothing() -> dict[str, Any]:
    """A site that has none of what the catalogue asks about."""
    facts = [each for each in in_force(None).facts.values() if each.of == "site"]
    return {
        "quantities": [{"name": each.name, "value": "0", "unit": each.unit} for each in facts if each.units],
        "statements": [{"name": each.name, "holds": False} for each in facts if not each.units],
    }


def form(**changes: Any) -> dict[str, Any]:
    content = {
        "site_name": "门诊部",
        "region_code": "152501",
        "address": "前进路8号",
        "activities": [beds("50")],
        "discharges": [
            {
                "medium": "water",
                "name": "医疗污水",
                "destination": "城市污水处理厂",
                "standard": "GB 18466-2005",
                "measure": "消毒池",
            }
        ],
        "contact_name": "娜仁",
        "contact_phone": "13900000000",
    }
    return {**content, **changes}


async def enterprise(town: Town) -> tuple[Caller, str]:
    """An enterprise without a permit, signed in, and its credit code."""
    uscc, clerk = town.new_uscc(), await town.staff("clerk")
    content = {**town.enterprise_content(uscc), "management_class": "registration", "industry_code": "8411"}
    answer = await clerk.post("/v1/permits/enterprises", content)
    assert answer.status_code == 201, answer.text
    return await town.caller(f"r.{uscc.lower()}", roles=["enterprise"], usccs=[uscc]), uscc


async def registered(town: Town, **changes: Any) -> tuple[Caller, dict[str, Any]]:
    """A registered site: its enterprise, and the answer to the form."""
    caller, uscc = await enterprise(town)
    answer = await caller.post(REGISTRATIONS, {**form(**changes), "uscc": uscc})
    assert answer.status_code == 201, answer.text
    return caller, answer.json()
