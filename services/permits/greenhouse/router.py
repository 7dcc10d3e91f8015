"""HTTP of greenhouse-gas reports."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request, Response

from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.receipt_keys import Office
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id, Page
from services.kit.working_days import published_calendar
from services.permits.auth import Reader, Registrar, Reviewer, Submitter
from services.permits.enterprises.errors import EnterpriseNotFound
from services.permits.fuels.router import Kinds
from services.permits.greenhouse import factors, service, steps, submission, views
from services.permits.greenhouse.errors import (
    AlreadyListed,
    EmitterInvalid,
    GreenhouseFourEyes,
    GreenhouseInvalid,
    GreenhouseReported,
    GreenhouseReportNotFound,
    GreenhouseStepNotOpen,
    GreenhouseSuperseded,
    NotKeyEmitter,
)
from services.permits.greenhouse.schemas import (
    EmissionFactors,
    EmitterCreate,
    EmitterRead,
    GreenhouseCorrection,
    GreenhouseCreate,
    GreenhouseDisclosed,
    GreenhousePreview,
    GreenhouseRead,
    GreenhouseState,
    GreenhouseStepCreate,
    GreenhouseSubmitted,
    GreenhouseSummary,
    GreenhouseVersionRead,
)

router = new_router("/v1/permits/greenhouse", tag="greenhouse")


async def _factors(request: Request) -> factors.Factors:
    return factors.load(request.app.state.kit.settings.greenhouse_file)


KnownFactors = Annotated[factors.Factors, Depends(_factors)]


async def _means(known: KnownFactors, kinds: Kinds, office: Office) -> submission.Means:
    return submission.Means(known, kinds, office)


Means = Annotated[submission.Means, Depends(_means)]
VersionNumber = Annotated[int, Path(ge=1, lt=2**31)]
EmissionYear = Annotated[int, Path(ge=2000, le=2100)]
YearFilter = Annotated[int | None, Query(ge=2000, le=2100)]
OfEnterprise = Annotated[str | None, Query(max_length=18)]


@router.get("/factors", summary="排放因子 Emission factors by year", response_model=EmissionFactors)
async def read_emission_factors(known: KnownFactors) -> object:
    return views.factors_view(known)


@router.get("/emitters", summary="重点排放单位 List key emitters", response_model=Page[EmitterRead])
async def list_emitters(
    reader: Reader,
    session: Session,
    paging: Paging,
    known: KnownFactors,
    year: YearFilter = None,
    uscc: OfEnterprise = None,
) -> object:
    return await service.emitters(session, reader.rows, query=paging, year=year, uscc=uscc, factors=known)


@router.post(
    "/emitters",
    summary="列入重点排放单位名录 List a key emitter",
    status_code=201,
    response_model=EmitterRead,
    responses=problem_responses(EnterpriseNotFound, AlreadyListed, EmitterInvalid),
)
@also_checked_by(service.emitter_also_wrong)
async def list_emitter(
    content: EmitterCreate, registrar: Registrar, session: Session, known: KnownFactors
) -> object:
    return await service.list_emitter(session, registrar, content, factors=known)


@router.get(
    "/enterprises/{uscc}/sheets/{year}",
    summary="排放量计算表 The year as it would be reported now",
    response_model=GreenhousePreview,
    responses=problem_responses(EnterpriseNotFound),
)
async def preview_greenhouse_sheet(
    uscc: str,
    year: EmissionYear,
    reader: Reader,
    session: Session,
    known: KnownFactors,
    kinds: Kinds,
) -> object:
    return await service.preview(session, reader.rows, uscc=uscc, year=year, factors=known, kinds=kinds)


@router.get("/reports", summary="温室气体排放报告列表 List reports", response_model=Page[GreenhouseSummary])
async def list_greenhouse_reports(
    reader: Reader,
    session: Session,
    paging: Paging,
    uscc: OfEnterprise = None,
    year: YearFilter = None,
    state: GreenhouseState | None = None,
) -> object:
    return await service.listing(session, reader.rows, query=paging, uscc=uscc, year=year, state=state)


@router.post(
    "/reports",
    summary="提交温室气体排放报告 Submit a report",
    status_code=201,
    response_model=GreenhouseSubmitted,
    responses=problem_responses(EnterpriseNotFound, NotKeyEmitter, GreenhouseReported, GreenhouseInvalid),
)
async def submit_greenhouse_report(
    content: GreenhouseCreate, submitter: Submitter, session: Session, means: Means, response: Response
) -> object:
    made = await submission.submit(session, submitter, content, means=means)
    response.headers["location"] = f"/v1/permits/greenhouse/reports/{made.report.id}"
    return made


@router.get(
    "/reports/{greenhouse_report_id}",
    summary="温室气体排放报告 Read a report",
    response_model=GreenhouseRead,
    responses=problem_responses(GreenhouseReportNotFound),
)
async def read_greenhouse_report(greenhouse_report_id: Id, reader: Reader, session: Session) -> object:
    return await service.read(session, reader.rows, report_id=greenhouse_report_id)


@router.get(
    "/reports/{greenhouse_report_id}/versions/{version}",
    summary="排放报告的一个版本（含计算表和回执） Read one version with its sheet and receipt",
    response_model=GreenhouseVersionRead,
    responses=problem_responses(GreenhouseReportNotFound),
)
async def read_greenhouse_version(
    greenhouse_report_id: Id, version: VersionNumber, reader: Reader, session: Session
) -> object:
    return await service.version(session, reader.rows, report_id=greenhouse_report_id, version=version)


@router.post(
    "/reports/{greenhouse_report_id}/versions",
    summary="更正温室气体排放报告 Correct a report",
    status_code=201,
    response_model=GreenhouseSubmitted,
    responses=problem_responses(
        GreenhouseReportNotFound, GreenhouseStepNotOpen, GreenhouseSuperseded, GreenhouseInvalid
    ),
)
async def correct_greenhouse_report(
    greenhouse_report_id: Id,
    content: GreenhouseCorrection,
    submitter: Submitter,
    session: Session,
    means: Means,
) -> object:
    return await submission.correct(session, submitter, content, report_id=greenhouse_report_id, means=means)


@router.post(
    "/reports/{greenhouse_report_id}/steps",
    summary="退回、报送、录入核查结果、反馈 Enter a step of the bureau",
    status_code=201,
    response_model=GreenhouseRead,
    responses=problem_responses(
        GreenhouseReportNotFound,
        GreenhouseStepNotOpen,
        GreenhouseSuperseded,
        GreenhouseFourEyes,
        GreenhouseInvalid,
    ),
)
async def enter_greenhouse_step(
    greenhouse_report_id: Id,
    content: GreenhouseStepCreate,
    reviewer: Reviewer,
    session: Session,
    known: KnownFactors,
) -> object:
    return await steps.enter(
        session,
        reviewer,
        content,
        report_id=greenhouse_report_id,
        factors=known,
        calendar=published_calendar,
    )


@router.get(
    "/disclosure",
    summary="公开：温室气体排放报告 Public greenhouse-gas reports",
    response_model=Page[GreenhouseDisclosed],
)
async def list_disclosed_greenhouse_reports(
    session: Session, paging: Paging, known: KnownFactors, year: YearFilter = None
) -> object:
    return await service.disclosed(session, query=paging, year=year, factors=known)
