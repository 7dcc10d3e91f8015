"""What accepted reports are looked up by: the same in the list and in downloads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from services.permits.obligations.schemas import ReportKind


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """Narrows accepted reports; everything that is given has to hold."""

    name: str | None = None
    uscc: str | None = None
    permit_number: str | None = None
    kind: ReportKind | None = None
    year: int | None = None


async def _asked_of_reports(
    name: Annotated[str | None, Query(max_length=100, description="part of the enterprise's name")] = None,
    uscc: Annotated[str | None, Query(max_length=18)] = None,
    permit_number: Annotated[str | None, Query(max_length=22)] = None,
    kind: Annotated[ReportKind | None, Query(description="月度, 季度, 半年 or 年度执行报告")] = None,
    year: Annotated[int | None, Query(ge=2000, le=2100, description="in which the period ends")] = None,
) -> ReportFilter:
    return ReportFilter(name, uscc, permit_number, kind, year)


WantedReports = Annotated[ReportFilter, Depends(_asked_of_reports)]
