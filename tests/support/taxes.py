"""Tax declarations for tests."""

from __future__ import annotations

from typing import Any

from tests.support.quotas import entered
from tests.support.town import Holder, Town

TAXES = "/v1/permits/tax-declarations"


def declaration(holder: Holder, amount: str = "1.5", **changes: Any) -> dict[str, Any]:
    """A quarter's return with one pollutant."""
    content = {
        "uscc": holder.uscc,
        "permit_number": holder.permit["permit_number"],
        "year": 2025,
        "quarter": 1,
        "declared_on": "2025-04-10",
        "source": "二连浩特市税务局 2025年1季度申报",
        "lines": [{"pollutant_code": "a21026", "amount": amount, "unit": "t"}],
    }
    return {**content, **changes}


async def declared(town: Town, holder: Holder, amount: str = "1.5", **changes: Any) -> dict[str, Any]:
    return entered(await (await town.staff("clerk")).post(TAXES, declaration(holder, amount, **changes)))
