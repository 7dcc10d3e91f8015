"""HTTP of the environmental management ledger."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

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
from services.permits.ledger import keeping, service, views
from services.permits.ledger.desk import HEADERS, LedgerDesk
from services.permits.ledger.errors import LedgerSpanTooLong
from services.permits.ledger.repository import Filters
from services.permits.ledger.schemas import EntryCreate, EntryKind, EntryRead, LedgerCompleteness, LedgerKept
from services.permits.permits.errors import PermitNotFound
from services.permits.permits.schemas import PermitDay

PREFIX = "/v1/permits/ledger"
router = new_router(PREFIX, tag="ledger")
files = file_router(PREFIX, tag="ledger")
exports = APIRouter(prefix=PREFIX, tags=["ledger"], route_class=Authenticated)

EXPORTED = [
    Column(name, title)
    for name, title in {
        **HEADERS,
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
"""How long the ledger is kept."""


async def _filters(
    permit_number: str,
    kind: EntryKind | None = None,
    facility_code: Annotated[str | None, Query(max_length=10)] = None,
    happened_from: Annotated[Moment | None, Query(description="from this moment")] = None,
    happened_before: Annotated[Moment | None, Query(description="before this moment")] = None,
    current: Annotated[bool, Query(description="only what was not corrected")] = False,  # noqa: FBT002 - of the query
) -> Filters:
    return Filters(permit_number, kind, facility_code, happened_from, happened_before, current)


Wanted = Annotated[Filters, Depends(_filters)]


Since = Annotated[PermitDay | None, Query(description="from this day; 31 days that are over")]
Until = Annotated[
    PermitDay | None, Query(description="to this day, yesterday at the latest; 366 days at most")
]


@router.get(
    "/completeness",
    summary="台账完整性 Whose ledgers have gaps",
    response_model=Page[LedgerCompleteness],
    responses=problem_responses(LedgerSpanTooLong),
)
async def list_ledger_completeness(
    reader: Reader, session: Session, paging: Paging, since: Since = None, until: Until = None
) -> object:
    return await keeping.listing(session, reader.rows, query=paging, since=since, until=until)


@router.get(
    "/{permit_number}/gaps",
    summary="台账缺口 Where the ledger lacks entries",
    response_model=LedgerKept,
    responses=problem_responses(PermitNotFound, LedgerSpanTooLong),
)
async def read_ledger_gaps(
    permit_number: str, reader: Reader, session: Session, since: Since = None, until: Until = None
) -> object:
    return await keeping.of_permit(
        session, reader.rows, permit_number=permit_number, since=since, until=until
    )


@router.get(
    "/{permit_number}/entries",
    summary="台账记录列表 List ledger entries",
    response_model=Page[EntryRead],
    responses=problem_responses(PermitNotFound),
)
async def list_ledger_entries(
    wanted: Wanted, reader: Reader, session: Session, paging: Paging, years: Years
) -> object:
    return await views.listing(session, reader.rows, wanted, query=paging, years=years)


@router.post(
    "/{permit_number}/entries",
    summary="记录台账 Write a ledger entry",
    status_code=201,
    response_model=EntryRead,
    responses={
        200: {"description": "It was sent before, and says the same", "model": EntryRead},
        **problem_responses(PermitNotFound, RecordNotFound, RecordInvalid, RecordExists, AlreadyCorrected),
    },
)
@also_checked_by(service.also_wrong)
async def record_ledger_entry(
    permit_number: str,
    content: EntryCreate,
    filer: Filer,
    session: Session,
    years: Years,
    response: Response,
) -> object:
    entry, is_new = await service.record(session, filer, content, permit_number=permit_number)
    response.status_code = 201 if is_new else 200
    response.headers["location"] = f"{PREFIX}/{permit_number}/entries/{entry.id}"
    return (await views.views(session, [entry], years=years))[0]


@router.get(
    "/{permit_number}/entries/{entry_id}",
    summary="台账记录 Read a ledger entry",
    response_model=EntryRead,
    responses=problem_responses(PermitNotFound, RecordNotFound),
)
async def read_ledger_entry(
    permit_number: str, entry_id: Id, reader: Reader, session: Session, years: Years
) -> object:
    return await views.read(session, reader.rows, permit_number=permit_number, entry_id=entry_id, years=years)


@files.post(
    "/{permit_number}/batches",
    summary="批量记录台账 Send a file of ledger entries",
    status_code=201,
    response_model=BatchReceived,
    openapi_extra=file_body(NDJSON, CSV),
    responses=problem_responses(PermitNotFound, FileEmpty, FileUnreadable, HeaderUnknown, TooManyRows),
)
async def send_ledger_file(
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
        LedgerDesk,
        permit_number=permit_number,
        batch_id=batch_id,
        office=office,
        language=language_of(request.headers.get("accept-language")),
    )
    headers = {"location": batches.path_of("ledger", permit_number, batch_id)}
    return Response(content, status_code=201, media_type="application/json", headers=headers)


@router.get(
    "/{permit_number}/batches",
    summary="台账批次列表 List files of ledger entries",
    response_model=Page[BatchSummary],
    responses=problem_responses(PermitNotFound),
)
async def list_ledger_batches(permit_number: str, reader: Reader, session: Session, paging: Paging) -> object:
    permit = await batches.permit_of(session, reader.rows, permit_number)
    return await batches.listing(session, permit_number=permit.permit_number, kind="ledger", query=paging)


@router.get(
    "/{permit_number}/batches/{batch_id}",
    summary="台账批次（含回执） Read a file's receipt",
    response_model=BatchRead,
    responses=problem_responses(PermitNotFound, BatchNotFound),
)
async def read_ledger_batch(permit_number: str, batch_id: Id, reader: Reader, session: Session) -> object:
    permit = await batches.permit_of(session, reader.rows, permit_number)
    return await batches.get(session, batch_id, permit_number=permit.permit_number, kind="ledger")


@exports.get(
    "/{permit_number}/export",
    summary="导出台账 Export the ledger",
    response_class=Response,
    responses={
        200: export.described("The whole ledger, in the order in which it happened"),
        **problem_responses(PermitNotFound),
    },
)
async def export_ledger(
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
        name="ledger",
    )
