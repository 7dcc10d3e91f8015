"""Files as request bodies: bulk data and sheets, which are no JSON documents and may be larger than one.

router = file_router("/v1/permits/ledger", tag="ledger")

@router.post("/{permit_number}/batches", openapi_extra=file_body(NDJSON, CSV))
async def send_entries(filer: Filer, file: Annotated[Upload, takes(NDJSON, CSV)], …) -> object: …
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.types import Scope

from services.kit.problems import BadRequest, UnsupportedMediaType
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

    takes_file = True


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came."""

    media_type: str
    content: bytes


def takes(*media_types: str) -> Any:
    """`Annotated[Upload, takes(NDJSON, CSV)]`: the request's body, which must be of one of these types."""

    async def read(request: Request) -> Upload:
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type not in media_types:
            wanted = ", ".join(media_types)
            raise UnsupportedMediaType(Text(zh=f"请使用 {wanted}", en=f"Send {wanted}"))
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


def taking_files(routers: Iterable[APIRouter]) -> Callable[[Scope], bool]:
    """Whether a request goes to an endpoint that takes a file."""
    paths = [
        (route.methods or set(), route.path_regex)
        for router in routers
        for route in router.routes
        if isinstance(route, TakesFile)
    ]

    def takes_file(scope: Scope) -> bool:
        return any(scope["method"] in methods and path.match(scope["path"]) for methods, path in paths)

    return takes_file
