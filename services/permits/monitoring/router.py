"""HTTP of the self-monitoring."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from services.kit import clock
from services.kit.all_at_once import also_checked_by
from services.kit.downloads import Column, Format
from services.kit.ids import new_id
from services.kit.pages import Paging
from services.kit.receipt_keys import Office
from services.kit.routing import Authenticated, Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id, Moment, Page
from services.kit.texts import language_of
from services.kit.uploads import CSV, NDJSON, FileEmpty, SmallFile, file_body, file_router
from services.permits.auth import Filer, Reader
from services.permits.batches import export
from services.permits.batches import views as batches
from services.permits.batches.errors import (
    AlreadyCorrected,
    BatchNotFound,
    FileUnreadable,
    HeaderUnknown,
    RecordExists,
    RecordInvalid,
    RecordNotFound,
    TooManyRows,
)
from services.permits.batches.receiving import receive
from services.permits.batches.schemas import BatchRead, BatchReceived, BatchSummary
from services.permits.monitoring import service, views
from services.permits.monitoring.desk import HEADERS, MonitoringDesk
from services.permits.monitoring.errors import FiguresReversed
from services.permits.monitoring.repository import Filters
from services.permits.monitoring.schemas import Figures, Means, RecordCreate, RecordRead
from services.permits.permits.errors import PermitNotFound
from services.permits.permits.schemas import PermitDay

PREFIX = "/v1/permits/monitoring"
router = new_router(PREFIX, tag="monitoring")
files = file_router(PREFIX, tag="monitoring")
exports = APIRouter(prefix=PREFIX, tags=["monitoring"], route_class=Authenticated)

EXPORTED = [
    Column(name, title)
    for name, title in {
        **HEADERS,
        "standard_value": "标准单位值",
        "standard_unit": "标准单位",
        "superseded_by": "更正为",
        "batch_id": "批次",
        "recorded_at": "记录时间",
        "recorded_by": "记录人",
        "kept_until": "保存至",
    }.items()
]


async def _years(request: Request) -> int:
    years: int = request.app.state.kit.settings.record_years
    return years


Years = Annotated[int, Depends(_years)]
"""How long records are kept."""


async def _filters(
    permit_number: str,
    outlet_code: Annotated[str | None, Query(max_length=10)] = None,
    pollutant_code: Annotated[str | None, Query(max_length=10)] = None,
    means: Means | None = None,
    sampled_from: Annotated[Moment | None, Query(description="from this moment")] = None,
    sampled_before: Annotated[Moment | None, Query(description="before this moment")] = None,
    current: Annotated[bool, Query(description="only what was not corrected")] = False,  # noqa: FBT002 - of the query
) -> Filters:
    return Filters(permit_number, outlet_code, pollutant_code, means, sampled_from, sampled_before, current)


Wanted = Annotated[Filters, Depends(_filters)]


@router.get(
    "/{permit_number}/records",
    summary="自行监测记录列表 List self-monitoring records",
    response_model=Page[RecordRead],
    responses=problem_responses(PermitNotFound),
)
async def list_monitoring_records(
    wanted: Wanted, reader: Reader, session: Session, paging: Paging, years: Years
) -> object:
    return await views.listing(session, reader.rows, wanted, query=paging, years=years)


@router.post(
    "/{permit_number}/records",
    summary="记录自行监测 Write a self-monitoring record",
    status_code=201,
    response_model=RecordRead,
    responses={
        200: {"description": "It was sent before, and says the same", "model": RecordRead},
        **problem_responses(PermitNotFound, RecordNotFound, RecordInvalid, RecordExists, AlreadyCorrected),
    },
)
@also_checked_by(service.also_wrong)
async def record_monitoring(
    permit_number: str,
    content: RecordCreate,
    filer: Filer,
    session: Session,
    years: Years,
    response: Response,
) -> object:
    made, is_new = await service.record(session, filer, content, permit_number=permit_number)
    response.status_code = 201 if is_new else 200
    response.headers["location"] = f"{PREFIX}/{permit_number}/records/{made.id}"
    return (await views.views(session, [made], years=years))[0]


@router.get(
    "/{permit_number}/records/{record_id}",
    summary="自行监测记录 Read a self-monitoring record",
    response_model=RecordRead,
    responses=problem_responses(PermitNotFound, RecordNotFound),
)
async def read_monitoring_record(
    permit_number: str, record_id: Id, reader: Reader, session: Session, years: Years
) -> object:
    return await views.read(
        session, reader.rows, permit_number=permit_number, record_id=record_id, years=years
    )


@files.post(
    "/{permit_number}/batches",
    summary="批量记录自行监测 Send a file of self-monitoring records",
    status_code=201,
    response_model=BatchReceived,
    openapi_extra=file_body(NDJSON, CSV),
    responses=problem_responses(PermitNotFound, FileEmpty, FileUnreadable, HeaderUnknown, TooManyRows),
)
async def send_monitoring_file(
    permit_number: str,
    filer: Filer,
    file: SmallFile,
    session: Session,
    office: Office,
    request: Request,
) -> Response:
    batch_id = new_id()
    content = await receive(
        session,
        filer,
        file,
        MonitoringDesk,
        permit_number=permit_number,
        batch_id=batch_id,
        office=office,
        language=language_of(request.headers.get("accept-language")),
    )
    headers = {"location": batches.path_of("monitoring", permit_number, batch_id)}
    return Response(content, status_code=201, media_type="application/json", headers=headers)


@router.get(
    "/{permit_number}/batches",
    summary="自行监测批次列表 List files of self-monitoring records",
    response_model=Page[BatchSummary],
    responses=problem_responses(PermitNotFound),
)
async def list_monitoring_batches(
    permit_number: str, reader: Reader, session: Session, paging: Paging
) -> object:
    permit = await batches.permit_of(session, reader.rows, permit_number)
    return await batches.listing(session, permit_number=permit.permit_number, kind="monitoring", query=paging)


@router.get(
    "/{permit_number}/batches/{batch_id}",
    summary="自行监测批次（含回执） Read a file's receipt",
    response_model=BatchRead,
    responses=problem_responses(PermitNotFound, BatchNotFound),
)
async def read_monitoring_batch(permit_number: str, batch_id: Id, reader: Reader, session: Session) -> object:
    permit = await batches.permit_of(session, reader.rows, permit_number)
    return await batches.get(session, batch_id, permit_number=permit.permit_number, kind="monitoring")


@exports.get(
    "/{permit_number}/export",
    summary="导出自行监测记录 Export self-monitoring records",
    response_class=Response,
    responses={
        200: export.described("All records, in the order in which the samples were taken"),
        **problem_responses(PermitNotFound),
    },
)
async def export_monitoring(
    wanted: Wanted,
    reader: Reader,
    request: Request,
    years: Years,
    format: Format = "ndjson",  # noqa: A002 - the name of the parameter
) -> Any:
    return await export.stream(
        request,
        reader,
        views.exporting(wanted, years=years),
        permit_number=wanted.permit_number,
        columns=EXPORTED,
        form=format,
        name="monitoring",
    )


@router.get(
    "/{permit_number}/figures",
    summary="自行监测统计 Figures of a period",
    response_model=Figures,
    responses=problem_responses(PermitNotFound, FiguresReversed),
)
async def read_monitoring_figures(
    permit_number: str,
    reader: Reader,
    session: Session,
    start: Annotated[PermitDay | None, Query(description="first day; default: of this year")] = None,
    end: Annotated[PermitDay | None, Query(description="last day, included; default: today")] = None,
) -> object:
    end = end or clock.today()
    start = start or end.replace(month=1, day=1)
    return await views.read_figures(session, reader.rows, permit_number=permit_number, start=start, end=end)
