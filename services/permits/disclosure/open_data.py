"""HTTP of whole lists: the map and the downloads. No sign-in, no cap, nothing gathered in memory."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from services.kit.downloads import MEDIA_TYPES, Format, conditional, download, walk
from services.kit.routing import Authenticated, problem_responses
from services.permits.disclosure import columns, lists, rules
from services.permits.disclosure.errors import BadBox
from services.permits.disclosure.filters import WantedReports
from services.permits.permits.filters import Wanted

GEOJSON = "application/geo+json"
_FEATURES = {
    "type": "object",
    "required": ["type", "crs_note", "features"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "crs_note": {
            "type": "object",
            "description": "a foreign member (RFC 7946 6.1): the datum of the coordinates is CGCS2000",
            "additionalProperties": {"type": "string"},
        },
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["type", "id", "geometry", "properties"],
                "properties": {
                    "type": {"const": "Feature"},
                    "id": {"type": "string", "description": "permit_number"},
                    "geometry": {"type": ["object", "null"], "description": "Point, or null: not known"},
                    "properties": {"type": "object", "description": "as `GET …/disclosure/permits` lists it"},
                },
            },
        },
    },
}


def _answers(*media_types: str, schema: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    content = {media_type: {"schema": schema} for media_type in media_types}
    return {200: {"description": "the whole list", "content": content}}


FILES = _answers(*MEDIA_TYPES.values(), schema={"type": "string"})
Form = Annotated[
    Format, Query(alias="format", description="csv: UTF-8 with BOM, for spreadsheets; ndjson: for programs")
]

# Not Transactional: a download outlives any transaction, and each of its pages has its own.
router = APIRouter(prefix="/v1/permits/disclosure", tags=["disclosure"], route_class=Authenticated)


@router.get(
    "/map",
    summary="公开：许可证分布图 Public map of permits (GeoJSON)",
    response_class=Response,
    responses={**_answers(GEOJSON, schema=_FEATURES), **problem_responses(BadBox)},
)
async def map_of_disclosed_permits(
    request: Request,
    wanted: Wanted,
    bbox: Annotated[
        str | None,
        Query(
            max_length=100, description="west,south,east,north in degrees: only what is known to lie there"
        ),
    ] = None,
) -> Response:
    within = rules.box(bbox) if bbox is not None else None
    if bbox is not None and within is None:
        raise BadBox()
    database = request.app.state.kit.database
    pages = lists.permits(wanted, within)
    return await conditional(
        request, database, lambda: lists.features(walk(database, pages)), media_type=GEOJSON
    )


@router.get(
    "/downloads/permits",
    summary="公开下载：许可证 Download the public permits",
    response_class=Response,
    responses=FILES,
)
async def download_disclosed_permits(request: Request, wanted: Wanted, form: Form = "csv") -> Response:
    database = request.app.state.kit.database
    return await download(
        request, database, lists.permits(wanted), columns=columns.PERMITS, form=form, name="permits"
    )


@router.get(
    "/downloads/limits",
    summary="公开下载：许可排放限值 Download the public limits",
    response_class=Response,
    responses=FILES,
)
async def download_disclosed_limits(request: Request, wanted: Wanted, form: Form = "csv") -> Response:
    database = request.app.state.kit.database
    return await download(
        request, database, lists.limits(wanted), columns=columns.LIMITS, form=form, name="limits", limit=20
    )


@router.get(
    "/downloads/reports",
    summary="公开下载：执行报告 Download the public reports",
    response_class=Response,
    responses=FILES,
)
async def download_disclosed_reports(request: Request, wanted: WantedReports, form: Form = "csv") -> Response:
    database = request.app.state.kit.database
    pages = lists.reports(wanted)
    return await download(request, database, pages, columns=columns.REPORTS, form=form, name="reports")


@router.get(
    "/downloads/report-values",
    summary="公开下载：实际排放数据 Download the public reported values",
    response_class=Response,
    responses=FILES,
)
async def download_disclosed_values(request: Request, wanted: WantedReports, form: Form = "csv") -> Response:
    database = request.app.state.kit.database
    pages = lists.values(wanted)
    return await download(
        request, database, pages, columns=columns.VALUES, form=form, name="report-values", limit=100
    )
