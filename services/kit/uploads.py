"""Files as request bodies: bulk data and sheets, which are no JSON documents and may be larger than one.

router = file_router("/v1/permits/ledger", tag="ledger")

@router.post("/{permit_number}/batches", openapi_extra=file_body(NDJSON, CSV))
async def send_entries(filer: Filer, file: Annotated[Upload, takes(NDJSON, CSV)], …) -> object: …
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.routing import APIRoute
from starlette.types import Scope

from services.kit.problems import BadRequest, UnsupportedMediaType
from services.kit.requests import StrictRequest, media_type_of
from services.kit.routing import Transactional
from services.kit.texts import Text

NDJSON = "application/x-ndjson"
CSV = "text/csv"
JSON = "application/json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class FileEmpty(BadRequest):
    code = "file_empty"
    title = Text(zh="没有收到文件内容", en="No file came")


class TakesFile(Transactional):
    """Route class of endpoints whose body is a file: it comes as it is, up to `max_file_bytes` of the service."""

    async def prepare(self, request: StrictRequest, *, takes_form: bool) -> None:
        await request.body()


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came."""

    media_type: str
    content: bytes


def takes(*media_types: str) -> Any:
    """`Annotated[Upload, takes(NDJSON, CSV)]`: the request's body, which must be of one of these types."""

    async def read(request: Request) -> Upload:
        media_type = media_type_among(request, media_types)
        content = await request.body()
        if not content:
            raise FileEmpty()
        return Upload(media_type, content)

    return Depends(read)


def file_body(*media_types: str) -> dict[str, Any]:
    """`openapi_extra=` of an endpoint that takes a file."""
    content = {each: {"schema": {"type": "string", "format": "binary"}} for each in media_types}
    return {"requestBody": {"required": True, "content": content}}


def file_router(prefix: str, *, tag: str) -> APIRouter:
    """A router whose endpoints each take a file and run in one transaction."""
    return APIRouter(prefix=prefix, tags=[tag], route_class=TakesFile)


def media_type_among(request: Request, among: Collection[str]) -> str:
    """What the client says that its body is; UnsupportedMediaType where it is none of these."""
    media_type = media_type_of(request)
    if media_type not in among:
        wanted = ", ".join(among)
        raise UnsupportedMediaType(Text(zh=f"请使用 {wanted}", en=f"Send {wanted}"))
    return media_type


def limits_of(routers: Iterable[APIRouter], by_class: Mapping[type[APIRoute], int]) -> Callable[[Scope], int]:
    """How many bytes a request may bring to the endpoints of such a route class; 0 for every other request."""
    routes = [
        (route.methods or set(), route.path_regex, by_class[type(route)])
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute) and type(route) in by_class
    ]

    def limit(scope: Scope) -> int:
        method, path = scope["method"], scope["path"]
        return next((most for methods, of, most in routes if method in methods and of.match(path)), 0)

    return limit
