"""HTTP of the administration of accounts, for the bureau's administrators."""

from typing import Annotated

from fastapi import APIRouter, Query

from gateway.accounts import repository, service
from gateway.accounts.errors import AccountExists, DepartmentExists, InvalidAccount, OwnAccount
from gateway.accounts.repository import Wanted
from gateway.accounts.schemas import (
    AccountChange,
    AccountCreate,
    AccountRead,
    AccountWithPassword,
    Code,
    DepartmentContent,
    DepartmentRead,
    Role,
)
from gateway.identity.schemas import Login
from services.kit.auth import Principal, requires
from services.kit.identifiers.types import Uscc
from services.kit.pages import Paging
from services.kit.problems import NotFound
from services.kit.routing import Session, Transactional, problem_responses
from services.kit.schemas import Id, Page


class TellsPassword(Transactional):
    """Its answer has a new password in it, which is not stored for a repeated answer."""

    withheld = frozenset({"temporary_password"})


router = APIRouter(prefix="/v1", tags=["accounts"], route_class=TellsPassword)
Administrator = Annotated[Principal, requires("accounts:manage")]
_MISSING = problem_responses(NotFound)


@router.get("/accounts", summary="账号列表 Accounts", response_model=Page[AccountRead])
async def list_accounts(
    session: Session,
    _: Administrator,
    query: Paging,
    login: Login | None = None,
    role: Role | None = None,
    uscc: Uscc | None = None,
    department: Code | None = None,
    disabled: Annotated[bool | None, Query(description="only those that are, or are not")] = None,
) -> object:
    """In the order of their logins."""
    wanted = Wanted(login=login, role=role, uscc=uscc, department=department, disabled=disabled)
    return await service.list_accounts(session, wanted, query)


@router.post(
    "/accounts",
    status_code=201,
    summary="新增账号 Add an account",
    response_model=AccountWithPassword,
    responses=problem_responses(AccountExists, InvalidAccount),
)
async def add_account(session: Session, principal: Administrator, body: AccountCreate) -> object:
    return await service.create(session, principal, body)


@router.get(
    "/accounts/{account_id}", summary="账号 An account", response_model=AccountRead, responses=_MISSING
)
async def read_account(session: Session, _: Administrator, account_id: Id) -> object:
    return await service.read(session, account_id)


@router.patch(
    "/accounts/{account_id}",
    summary="变更账号 Change an account",
    response_model=AccountRead,
    responses=problem_responses(NotFound, InvalidAccount, OwnAccount),
)
async def change_account(
    session: Session, principal: Administrator, account_id: Id, body: AccountChange
) -> object:
    return await service.change(session, principal, account_id, body)


@router.post(
    "/accounts/{account_id}/disabling",
    summary="停用账号 Disable an account",
    response_model=AccountRead,
    responses=problem_responses(NotFound, OwnAccount),
)
async def disable_account(session: Session, principal: Administrator, account_id: Id) -> object:
    return await service.disable(session, principal, account_id)


@router.post(
    "/accounts/{account_id}/enabling",
    summary="启用账号 Enable an account again",
    response_model=AccountRead,
    responses=_MISSING,
)
async def enable_account(session: Session, principal: Administrator, account_id: Id) -> object:
    return await service.enable(session, principal, account_id)


@router.post(
    "/accounts/{account_id}/password-reset",
    summary="重置密码 Set a temporary password",
    response_model=AccountWithPassword,
    responses=_MISSING,
)
async def reset_password(session: Session, principal: Administrator, account_id: Id) -> object:
    return await service.reset_password(session, principal, account_id)


@router.post(
    "/accounts/{account_id}/unlocking",
    summary="解除登录锁定 Unlock an account",
    response_model=AccountRead,
    responses=_MISSING,
)
async def unlock_account(session: Session, principal: Administrator, account_id: Id) -> object:
    return await service.unlock(session, principal, account_id)


@router.post(
    "/accounts/{account_id}/second-factor-reset",
    summary="重置第二重验证 Forget a second factor",
    response_model=AccountRead,
    responses=problem_responses(NotFound, OwnAccount),
)
async def reset_second_factor(session: Session, principal: Administrator, account_id: Id) -> object:
    """For a lost telephone. Its person sets another one up at the next sign-in."""
    return await service.reset_second_factor(session, principal, account_id)


@router.get("/departments", summary="部门列表 Departments", response_model=Page[DepartmentRead])
async def list_departments(session: Session, _: Administrator, query: Paging) -> object:
    rows, cursor = await repository.departments(session, query)
    return {"items": rows, "next_cursor": cursor}


@router.post(
    "/departments",
    status_code=201,
    summary="新增部门 Add a department",
    response_model=DepartmentRead,
    responses=problem_responses(DepartmentExists),
)
async def add_department(session: Session, principal: Administrator, body: DepartmentContent) -> object:
    return await service.add_department(session, principal, body)
