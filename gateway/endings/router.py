"""HTTP of endings: whoever checks access tokens itself reads which of them hold no more."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from gateway.endings.schemas import EndingsRead
from services.kit.auth import Principal, requires
from services.kit.endings import Endings
from services.kit.routing import Authenticated

router = APIRouter(prefix="/v1/auth/endings", tags=["identity"], route_class=Authenticated)


@router.get("", summary="已终止的会话与委托 Ended sign-ins and delegations", response_model=EndingsRead)
async def list_endings(
    request: Request,
    response: Response,
    _principal: Annotated[Principal, requires("endings:read")],
    after: Annotated[
        str, Query(max_length=64, description="the `position` of the last answer; without it: everything")
    ] = "",
    wait: Annotated[int, Query(ge=0, le=30, description="seconds to wait where there is nothing new")] = 0,
) -> object:
    """Those of the last token lifetime. For systems that check tokens offline, as the services do: read on and on."""
    endings: Endings = request.app.state.kit.identity.endings
    await endings.journal.moved_past(after, seconds=wait)
    response.headers["cache-control"] = "no-store"
    return endings.after(after)
