"""HTTP of the dossier."""

from typing import Annotated

from fastapi import APIRouter, Request

from gateway.dossier import service
from gateway.dossier.errors import EnterpriseUnknown
from gateway.dossier.schemas import Dossier
from gateway.leaving import while_there
from services.kit.auth import Principal
from services.kit.identifiers.types import Uscc
from services.kit.reading import PURPOSE_HEADER, reads
from services.kit.routing import Authenticated, problem_responses

router = APIRouter(tags=["dossier"], route_class=Authenticated)
# The services judge the caller themselves, by the caller's own token, and log what is read of them.
_PASSED_ON = ("authorization", "accept-language", PURPOSE_HEADER.lower())


@router.get(
    "/v1/enterprises/{uscc}",
    summary="企业档案：四个服务的视图并列 One enterprise, four views side by side",
    response_model=Dossier,
    responses=problem_responses(EnterpriseUnknown),
)
async def read_dossier(uscc: Uscc, request: Request, _: Annotated[Principal, reads()]) -> object:
    headers = [(name, request.headers[name]) for name in _PASSED_ON if name in request.headers]
    headers += [("x-request-id", request.state.request_id), ("traceparent", request.state.traceparent)]
    asking = service.dossier(request.app.state.observed, uscc=uscc, headers=headers)
    return await while_there(request, asking)
