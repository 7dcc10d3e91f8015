"""HTTP of total-emission control."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response

from services.kit import clock
from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.reading import also_about
from services.kit.receipt_keys import Office
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id, Page
from services.permits.auth import Approver, City, OfTheCityOnly, Reader, Submitter
from services.permits.endings.errors import PermitNotInForce
from services.permits.permits.errors import PermitNotFound
from services.permits.totals import control, offsets, positions, service, views
from services.permits.totals.errors import (
    DecisionInvalid,
    OffsetEnded,
    OffsetFourEyes,
    OffsetInvalid,
    OffsetNotFound,
    QuotaShort,
)
from services.permits.totals.schemas import (
    OffsetCreate,
    OffsetDecision,
    OffsetRead,
    OffsetState,
    PlanStanding,
    QuotaBalances,
    QuotaDecisionCreate,
    QuotaEntryRead,
    QuotaPosition,
    QuotaSummary,
    TotalControl,
)
from services.permits.totals.stored import Grouping

router = new_router("/v1/permits/totals", tag="totals")


async def _control() -> control.Control:
    return control.control()


ControlData = Annotated[control.Control, Depends(_control)]
Year = Annotated[int | None, Query(ge=2001, le=2100, description="calendar year; default: this one")]
"""A year of the reports, with one before it."""


@router.get("/control", summary="总量控制要求 What is under total control", response_model=TotalControl)
async def read_control(known: ControlData) -> object:
    return views.control_view(known)


@router.post(
    "/decisions",
    summary="录入总量指标文件 Enter a decision on quotas",
    status_code=201,
    response_model=QuotaEntryRead,
    responses=problem_responses(PermitNotFound, PermitNotInForce, DecisionInvalid, QuotaShort),
)
@also_checked_by(service.also_wrong)
async def decide_quota(
    content: QuotaDecisionCreate, approver: Approver, session: Session, known: ControlData
) -> object:
    return await service.decide(session, approver, content, control=known)


@router.get("/entries", summary="总量指标台账 List the ledger of quotas", response_model=Page[QuotaEntryRead])
async def list_quota_entries(
    reader: Reader,
    session: Session,
    paging: Paging,
    permit_number: Annotated[str | None, Query(max_length=22)] = None,
    pollutant: Annotated[str | None, Query(max_length=31)] = None,
) -> object:
    return await service.ledger(
        session, reader.rows, query=paging, permit_number=permit_number, pollutant=pollutant
    )


@router.get(
    "/positions", summary="总量指标执行情况 List how permits stand", response_model=Page[QuotaPosition]
)
async def list_quota_positions(
    reader: Reader,
    session: Session,
    paging: Paging,
    known: ControlData,
    year: Year = None,
    uscc: Annotated[str | None, Query(max_length=18)] = None,
) -> object:
    year = year or clock.today().year
    return await positions.positions(session, reader.rows, query=paging, year=year, uscc=uscc, control=known)


@router.get(
    "/positions/{permit_number}",
    summary="一个许可证的总量执行情况 How a permit stands",
    response_model=QuotaPosition,
    responses=problem_responses(PermitNotFound),
)
async def read_quota_position(
    permit_number: str, reader: Reader, session: Session, known: ControlData, year: Year = None
) -> object:
    year = year or clock.today().year
    return await positions.position(
        session, reader.rows, permit_number=permit_number, year=year, control=known
    )


@router.get(
    "/summary", summary="分企业、行业汇总 Sums by enterprise or industry", response_model=QuotaSummary
)
async def read_quota_summary(
    reader: Reader,
    session: Session,
    known: ControlData,
    request: Request,
    year: Year = None,
    by: Annotated[Grouping, Query(description="GB/T 4754 class or division")] = "enterprise",
) -> object:
    year = year or clock.today().year
    made, groups = await positions.summary(session, reader, year=year, by=by, control=known)
    if by == "enterprise":
        also_about(request, groups)
    return Response(made, media_type="application/json")


@router.get(
    "/plan",
    summary="规划减排目标完成情况 The city against its plan",
    response_model=PlanStanding,
    responses=problem_responses(OfTheCityOnly),
)
async def read_plan_standing(city: City, session: Session, known: ControlData, year: Year = None) -> object:
    year = year or clock.today().year
    return await positions.against_plan(session, city, year=year, control=known)


@router.get(
    "/balances",
    summary="总量指标平衡 The accounts of the ledger",
    response_model=QuotaBalances,
    responses=problem_responses(OfTheCityOnly),
)
async def read_quota_balances(_: City, session: Session, known: ControlData, year: Year = None) -> object:
    return await service.balances(session, year=year or clock.today().year, control=known)


@router.get("/offsets", summary="削减替代说明列表 List replacements", response_model=Page[OffsetRead])
async def list_offsets(
    reader: Reader,
    session: Session,
    paging: Paging,
    uscc: Annotated[str | None, Query(max_length=18)] = None,
    state: OffsetState | None = None,
) -> object:
    return await offsets.listing(session, reader.rows, query=paging, uscc=uscc, state=state)


@router.post(
    "/offsets",
    summary="提交削减替代说明 State a replacement",
    status_code=201,
    response_model=OffsetRead,
    responses=problem_responses(PermitNotFound, PermitNotInForce, OffsetInvalid),
)
@also_checked_by(offsets.also_wrong)
async def state_offset(
    content: OffsetCreate,
    submitter: Submitter,
    session: Session,
    known: ControlData,
    office: Office,
    response: Response,
) -> object:
    made = await offsets.state(session, submitter, content, control=known, office=office)
    response.headers["location"] = f"/v1/permits/totals/offsets/{made.id}"
    return made


@router.get(
    "/offsets/{offset_id}",
    summary="削减替代说明 Read a replacement",
    response_model=OffsetRead,
    responses=problem_responses(OffsetNotFound),
)
async def read_offset(offset_id: Id, reader: Reader, session: Session) -> object:
    return await offsets.read(session, reader.rows, offset_id=offset_id)


@router.post(
    "/offsets/{offset_id}/decision",
    summary="审批削减替代说明 Decide on a replacement",
    status_code=201,
    response_model=OffsetRead,
    responses=problem_responses(
        OffsetNotFound, OffsetEnded, OffsetFourEyes, OffsetInvalid, PermitNotInForce, QuotaShort
    ),
)
async def decide_offset(
    offset_id: Id, content: OffsetDecision, approver: Approver, session: Session
) -> object:
    return await offsets.decide(session, approver, content, offset_id=offset_id)


@router.post(
    "/offsets/{offset_id}/withdrawal",
    summary="撤回削减替代说明 Withdraw a replacement",
    response_model=OffsetRead,
    responses=problem_responses(OffsetNotFound, OffsetEnded),
)
async def withdraw_offset(offset_id: Id, submitter: Submitter, session: Session) -> object:
    return await offsets.withdraw(session, submitter, offset_id=offset_id)
