"""Fills in a pre-filled blank, as an enterprise's own software would."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from typing import Any, cast

from infra.client.api.models import permits as models

_PLACES = Decimal("0.0001")


def fill(blank: models.Blank) -> models.ReportCreate:
    """A report within all limits: concentrations at half of theirs, amounts at a tenth of the year's."""
    values = [_line(line) for line in blank["reference"]]
    report = {**blank["submission"], "production_days": 80, "values": values}
    return cast(models.ReportCreate, report)


def _line(line: models.BlankLine) -> dict[str, Any]:
    limits: dict[str, Decimal] = {}
    for limit in line["limits"]:  # of one that changed within the period the strictest
        value = Decimal(limit["value"])
        limits[limit["kind"]] = min(value, limits.get(limit["kind"], value))
    concentration = limits.get("hourly_concentration", limits.get("daily_concentration"))
    amount = limits.get("annual_amount")
    stated: dict[str, Any] = {"outlet_code": line["outlet_code"], "pollutant_code": line["pollutant_code"]}
    if concentration is not None:
        stated |= {
            "concentration_max": _text(concentration / 2),
            "concentration_average": _text(concentration / 3),
        }
    if amount is not None:
        stated |= {"amount_t": _text(amount / 10), "method": "manual"}
    return stated


def _text(number: Decimal) -> str:
    return format(number.quantize(_PLACES), "f")


if __name__ == "__main__":
    json.dump(fill(json.load(sys.stdin)), sys.stdout, ensure_ascii=False, indent=2)
