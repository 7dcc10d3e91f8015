"""HTTP of decision documents."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Query, Request, Response

from services.kit.downloads import by_digest
from services.kit.reading import log_read
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Day, Id
from services.permits.auth import Reader
from services.permits.documents import service
from services.permits.documents.errors import DocumentNotFound, NoPermitInForce
from services.permits.documents.models import PermitDocument
from services.permits.documents.page import PAGE, page, wants_page
from services.permits.documents.press import ThePress
from services.permits.documents.rules import Kind
from services.permits.documents.schemas import DocumentCheck, DocumentKind
from services.permits.permits.errors import PermitNotFound

PDF = "application/pdf"
_NAMES = {"original": "排污许可证正本", "duplicate": "排污许可证副本"}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the PDF; `Link` (describedby) leads to its signature",
        "content": {PDF: {"schema": {"type": "string", "format": "binary"}}},
    }
}

router = new_router("/v1/permits/permits", tag="documents")
public = new_router("/v1/permits/disclosure", tag="disclosure")


@router.get(
    "/{permit_number}/documents/{document_kind}",
    summary="许可证正本、副本（PDF） The permit as a signed document",
    response_class=Response,
    responses={**_FILE, **problem_responses(PermitNotFound)},
)
async def read_permit_document(
    permit_number: str,
    document_kind: DocumentKind,
    reader: Reader,
    session: Session,
    request: Request,
    press: ThePress,
    as_of: Annotated[Day | None, Query(description="of the version that held on this day")] = None,
) -> Response:
    document = await service.for_holder(
        session, reader, press, number=permit_number, kind=Kind(document_kind), as_of=as_of
    )
    log_read(
        session,
        request,
        enterprises=[document.uscc],
        records=[document.permit_number, str(document.id)],
    )
    return _file(document)


@public.get(
    "/permits/{permit_number}/original",
    summary="公开：许可证正本（PDF） The public certificate of a permit in force",
    response_class=Response,
    responses={**_FILE, **problem_responses(PermitNotFound, NoPermitInForce)},
)
async def read_public_original(permit_number: str, session: Session, press: ThePress) -> Response:
    return _file(await service.for_public(session, press, number=permit_number))


@public.get(
    "/documents/{document_id}",
    summary="公开：核验许可证文件 Verify a document of a permit",
    response_model=DocumentCheck,
    responses={**PAGE, **problem_responses(DocumentNotFound)},
)
async def verify_permit_document(
    document_id: Id, session: Session, request: Request, response: Response
) -> object:
    """JSON for programs, and a page for whoever scanned the QR."""
    keys = request.app.state.kit.receipt_keys.public_jwks()
    check = await service.check(session, document_id=document_id, keys=keys)
    if wants_page(request):
        return page(check)
    response.headers["vary"] = "Accept, Authorization, Accept-Language"
    return check


def _file(document: PermitDocument) -> Response:
    name = quote(f"{_NAMES[document.kind]}-{document.permit_number}.pdf")
    headers = {
        **by_digest(document.pdf_sha256),
        "content-disposition": f"inline; filename=\"{document.permit_number}.pdf\"; filename*=UTF-8''{name}",
        "link": f'</v1/permits/disclosure/documents/{document.id}>; rel="describedby"',
    }
    return Response(document.pdf, media_type=PDF, headers=headers)
