"""Limits and lines for tests of the report rules."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from services.kit.findings import Findings
from services.permits.permits.rules import LimitFact
from services.permits.reports.rules import ValueFact

TRUTH = "排污许可管理条例 第二十二条、第三十七条"
CONTENT = "HJ 944-2018"
Found = list[tuple[str, str, str | None]]


def limit(
    pollutant: str = "a21026",
    kind: str = "hourly_concentration",
    value: str = "300",
    *,
    outlet: str = "DA001",
    unit: str | None = None,
) -> LimitFact:
    return LimitFact(
        outlet_code=outlet,
        pollutant_code=pollutant,
        kind=kind,
        value=Decimal(value),
        unit=unit or ("t/a" if kind == "annual_amount" else "mg/m3"),
        valid_from=date(2024, 1, 1),
        valid_to=None,
    )


FIGURES = ("concentration_max", "concentration_average", "amount_t", "volume_m3", "rate_max")


def line(pollutant: str = "a21026", *, outlet: str = "DA001", **given: str | None) -> ValueFact:
    """A line with the figures given; without any, one that discharged nothing."""
    content: dict[str, Any] = {
        "concentration_max": None,
        "concentration_average": None,
        "amount_t": None,
        "method": None,
        "no_data_code": None,
        **(given or {"no_data_code": "no_discharge"}),
    }
    content |= {name: Decimal(content[name]) for name in FIGURES if content.get(name)}
    return ValueFact(outlet_code=outlet, pollutant_code=pollutant, **content)


def seen(found: Findings) -> Found:
    return [(error.pointer, error.code, error.article) for error in found.errors]
