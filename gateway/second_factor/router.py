"""HTTP of the second factor: set it up, see whether it is.

PUT and not POST: what is told once is not stored to be answered again.
"""

from typing import Annotated

from fastapi import Request

from gateway.guessing.errors import TooManyTries
from gateway.identity.office import SignIn
from gateway.passage import address_of
from gateway.passwords.errors import WrongPassword
from gateway.passwords.service import account_of, verify_own
from gateway.second_factor.errors import CodeRefused, NothingToConfirm
from gateway.second_factor.schemas import (
    FactorBegin,
    FactorConfirm,
    FactorPending,
    FactorState,
    RecoveryCodes,
)
from services.kit.auth import Principal, requires
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router

router = new_router("/v1/auth/second-factor", tag="identity")
Caller = Annotated[Principal, requires()]


@router.get("", summary="我的第二重验证 My second factor", response_model=FactorState)
async def second_factor(session: Session, principal: Caller, request: Request) -> object:
    office: SignIn = request.app.state.sign_in
    return await office.factors.state(session, await account_of(session, principal))


@router.put(
    "",
    summary="绑定身份验证器 Begin with an authenticator",
    response_model=FactorPending,
    responses=problem_responses(WrongPassword, CodeRefused, TooManyTries),
)
async def begin_second_factor(
    session: Session, principal: Caller, body: FactorBegin, request: Request
) -> object:
    """Then confirm it with the first code that it shows."""
    office: SignIn = request.app.state.sign_in
    address = address_of(request.scope)
    await verify_own(
        office.database, office.guessing, principal, body.password.get_secret_value(), address=address
    )
    account = await account_of(session, principal)
    async with office.database.transaction() as first:  # a code is guessed at as a password is
        await office.guessing.charge(first, login=account.login, address=address)
    await office.factors.prove(session, account, otp=body.otp, recovery=body.recovery_code)
    await office.guessing.refund(session, login=account.login, address=address)
    return await office.factors.begin(session, principal, account)


@router.put(
    "/confirmation",
    summary="确认身份验证器 Confirm the authenticator",
    response_model=RecoveryCodes,
    responses=problem_responses(CodeRefused, NothingToConfirm),
)
async def confirm_second_factor(
    session: Session, principal: Caller, body: FactorConfirm, request: Request
) -> object:
    """Tells ten recovery codes, once. Sign in again with a code afterwards."""
    office: SignIn = request.app.state.sign_in
    return await office.factors.confirm(session, principal, await account_of(session, principal), body.otp)
