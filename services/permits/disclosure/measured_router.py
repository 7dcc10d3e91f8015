"""HTTP of self-monitoring data, public (排污许可管理条例 art. 23): of one permit page by page, or all as a file."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from services.kit.downloads import Column, download
from services.kit.pages import Paging
from services.kit.routing import Authenticated, Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Moment, Page
from services.permits.disclosure import measured
from services.permits.disclosure.columns import TITLES
from services.permits.disclosure.measured import RecordFilter
from services.permits.disclosure.open_data import FILES, Form
from services.permits.disclosure.schemas_measured import DisclosedRecord
from services.permits.monitoring.schemas import Means
from services.permits.permits.errors import PermitNotFound

PREFIX = "/v1/permits/disclosure"
router = new_router(PREFIX, tag="disclosure")
# Not Transactional: see `open_data`.
files = APIRouter(prefix=PREFIX, tags=["disclosure"], route_class=Authenticated)
COLUMNS = tuple(Column(name, TITLES[name]) for name in DisclosedRecord.model_fields)


async def _filter(
    outlet_code: Annotated[str | None, Query(max_length=10)] = None,
    pollutant_code: Annotated[str | None, Query(max_length=10)] = None,
    means: Means | None = None,
    sampled_from: Annotated[Moment | None, Query(description="from this moment")] = None,
    sampled_before: Annotated[Moment | None, Query(description="before this moment")] = None,
) -> RecordFilter:
    return RecordFilter(None, outlet_code, pollutant_code, means, sampled_from, sampled_before)


Wanted = Annotated[RecordFilter, Depends(_filter)]


@router.get(
    "/permits/{permit_number}/monitoring",
    summary="公开：自行监测数据 Public self-monitoring data",
    response_model=Page[DisclosedRecord],
    responses=problem_responses(PermitNotFound),
)
async def list_disclosed_records(
    permit_number: str, wanted: Wanted, session: Session, paging: Paging
) -> object:
    return await measured.records(session, query=paging, permit_number=permit_number, wanted=wanted)


@files.get(
    "/downloads/monitoring",
    summary="公开下载：自行监测数据 Download the public self-monitoring data",
    response_class=Response,
    responses=FILES,
)
async def download_disclosed_records(
    request: Request,
    wanted: Wanted,
    form: Form = "csv",
    permit_number: Annotated[str | None, Query(max_length=22, description="of one permit")] = None,
) -> Response:
    pages = measured.all_records(replace(wanted, permit_number=permit_number))
    database = request.app.state.kit.database
    return await download(request, database, pages, columns=COLUMNS, form=form, name="monitoring")
