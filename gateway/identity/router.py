"""HTTP of identity: tokens, keys, and who am I."""

import base64
import re
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import SecretStr, TypeAdapter

from gateway.guessing.errors import TooManyTries
from gateway.identity import service
from gateway.identity.errors import (
    InvalidClient,
    InvalidGrant,
    InvalidScope,
    InvalidTokenRequest,
    Spent,
    UnsupportedGrantType,
)
from gateway.identity.office import SignIn, Visit
from gateway.identity.password_grant import Credentials, by_password
from gateway.identity.schemas import TOKEN_EXCHANGE, Login, Me, Secret, TokenAnswer, TokenRequest
from gateway.passage import address_of
from services.kit.auth import Principal, requires
from services.kit.errors import answer, from_validation
from services.kit.findings import FieldError
from services.kit.problems import Problem
from services.kit.requests import InvalidForm
from services.kit.routing import Handler, Session, WithoutToken, problem_responses
from services.kit.routing import router as new_router
from services.kit.texts import Text


class TokenRoute(WithoutToken):
    """Refuses a malformed form as RFC 6749 5.2 says, with 400 and `error`, which OAuth libraries understand."""

    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()

        async def answering(request: Request) -> Response:
            try:
                return await handler(request)
            except InvalidForm as problem:
                raise InvalidTokenRequest(errors=problem.errors) from problem
            except RequestValidationError as error:
                raise _refusal(from_validation(list(error.errors())).errors) from error

        return answering


def _refusal(errors: tuple[FieldError, ...]) -> Problem:
    unknown_grant = any(error.pointer == "/grant_type" and error.code == "literal_error" for error in errors)
    return UnsupportedGrantType(errors=errors) if unknown_grant else InvalidTokenRequest(errors=errors)


router = new_router("", tag="identity")
sign_in = APIRouter(tags=["identity"], route_class=TokenRoute)
_LOGIN: TypeAdapter[str] = TypeAdapter(Login)
_SECRET: TypeAdapter[SecretStr] = TypeAdapter(Secret)
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]+")
_REQUIRED = Text(zh="此授权方式需要该参数", en="this grant needs it")


@sign_in.post(
    "/v1/auth/token",
    summary="登录 Sign in (OAuth 2.0)",
    response_model=TokenAnswer,
    response_model_exclude_none=True,
    responses=problem_responses(
        InvalidGrant, InvalidScope, InvalidTokenRequest, UnsupportedGrantType, InvalidClient, TooManyTries
    ),
)
async def token(
    form: Annotated[TokenRequest, Form()], request: Request, response: Response, session: Session
) -> object:
    """Takes `Idempotency-Key` like every POST, and ignores it: an answer with tokens in it is never stored."""
    response.headers["cache-control"] = "no-store"
    office: SignIn = request.app.state.sign_in
    if form.grant_type == "password":
        login, password = _needed(form, "username", "password")
        given = Credentials(
            login=login,
            password=password,
            scope=form.scope,
            otp=form.otp.replace(" ", "") if form.otp else None,
            recovery_code=form.recovery_code,
        )
        return await by_password(session, office, given, visit=visit_of(request))
    if form.grant_type == "refresh_token":
        (refresh,) = _needed(form, "refresh_token")
        try:
            return await service.by_refresh_token(
                session, office, token=refresh, scope=form.scope, client_id=form.client_id
            )
        except Spent as problem:
            return answer(request, problem)  # returned, not raised: the revocation commits
    if form.grant_type == "authorization_code":
        names = ("code", "client_id", "redirect_uri", "code_verifier")
        try:
            return await request.app.state.redeem(session, office, *_needed(form, *names))
        except Spent as problem:
            return answer(request, problem)  # as above
    if form.grant_type == TOKEN_EXCHANGE:
        _needed(form, "subject_token", "subject_token_type")
        return await request.app.state.token_exchange(session, office, form)
    client_id, secret = _client(form, request)
    return await service.by_client_credentials(
        session, office, client_id=client_id, secret=secret, scope=form.scope
    )


def visit_of(request: Request) -> Visit:
    client = _UNPRINTABLE.sub(" ", request.headers.get("user-agent", ""))[:200].strip()
    return Visit(address=address_of(request.scope), client=client or None)


def _needed(form: TokenRequest, *names: str) -> list[str]:
    values = [getattr(form, name) for name in names]
    errors = [
        FieldError(f"/{name}", "missing", _REQUIRED)
        for name, value in zip(names, values, strict=True)
        if value is None
    ]
    if errors:
        raise InvalidTokenRequest(errors=errors)
    return [value.get_secret_value() if isinstance(value, SecretStr) else value for value in values]


def _client(form: TokenRequest, request: Request) -> list[str]:
    """The client's name and secret: from `Authorization: Basic` (RFC 6749 2.3.1) or from the form."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return _needed(form, "client_id", "client_secret")
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        return [_LOGIN.validate_python(name), _SECRET.validate_python(secret).get_secret_value()]
    except ValueError as error:  # no base64, no UTF-8, or not of the form of a name and a secret
        raise InvalidClient() from error


@sign_in.get("/.well-known/jwks.json", summary="访问令牌验证公钥 Keys that check access tokens")
async def jwks(request: Request, response: Response) -> dict[str, Any]:
    response.headers["cache-control"] = "public, max-age=300"
    keys: dict[str, Any] = request.app.state.sign_in.mint.keys.public_jwks()
    return keys


@router.get("/v1/auth/me", summary="当前账号 Who am I", response_model=Me)
async def me(principal: Annotated[Principal, requires()]) -> object:
    return Me(
        subject=principal.subject,
        name=principal.name,
        roles=list(principal.roles),
        scopes=sorted(principal.scopes),
        usccs=list(principal.usccs),
        every_enterprise=principal.every_enterprise,
        session=principal.session,
        sites=sorted(principal.sites) if principal.sites is not None else None,
        acting_for=principal.acting_for,
    )
