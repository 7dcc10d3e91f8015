"""HTTP of what the bureau watches: the renewal radar, coverage of fixed sources, completed reports."""

from typing import Annotated

from fastapi import Query

from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Day, Page
from services.permits.auth import CityReader, OfTheCityOnly, Reader
from services.permits.radar import service
from services.permits.radar.rules import Stage
from services.permits.radar.schemas import Completion, CoverageRead, ExpiringPermit, UncoveredEnterprise

router = new_router("/v1/permits/radar", tag="radar")
OnDay = Annotated[Day | None, Query(description="default: today")]


@router.get(
    "/renewals",
    summary="许可证到期预警 Permits near their end",
    response_model=Page[ExpiringPermit],
)
async def list_expiring_permits(
    reader: Reader,
    session: Session,
    paging: Paging,
    within_days: Annotated[int, Query(ge=0, le=1900, description="how far ahead to look")] = 180,
    stage: Annotated[Stage | None, Query(description="only those so far on their way")] = None,
) -> object:
    return await service.expiring(session, reader.rows, query=paging, within_days=within_days, stage=stage)


@router.get(
    "/coverage",
    summary="固定污染源覆盖情况 Coverage of fixed sources",
    response_model=CoverageRead,
    responses=problem_responses(OfTheCityOnly),
)
async def read_coverage(reader: CityReader, session: Session, on: OnDay = None) -> object:
    return await service.coverage(session, reader.rows, on=on)


@router.get(
    "/uncovered",
    summary="未持证未登记单位 Enterprises without permit or registration",
    response_model=Page[UncoveredEnterprise],
    responses=problem_responses(OfTheCityOnly),
)
async def list_uncovered_enterprises(
    reader: CityReader, session: Session, paging: Paging, on: OnDay = None
) -> object:
    return await service.uncovered(session, reader.rows, query=paging, on=on)


@router.get(
    "/completion", summary="执行报告完成率 Completion of execution reports", response_model=Completion
)
async def read_completion(
    reader: CityReader, session: Session, year: Annotated[int | None, Query(ge=2000, le=2100)] = None
) -> object:
    return await service.completion(session, reader.rows, year=year)
