"""Files as request bodies: bulk data and sheets, which are no JSON documents and may be larger than one.

router = file_router("/v1/permits/ledger", tag="ledger")

@router.post("/{permit_number}/batches", openapi_extra=file_body(NDJSON, CSV))
async def send_entries(filer: Filer, file: SmallFile, …) -> object: …

Nothing is read before it is known who calls, and nothing of a type that `file_body` does not name.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute
from starlette.types import Scope

from services.kit.problems import BadRequest, UnsupportedMediaType
from services.kit.requests import is_packed, media_type_of, read_whole, refuse_packed
from services.kit.routing import Handler, Transactional
from services.kit.texts import Text

NDJSON = "application/x-ndjson"
CSV = "text/csv"
JSON = "application/json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class FileEmpty(BadRequest):
    code = "file_empty"
    title = Text(zh="没有收到文件内容", en="No file came")


class TakesFile(Transactional):
    """Route class of endpoints whose body is a file of one of the media types of their `file_body`.

    It comes as it is, up to `max_file_bytes` of the service.
    """

    async def prepare(self, request: Request, *, takes_form: bool) -> None:
        """Nothing is read before it is known who calls."""

    async def call(self, handler: Handler, request: Request) -> Response:
        request.state.media_types = (self.openapi_extra or {})["requestBody"]["content"]
        if is_packed(request) or media_type_of(request) not in request.state.media_types:
            return await handler(request)  # who may not call is told that; else `taken_type_of` refuses
        async with self.received(request):
            return await super().call(handler, request)

    @asynccontextmanager
    async def received(self, request: Request) -> AsyncIterator[None]:
        """The file is there for as long as the block lasts."""
        async with read_whole():
            await request.body()
        yield


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came."""

    media_type: str
    content: bytes


async def _given(request: Request) -> Upload:
    media_type = taken_type_of(request)
    content = await request.body()
    if not content:
        raise FileEmpty()
    return Upload(media_type, content)


SmallFile = Annotated[Upload, Depends(_given)]
"""The request's body, as a parameter type: behind who may call, before the session."""


def file_body(*media_types: str) -> dict[str, Any]:
    """`openapi_extra=` of an endpoint that takes a file."""
    content = {each: {"schema": {"type": "string", "format": "binary"}} for each in media_types}
    return {"requestBody": {"required": True, "content": content}}


def file_router(prefix: str, *, tag: str) -> APIRouter:
    """A router whose endpoints each take a file and run in one transaction."""
    return APIRouter(prefix=prefix, tags=[tag], route_class=TakesFile)


def taken_type_of(request: Request) -> str:
    """What the client says that its file is; UnsupportedMediaType where it is packed or of another type."""
    refuse_packed(request)
    media_type, among = media_type_of(request), request.state.media_types
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
