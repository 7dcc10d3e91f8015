"""HTTP of performance classes and measures."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response

from services.kit import clock
from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.receipt_keys import Office
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Day, Id, Page
from services.kit.working_days import published_calendar
from services.permits.auth import Approver, Reader, Reviewer, Submitter
from services.permits.endings.errors import PermitNotInForce
from services.permits.performance import editions, giving, measures, service, views
from services.permits.performance.errors import (
    DeclarationNotFound,
    DeclarationOpen,
    DeclarationStepNotOpen,
    MeasurePlanDecided,
    MeasurePlanNotFound,
    MeasuresInvalid,
    NoAlert,
    PerformanceFourEyes,
    PerformanceInvalid,
)
from services.permits.performance.schemas import (
    Alert,
    DeclarationCreate,
    DeclarationRead,
    DeclarationState,
    DeclarationStep,
    DisclosedClass,
    DowngradeCreate,
    MeasurePlanCreate,
    MeasurePlanDecision,
    MeasurePlanRead,
    MeasurePlanState,
    MeasuresOn,
    PerformanceEditions,
    PerformanceNotice,
    PermitClassRead,
)
from services.permits.permits.errors import PermitNotFound
from services.permits.permits.schemas import PermitDay

router = new_router("/v1/permits/performance", tag="performance")


async def _editions(request: Request) -> editions.Editions:
    return editions.load(request.app.state.kit.settings.performance_file)


Known = Annotated[editions.Editions, Depends(_editions)]
OnDay = Annotated[Day | None, Query(description="default: today")]
OfEnterprise = Annotated[str | None, Query(max_length=18)]
OfPermit = Annotated[str | None, Query(max_length=22)]


@router.get("/editions", summary="绩效分级指南 Editions of the grading", response_model=PerformanceEditions)
async def list_performance_editions(known: Known) -> object:
    return views.editions_view(known)


@router.get(
    "/declarations", summary="绩效分级申报列表 List declarations", response_model=Page[DeclarationRead]
)
async def list_declarations(
    reader: Reader,
    session: Session,
    paging: Paging,
    uscc: OfEnterprise = None,
    permit_number: OfPermit = None,
    state: DeclarationState | None = None,
) -> object:
    return await service.listing(
        session, reader.rows, query=paging, uscc=uscc, permit_number=permit_number, state=state
    )


@router.post(
    "/declarations",
    summary="申报绩效等级 Declare a class",
    status_code=201,
    response_model=DeclarationRead,
    responses=problem_responses(PermitNotFound, PermitNotInForce, DeclarationOpen, PerformanceInvalid),
)
async def declare_class(
    content: DeclarationCreate,
    submitter: Submitter,
    session: Session,
    known: Known,
    office: Office,
    response: Response,
) -> object:
    made = await service.declare(session, submitter, content, editions=known, office=office)
    response.headers["location"] = f"/v1/permits/performance/declarations/{made.id}"
    return made


@router.get(
    "/declarations/{declaration_id}",
    summary="绩效分级申报 Read a declaration",
    response_model=DeclarationRead,
    responses=problem_responses(DeclarationNotFound),
)
async def read_declaration(declaration_id: Id, reader: Reader, session: Session) -> object:
    return await service.read(session, reader.rows, declaration_id=declaration_id)


@router.post(
    "/declarations/{declaration_id}/steps",
    summary="初审、复审、审核、公示、生效、不通过 Enter a step of the review",
    status_code=201,
    response_model=DeclarationRead,
    responses=problem_responses(
        DeclarationNotFound, DeclarationStepNotOpen, PerformanceFourEyes, PermitNotInForce, PerformanceInvalid
    ),
)
async def enter_declaration_step(
    declaration_id: Id, content: DeclarationStep, reviewer: Reviewer, session: Session, known: Known
) -> object:
    return await service.enter(
        session,
        reviewer,
        content,
        declaration_id=declaration_id,
        editions=known,
        calendar=published_calendar,
    )


@router.post(
    "/declarations/{declaration_id}/withdrawal",
    summary="撤回申报 Withdraw a declaration",
    response_model=DeclarationRead,
    responses=problem_responses(DeclarationNotFound, DeclarationStepNotOpen),
)
async def withdraw_declaration(declaration_id: Id, submitter: Submitter, session: Session) -> object:
    return await service.withdraw(session, submitter, declaration_id=declaration_id)


@router.get(
    "/permits/{permit_number}",
    summary="某日绩效等级 The class of a site on a day",
    response_model=PermitClassRead,
    responses=problem_responses(PermitNotFound),
)
async def read_performance_class(
    permit_number: str, reader: Reader, session: Session, known: Known, on: OnDay = None
) -> object:
    day = on or clock.today()
    return await giving.class_on(session, reader.rows, permit_number=permit_number, on=day, editions=known)


@router.post(
    "/permits/{permit_number}/downgrades",
    summary="降级 Downgrade a site",
    status_code=201,
    response_model=PermitClassRead,
    responses=problem_responses(PermitNotFound, PerformanceInvalid),
)
async def downgrade_site(
    permit_number: str, content: DowngradeCreate, approver: Approver, session: Session, known: Known
) -> object:
    return await giving.downgrade(session, approver, content, permit_number=permit_number, editions=known)


@router.get(
    "/permits/{permit_number}/measures",
    summary="某日预警下的减排措施 What a site has to do on a day with an alert",
    response_model=MeasuresOn,
    responses=problem_responses(PermitNotFound, NoAlert),
)
async def read_measures(
    permit_number: str,
    reader: Reader,
    session: Session,
    known: Known,
    alert: Annotated[Alert | None, Query(description="default: the level declared for that day")] = None,
    on: Annotated[PermitDay | None, Query(description="default: today")] = None,
) -> object:
    return await measures.holding(
        session,
        reader.rows,
        permit_number=permit_number,
        on=on or clock.today(),
        alert=alert,
        editions=known,
    )


@router.get(
    "/measure-plans", summary="一厂一策列表 List sheets of measures", response_model=Page[MeasurePlanRead]
)
async def list_measure_plans(
    reader: Reader,
    session: Session,
    paging: Paging,
    uscc: OfEnterprise = None,
    permit_number: OfPermit = None,
    state: MeasurePlanState | None = None,
) -> object:
    return await measures.listing(
        session, reader.rows, query=paging, uscc=uscc, permit_number=permit_number, state=state
    )


@router.post(
    "/measure-plans",
    summary="提交一厂一策 File a sheet of measures",
    status_code=201,
    response_model=MeasurePlanRead,
    responses=problem_responses(PermitNotFound, PermitNotInForce, MeasuresInvalid),
)
@also_checked_by(measures.also_wrong)
async def file_measures(
    content: MeasurePlanCreate,
    submitter: Submitter,
    session: Session,
    known: Known,
    office: Office,
    response: Response,
) -> object:
    made = await measures.file(session, submitter, content, editions=known, office=office)
    response.headers["location"] = f"/v1/permits/performance/measure-plans/{made.id}"
    return made


@router.get(
    "/measure-plans/{measure_plan_id}",
    summary="一厂一策 Read a sheet of measures",
    response_model=MeasurePlanRead,
    responses=problem_responses(MeasurePlanNotFound),
)
async def read_measure_plan(measure_plan_id: Id, reader: Reader, session: Session) -> object:
    return await measures.read(session, reader.rows, plan_id=measure_plan_id)


@router.post(
    "/measure-plans/{measure_plan_id}/decision",
    summary="确认或退回一厂一策 Confirm or return a sheet of measures",
    status_code=201,
    response_model=MeasurePlanRead,
    responses=problem_responses(
        MeasurePlanNotFound, MeasurePlanDecided, PerformanceFourEyes, MeasuresInvalid
    ),
)
async def decide_measures(
    measure_plan_id: Id, content: MeasurePlanDecision, reviewer: Reviewer, session: Session
) -> object:
    return await measures.decide(session, reviewer, content, plan_id=measure_plan_id)


@router.get(
    "/disclosure", summary="公开：绩效等级清单 Public list of classes", response_model=Page[DisclosedClass]
)
async def list_disclosed_classes(
    session: Session,
    paging: Paging,
    on: OnDay = None,
    given_class: Annotated[str | None, Query(max_length=20)] = None,
) -> object:
    return await giving.disclosed(session, query=paging, on=on or clock.today(), given_class=given_class)


@router.get(
    "/notices",
    summary="公示：拟定绩效等级 Classes under public notice",
    response_model=Page[PerformanceNotice],
)
async def list_performance_notices(session: Session, paging: Paging) -> object:
    return await giving.notices(session, query=paging)
