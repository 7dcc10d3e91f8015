"""Fuel facts for tests."""

from __future__ import annotations

from typing import Any

from tests.support.quotas import entered
from tests.support.town import Holder

FACTS = "/v1/permits/fuels/facts"


def fact(holder: Holder, **changes: Any) -> dict[str, Any]:
    """A quarter's coal of a boiler house."""
    content = {
        "permit_number": holder.permit["permit_number"],
        "fuel": "bituminous_coal",
        "period_start": "2025-01-01",
        "period_end": "2025-03-31",
        "quantity": "1200.5",
        "sulphur_percent": "0.6",
        "source_document": "煤炭入炉台账 2025-Q1",
    }
    return {**content, **changes}


async def recorded(holder: Holder, **changes: Any) -> dict[str, Any]:
    return entered(await holder.post(FACTS, fact(holder, **changes)))


def correction(quantity: str, version: int = 1, **changes: Any) -> dict[str, Any]:
    content = {
        "corrects_version": version,
        "reason": "地磅校准后重新计量",
        "quantity": quantity,
        "source_document": "地磅校准报告",
    }
    return {**content, **changes}
