"""HTTP of files."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from services.kit.database import Database
from services.kit.downloads import by_digest
from services.kit.identifiers.types import PermitNumber, Uscc
from services.kit.large_files import LargeFile, large_file_router
from services.kit.pages import Paging
from services.kit.problems import UnsupportedMediaType
from services.kit.reading import log_read
from services.kit.routing import Authenticated, Session, is_known, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id, Page
from services.kit.uploads import FileEmpty, file_body
from services.permits.attachments import service
from services.permits.attachments.errors import AttachmentInvalid, AttachmentNotFound, AttachmentsWaiting
from services.permits.attachments.rules import FORMS
from services.permits.attachments.schemas import AttachmentRead, FileName
from services.permits.auth import Filer, Reader
from services.permits.enterprises.errors import EnterpriseNotFound
from services.permits.permits.errors import PermitNotFound

router = new_router(service.PATH, tag="attachments")
files = large_file_router(service.PATH, tag="attachments")
contents = APIRouter(prefix=service.PATH, tags=["attachments"], route_class=Authenticated)
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the file as it was sent",
        "content": {each: {"schema": {"type": "string", "format": "binary"}} for each in FORMS},
    },
    304: {"description": "the caller has it already"},
}


@router.get("", summary="附件列表 List files", response_model=Page[AttachmentRead])
async def list_attachments(
    reader: Reader,
    session: Session,
    paging: Paging,
    uscc: Annotated[str | None, Query(max_length=18, description="of one enterprise")] = None,
    permit_number: Annotated[str | None, Query(max_length=22, description="of one site")] = None,
) -> object:
    return await service.listing(session, reader.rows, query=paging, uscc=uscc, permit_number=permit_number)


@files.post(
    "",
    summary="上传附件 Send a file for an application or a report",
    status_code=201,
    response_model=AttachmentRead,
    openapi_extra=file_body(*FORMS),
    responses=problem_responses(
        EnterpriseNotFound,
        PermitNotFound,
        FileEmpty,
        UnsupportedMediaType,
        AttachmentInvalid,
        AttachmentsWaiting,
    ),
)
async def send_attachment(
    filer: Filer,
    file: LargeFile,
    uscc: Annotated[Uscc, Query(description="whose it is")],
    name: Annotated[FileName, Query(description="its name, with the ending of its form")],
    session: Session,
    request: Request,
    response: Response,
    permit_number: Annotated[
        PermitNumber | None, Query(description="of the site that it is about; none: of the enterprise")
    ] = None,
) -> object:
    kept = await service.keep(
        session,
        filer,
        file,
        uscc=uscc,
        permit_number=permit_number,
        name=name,
        waiting_bytes=request.app.state.kit.settings.attachments_waiting_bytes,
    )
    response.headers["location"] = f"{service.PATH}/{kept.id}"
    return kept


@router.get(
    "/{attachment_id}",
    summary="附件信息 Read what is known of a file",
    response_model=AttachmentRead,
    responses=problem_responses(AttachmentNotFound),
)
async def read_attachment(attachment_id: Id, reader: Reader, session: Session) -> object:
    return service.view(await service.get(session, reader.rows, attachment_id))


@contents.get(
    "/{attachment_id}/content",
    summary="下载附件 Download a file",
    response_class=Response,
    responses={**_FILE, **problem_responses(AttachmentNotFound)},
)
async def download_attachment(attachment_id: Id, reader: Reader, request: Request) -> Response:
    database: Database = request.app.state.kit.database
    async with database.transaction() as session:
        attachment = await service.get(session, reader.rows, attachment_id)
        log_read(session, request, enterprises=[attachment.uscc], records=[str(attachment.id)])
    named = by_digest(attachment.sha256)
    kept = {"etag": named["etag"], "cache-control": "private, no-cache", "vary": "Authorization"}
    if is_known(request, kept["etag"]):
        return Response(status_code=304, headers=kept)
    headers = {
        **kept,
        **named,
        "content-length": str(attachment.size_bytes),
        "content-disposition": f"attachment; filename*=UTF-8''{quote(attachment.name)}",
        "x-content-type-options": "nosniff",
    }
    return StreamingResponse(
        service.content(database, attachment), media_type=attachment.media_type, headers=headers
    )
