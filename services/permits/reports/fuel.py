"""The fuel facts that a report's material balances name: checked when it comes in, compared when it is read.

The same facts serve the greenhouse-gas report: what was burnt is stated once (条例 art. 21, 碳交易条例 art. 11).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.findings import Findings, pointer
from services.permits.fuels import rules, service
from services.permits.fuels.schemas import FuelFactNewer
from services.permits.obligations.models import Obligation
from services.permits.reports.schemas import ReportContent


def _bases(content: ReportContent) -> Iterator[tuple[str, rules.Basis]]:
    for index, value in enumerate(content.values):
        balance = value.calculation.balance if value.calculation else None
        if balance is not None and balance.fuel_facts:
            named = tuple((each.fact_id, each.version) for each in balance.fuel_facts)
            where = pointer("values", index, "calculation", "balance")
            yield where, rules.Basis(balance.fuel_t, balance.sulphur, value.outlet_code, named)


async def findings_of(session: AsyncSession, obligation: Obligation, content: ReportContent) -> Findings:
    """What is wrong with the facts that are named; a report that names none costs nothing."""
    found, bases = Findings(), list(_bases(content))
    if bases:
        of_period = await service.fuel_facts(
            session, obligation.period_start, obligation.period_end, permit_number=obligation.permit_number
        )
        facts = {fact.fact_id: fact for fact in of_period}
        for where, basis in bases:
            rules.check_basis(found, where, basis, facts)
    return found


async def corrected_since(session: AsyncSession, document: Mapping[str, Any]) -> list[FuelFactNewer]:
    """The facts of a signed report that have a newer version than the one it used; it keeps its own."""
    used = {
        uuid.UUID(named["fact_id"]): int(named["version"])
        for value in document["values"]
        for named in _named(value)
    }
    newest = await service.newest_of(session, list(used)) if used else {}
    return [
        FuelFactNewer(fact_id=fact, used_version=version, newest_version=newest[fact])
        for fact, version in used.items()
        if newest[fact] != version
    ]


def _named(value: Mapping[str, Any]) -> list[dict[str, Any]]:
    balance = (value.get("calculation") or {}).get("balance") or {}
    return balance.get("fuel_facts") or []
