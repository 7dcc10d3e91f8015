"""HTTP of obligations."""

from typing import Annotated

from fastapi import Depends, Query, Request

from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Day, Id, Page
from services.permits.auth import Asker, CityRegistrar, OfTheCityOnly, Reader
from services.permits.obligations import blank, late, overriding, sampling, sampling_notices, service
from services.permits.obligations.errors import (
    DueOverrideExists,
    DueOverrideInvalid,
    ObligationNotFound,
    PermitNumberNeeded,
    SpanTooLong,
)
from services.permits.obligations.rules_notices import Schedule
from services.permits.obligations.schemas import (
    Blank,
    DueOverrideCreate,
    DueOverridePage,
    DueOverrideRead,
    LateEnterprise,
    NoticeLevel,
    ObligationDetail,
    ObligationFilter,
    ObligationRead,
    ReportKind,
    SamplingNoticeRead,
    SamplingRead,
)
from services.permits.permits.errors import PermitNotFound
from services.permits.permits.schemas import PermitDay

router = new_router("/v1/permits/obligations", tag="obligations")


async def _schedule(request: Request) -> Schedule:
    schedule: Schedule = request.app.state.kit.settings.schedule
    return schedule


@router.get("", summary="执行报告任务列表 List obligations", response_model=Page[ObligationRead])
async def list_obligations(
    reader: Reader,
    session: Session,
    paging: Paging,
    state: Annotated[
        ObligationFilter | None, Query(description="`open`: owed now; `late`: of these, past their due day")
    ] = None,
    kind: ReportKind | None = None,
    uscc: Annotated[str | None, Query(max_length=18)] = None,
    permit_number: Annotated[str | None, Query(max_length=22)] = None,
    due_before: Day | None = None,
) -> object:
    return await service.listing(
        session,
        reader.rows,
        query=paging,
        state=state,
        kind=kind,
        uscc=uscc,
        permit_number=permit_number,
        due_before=due_before,
    )


@router.get("/late", summary="逾期未报汇总 Late reports by enterprise", response_model=Page[LateEnterprise])
async def list_late_reports(
    reader: Reader,
    session: Session,
    paging: Paging,
    schedule: Annotated[Schedule, Depends(_schedule)],
    late_since: Annotated[
        int, Query(ge=1, le=3660, description="days: only where the oldest is late for as long")
    ] = 1,
) -> object:
    return await late.by_enterprise(
        session, reader.rows, query=paging, schedule=schedule, late_since=late_since
    )


@router.get(
    "/samplings",
    summary="自行监测任务 Samples that the monitoring plan asks for",
    response_model=Page[SamplingRead],
    responses=problem_responses(PermitNotFound, PermitNumberNeeded, SpanTooLong),
)
async def list_samplings(
    reader: Reader,
    session: Session,
    paging: Paging,
    permit_number: Annotated[str | None, Query(max_length=22, description="of which permit; needed")] = None,
    since: Annotated[
        PermitDay | None, Query(description="windows that touch the days from here; 31 days ago")
    ] = None,
    until: Annotated[
        PermitDay | None, Query(description="to here, at most 93 days; 62 days after `since`")
    ] = None,
) -> object:
    return await sampling.listing(
        session, reader.rows, query=paging, number=permit_number, since=since, until=until
    )


@router.get(
    "/samplings/notices",
    summary="自行监测提醒与缺测 Reminders of samples, and who was told of missing ones",
    response_model=Page[SamplingNoticeRead],
)
async def list_sampling_notices(
    reader: Reader,
    session: Session,
    paging: Paging,
    uscc: Annotated[str | None, Query(max_length=18)] = None,
    permit_number: Annotated[str | None, Query(max_length=22)] = None,
    level: NoticeLevel | None = None,
    missing: Annotated[bool, Query(description="only where the window is over and samples lack")] = False,  # noqa: FBT002 - of the query
) -> object:
    return await sampling_notices.listing(
        session,
        reader.rows,
        query=paging,
        uscc=uscc,
        permit_number=permit_number,
        level=level,
        missing=missing,
    )


@router.get("/due-overrides", summary="截止日调整 List notices on due days", response_model=DueOverridePage)
async def list_due_overrides(_: Asker, session: Session, paging: Paging) -> object:
    return await overriding.listing(session, query=paging)


@router.post(
    "/due-overrides",
    summary="调整截止日 Add a notice on due days",
    status_code=201,
    response_model=DueOverrideRead,
    responses=problem_responses(OfTheCityOnly, DueOverrideExists, DueOverrideInvalid),
)
@also_checked_by(overriding.also_wrong)
async def add_due_override(content: DueOverrideCreate, registrar: CityRegistrar, session: Session) -> object:
    return await overriding.enter(session, registrar, content)


@router.get(
    "/{obligation_id}",
    summary="执行报告任务 Read an obligation",
    response_model=ObligationDetail,
    responses=problem_responses(ObligationNotFound),
)
async def read_obligation(obligation_id: Id, reader: Reader, session: Session) -> object:
    return await service.read(session, reader.rows, obligation_id)


@router.get(
    "/{obligation_id}/blank",
    summary="预填执行报告 Pre-filled blank",
    response_model=Blank,
    responses=problem_responses(ObligationNotFound),
)
async def read_blank(obligation_id: Id, reader: Reader, session: Session) -> object:
    return await blank.blank(session, reader.rows, obligation_id)
