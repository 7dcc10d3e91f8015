"""Fuel facts as the reports take them: values, without their tables. Pure."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class FuelFact:
    """So much of a fuel in a period, in one version. Whoever uses it keeps `fact_id` and `version`.

    `sulphur_percent`, `net_calorific_value` (GJ per unit) and `carbon_content` (tC/GJ) are None where not measured.
    """

    fact_id: uuid.UUID
    version: int
    permit_number: str
    uscc: str
    fuel: str
    kind: str
    outlet_code: str | None
    period_start: date
    period_end: date
    quantity: Decimal
    unit: str
    sulphur_percent: Decimal | None
    net_calorific_value: Decimal | None
    carbon_content: Decimal | None
    source_document: str
