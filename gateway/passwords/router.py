"""HTTP of a change of password."""

from typing import Annotated

from fastapi import Request

from gateway.guessing.errors import TooManyTries
from gateway.passage import address_of
from gateway.passwords import service
from gateway.passwords.errors import WeakPassword, WrongPassword
from gateway.passwords.schemas import PasswordChange
from services.kit.auth import Principal, requires
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router

router = new_router("/v1/auth", tag="identity")


@router.put(
    "/password",
    status_code=204,
    summary="修改密码 Change my password",
    responses=problem_responses(WrongPassword, WeakPassword, TooManyTries),
)
async def change_password(
    session: Session, principal: Annotated[Principal, requires()], body: PasswordChange, request: Request
) -> None:
    """Ends the account's other sessions. Not a POST: what holds a password is not stored to be answered again."""
    old, new = body.old_password.get_secret_value(), body.new_password.get_secret_value()
    office = request.app.state.sign_in
    await service.verify_own(
        office.database, office.guessing, principal, old, address=address_of(request.scope)
    )
    await service.change(session, principal, old=old, new=new)
