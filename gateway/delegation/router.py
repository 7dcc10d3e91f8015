"""HTTP of delegations."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from gateway.accounts.errors import AccountExists
from gateway.delegation import answering, repository, service, views
from gateway.delegation.errors import (
    DelegationInvalid,
    DelegationNotFound,
    DelegationStepNotOpen,
    TooManyDelegations,
)
from gateway.delegation.schemas import (
    Answer,
    CodeAnswer,
    DelegationCreate,
    DelegationInvited,
    DelegationRead,
    Ending,
    Extent,
    Registration,
)
from gateway.passwords.errors import WeakPassword
from services.kit.auth import Principal, requires
from services.kit.pages import Paging
from services.kit.problems import PreconditionFailed, PreconditionRequired
from services.kit.routing import IfMatch, Session, Transactional, WithoutToken, problem_responses
from services.kit.schemas import Id, Page


class TellsCode(Transactional):
    """Its answer may have a one-time code in it, which is not stored for a repeated answer."""

    withheld = frozenset({"code"})


router = APIRouter(prefix="/v1/delegations", tags=["delegations"], route_class=TellsCode)
registration = APIRouter(prefix="/v1/delegations", tags=["delegations"], route_class=WithoutToken)
Representative = Annotated[Principal, requires(views.MANAGE)]
"""The legal representative of an enterprise (法定代表人)."""
Agent = Annotated[Principal, requires(views.ACCEPT)]
"""Who acts for others (代理人)."""
Either = Annotated[Principal, requires()]


@router.get("", summary="委托列表 List delegations", response_model=Page[DelegationRead])
async def list_delegations(
    caller: Either,
    session: Session,
    paging: Paging,
    uscc: Annotated[str | None, Query(max_length=18, description="of one enterprise")] = None,
) -> object:
    """Those that the caller's enterprises gave, and those that were given to the caller."""
    return await views.listing(session, caller, query=paging, uscc=uscc)


@router.post(
    "",
    summary="邀请代理人 Invite an agent",
    status_code=201,
    response_model=DelegationInvited,
    responses=problem_responses(DelegationInvalid, TooManyDelegations),
)
async def invite_agent(
    content: DelegationCreate, representative: Representative, session: Session, response: Response
) -> object:
    invited = await service.invite(session, representative, content)
    response.headers["location"] = f"/v1/delegations/{invited.id}"
    response.headers["etag"] = views.etag(invited)
    if invited.code is not None:
        response.headers["cache-control"] = "no-store"
    return invited


@router.post(
    "/answers",
    summary="凭邀请码答复 Answer an invitation by its code",
    status_code=201,
    response_model=DelegationRead,
    responses=problem_responses(DelegationNotFound, DelegationStepNotOpen),
)
async def answer_by_code(content: CodeAnswer, agent: Agent, session: Session) -> object:
    return await answering.answer_by_code(session, agent, content)


@registration.post(
    "/registrations",
    summary="凭邀请码注册代理人账号 Register as an agent with an invitation",
    status_code=201,
    response_model=DelegationRead,
    responses=problem_responses(DelegationNotFound, AccountExists, WeakPassword),
)
async def register_agent(content: Registration, session: Session, response: Response) -> object:
    """Public: the one-time code is the credential. Sign in afterwards with the new login."""
    response.headers["cache-control"] = "no-store"
    return await answering.register(session, content)


@router.get(
    "/{delegation_id}",
    summary="委托 Read a delegation",
    response_model=DelegationRead,
    responses=problem_responses(DelegationNotFound),
)
async def read_delegation(delegation_id: Id, caller: Either, session: Session, response: Response) -> object:
    delegation = await repository.by_id(session, delegation_id, side=views.side_of(caller))
    if delegation is None:
        raise DelegationNotFound()
    shown = await views.view(session, delegation)
    response.headers["etag"] = views.etag(shown)
    return shown


@router.put(
    "/{delegation_id}",
    summary="变更委托范围 Change how far it goes",
    response_model=DelegationRead,
    responses=problem_responses(
        DelegationNotFound,
        DelegationStepNotOpen,
        DelegationInvalid,
        PreconditionFailed,
        PreconditionRequired,
    ),
)
async def change_delegation(
    delegation_id: Id,
    content: Extent,
    representative: Representative,
    session: Session,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    """Tokens under the extent of before end at once; the agent asks for a new one."""
    changed = await service.change(
        session, representative, content, delegation_id=delegation_id, if_match=if_match
    )
    response.headers["etag"] = views.etag(changed)
    return changed


@router.post(
    "/{delegation_id}/withdrawal",
    summary="撤回委托 Withdraw a delegation",
    response_model=DelegationRead,
    responses=problem_responses(DelegationNotFound, DelegationStepNotOpen),
)
async def withdraw_delegation(
    delegation_id: Id, content: Ending, representative: Representative, session: Session
) -> object:
    """It holds no longer, nor does any token under it."""
    return await service.withdraw(session, representative, delegation_id=delegation_id, reason=content.reason)


@router.post(
    "/{delegation_id}/answer",
    summary="答复邀请 Answer an invitation",
    status_code=201,
    response_model=DelegationRead,
    responses=problem_responses(DelegationNotFound, DelegationStepNotOpen),
)
async def answer_invitation(delegation_id: Id, content: Answer, agent: Agent, session: Session) -> object:
    return await answering.answer(session, agent, content, delegation_id=delegation_id)


@router.post(
    "/{delegation_id}/resignation",
    summary="辞去委托 Give a delegation up",
    response_model=DelegationRead,
    responses=problem_responses(DelegationNotFound, DelegationStepNotOpen),
)
async def resign_delegation(delegation_id: Id, content: Ending, agent: Agent, session: Session) -> object:
    return await answering.resign(session, agent, delegation_id=delegation_id, reason=content.reason)
