"""The other months of the quarter that a month's report is held against the tax with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.permits.obligations.rules_changes import MERGED
from services.permits.reports import repository
from services.permits.reports.models import ReportValue
from services.permits.reports.rules import ValueFact
from services.permits.reports.rules_tax import Month, months_of
from services.permits.reports.rules_totals import Total


@dataclass(frozen=True, slots=True)
class Months:
    """The reports of the other two months, as they stand."""

    known: Sequence[Month]
    lacking: Sequence[date]
    """The first days of those that have no report that stands."""
    merged: bool
    """Whether one of those is part of the quarter's own report, which is held against the tax itself."""


async def others(session: AsyncSession, permit_number: str, start: date, end: date) -> Months | None:
    """Of a period that is a month; None of any other."""
    wanted = [each for each in months_of(start, end) if each != start]
    if not wanted:
        return None
    found = await repository.months(session, permit_number, wanted)
    values = await repository.values_by_version(
        session, [each.version_id for each in found if each.version_id]
    )
    known = {
        each.first: Month(totals_of(each.totals), facts_of(values[each.version_id]))
        for each in found
        if each.version_id is not None
    }
    lacking = [each for each in wanted if each not in known]
    merged = any(each.standing == MERGED for each in found if each.first in lacking)
    return Months(list(known.values()), lacking, merged)


def totals_of(stated: Sequence[dict[str, Any]] | None) -> list[Total]:
    """Of a report's document."""
    return [Total(each["scope"], each["pollutant_code"], Decimal(each["amount_t"])) for each in stated or ()]


def facts_of(values: Sequence[ReportValue]) -> list[ValueFact]:
    """The lines of a version that is kept."""
    return [ValueFact(**each.model_dump(exclude={"report_version_id"})) for each in values]
