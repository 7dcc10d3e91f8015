"""HTTP of the trail: purposes of reading, who did and tried what, who read whose data."""

from __future__ import annotations

from fastapi import APIRouter, Request

from gateway.trail import service
from gateway.trail.schemas import AuditPage, PurposeList, PurposeRead, ReadPage
from services.kit import clock
from services.kit.pages import Paging
from services.kit.reading import PURPOSE_HEADER
from services.kit.routing import Session, Transactional
from services.kit.trail import Auditor, Denied, Filter

router = APIRouter(tags=["trail"], route_class=Transactional)
# The services judge the caller themselves, by the caller's own token, and log what is read of them.
_PASSED_ON = ("authorization", "accept-language", PURPOSE_HEADER.lower())


@router.get(
    "/v1/purposes", summary="公开：读取用途代码 Purposes of reading (public)", response_model=PurposeList
)
async def list_purposes(request: Request) -> object:
    today = request.app.state.kit.purposes.on(clock.today())
    return PurposeList(
        items=[
            PurposeRead(code=each.code, zh=each.text.zh, en=each.text.en, since=each.since, until=each.until)
            for each in today
        ]
    )


@router.get(
    "/v1/audit", summary="审计记录（全部服务） The audit trail of all services", response_model=AuditPage
)
async def list_trail(
    request: Request,
    auditor: Auditor,
    session: Session,
    paging: Paging,
    wanted: Filter,
    denied: Denied = None,
) -> object:
    """By `person` (an account, a client, or a login), `enterprise`, `record` and time; everything given must hold."""
    services, headers = request.app.state.observed, _headers(request)
    return await service.audit(
        session, services, auditor.rows, wanted, paging, denied=denied, headers=headers
    )


@router.get(
    "/v1/read-log",
    summary="查阅记录（全部服务） Who read whose data, in all services",
    response_model=ReadPage,
)
async def list_read_log(
    request: Request, auditor: Auditor, session: Session, paging: Paging, wanted: Filter
) -> object:
    """By `person`, `enterprise`, `record` and time. Each read of it is in the logs itself."""
    services, headers = request.app.state.observed, _headers(request)
    return await service.reads(session, services, auditor.rows, wanted, paging, headers=headers)


def _headers(request: Request) -> list[tuple[str, str]]:
    passed_on = [(name, request.headers[name]) for name in _PASSED_ON if name in request.headers]
    return [
        *passed_on,
        ("x-request-id", request.state.request_id),
        ("traceparent", request.state.traceparent),
    ]
