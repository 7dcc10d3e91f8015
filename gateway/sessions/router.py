"""HTTP of sessions: where am I signed in, and an end to it."""

from typing import Annotated

from gateway.sessions import service
from gateway.sessions.schemas import SessionRead
from services.kit.auth import Principal, requires
from services.kit.pages import Paging
from services.kit.problems import NotFound
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id, Page

router = new_router("/v1/auth/sessions", tag="identity")
Caller = Annotated[Principal, requires()]


@router.get("", summary="我的登录会话 My sessions", response_model=Page[SessionRead])
async def own_sessions(session: Session, principal: Caller, query: Paging) -> object:
    """Living ones only, the newest first."""
    return await service.list_own(session, principal, query)


@router.delete("", status_code=204, summary="退出全部会话 End all my sessions")
async def end_sessions(session: Session, principal: Caller) -> None:
    """Also the one that asks. Their access tokens end at the gateway at once."""
    await service.end_all_own(session, principal)


@router.delete(
    "/current", status_code=204, summary="退出登录 Sign out", responses=problem_responses(NotFound)
)
async def sign_out(session: Session, principal: Caller) -> None:
    await service.end_own(session, principal, None)


@router.delete(
    "/{session_id}", status_code=204, summary="终止会话 End a session", responses=problem_responses(NotFound)
)
async def end_session(session: Session, principal: Caller, session_id: Id) -> None:
    await service.end_own(session, principal, session_id)
