"""HTTP of apps: the authorization endpoint of OAuth 2.0 for people, and where its parts are (RFC 8414).

No cookie is set: who allows an app signs in on the very page that asks, so no other page can do it in a person's name.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from pydantic import TypeAdapter, ValidationError

from gateway.apps import pages, repository, rules, service
from gateway.apps.schemas import Consent
from gateway.identity.models import App
from gateway.identity.office import SignIn
from gateway.identity.password_grant import Credentials
from gateway.identity.router import visit_of
from gateway.identity.schemas import Login
from services.kit.problems import Problem
from services.kit.routing import Session, WithoutToken
from services.kit.texts import language_of

router = APIRouter(include_in_schema=False, route_class=WithoutToken)
_LOGIN: TypeAdapter[str] = TypeAdapter(Login)


@router.get("/authorize")
async def authorization_page(request: Request, session: Session) -> Response:
    """The form, where an app asks rightly; else back to it with the error, or, where it is not known, nowhere."""
    given = request.query_params
    known: dict[str, Any] = {name: given[name] for name in pages.KEPT if name in given}
    asked = Consent.model_construct(**known, decision="deny")
    app = await _app(session, asked)
    if app is None or any(len(given.getlist(name)) > 1 for name in ("client_id", "redirect_uri")):
        return pages.refused(request)
    twice = any(len(given.getlist(name)) > 1 for name in given)
    fault = rules.Fault.INVALID_REQUEST if twice else rules.fault_of(_asked(asked), app.scopes)
    if fault is not None:
        return _back(request, asked, error=fault.value)
    return pages.form(request, app, asked, sorted(_asked(asked).scopes))


@router.post("/authorize")
async def authorize(request: Request, session: Session, form: Annotated[Consent, Form()]) -> Response:
    """Back to the app with a code, or with its refusal; the form again where signing in failed."""
    app = await _app(session, form)
    if app is None:
        return pages.refused(request)
    asked = _asked(form)
    fault = rules.fault_of(asked, app.scopes)
    if fault is None and form.decision == "deny":
        fault = rules.Fault.ACCESS_DENIED
    if fault is not None:
        return _back(request, form, error=fault.value)
    office: SignIn = request.app.state.sign_in
    try:
        code = await service.authorize(
            session,
            office,
            app,
            asked,
            Credentials(
                login=_login(form.username),
                password=form.password.get_secret_value(),
                scope=None,
                otp=form.otp.replace(" ", "") or None,
            ),
            redirect_uri=form.redirect_uri,
            visit=visit_of(request),
        )
    except service.NothingToGive:
        return _back(request, form, error=rules.Fault.INVALID_SCOPE.value)
    except Problem as problem:
        language = language_of(request.headers.get("accept-language"))
        why = (problem.detail or problem.title).say(language)
        answer = pages.form(request, app, form, sorted(asked.scopes), failure=why, status=problem.status)
        answer.headers.update(problem.headers)
        return answer
    return _back(request, form, code=code)


@router.get("/.well-known/oauth-authorization-server")
async def authorization_server(request: Request) -> dict[str, Any]:
    issuer = request.app.state.sign_in.mint.issuer
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/v1/auth/token",
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "authorization_response_iss_parameter_supported": True,
        "service_documentation": f"{issuer}/docs",
    }


async def _app(session: Session, asked: Consent) -> App | None:
    """The app, where the address to return to is one of its own, letter for letter."""
    app = await repository.living_app(session, asked.client_id) if asked.client_id else None
    return app if app is not None and asked.redirect_uri in app.redirect_uris else None


def _asked(given: Consent) -> rules.Asked:
    return rules.Asked(
        response_type=given.response_type or "",
        scopes=frozenset((given.scope or "").split()),
        state=given.state or None,
        code_challenge=given.code_challenge or "",
        code_challenge_method=given.code_challenge_method or "",
    )


def _login(text: str) -> str:
    """A name that nobody can have is as unknown as any other."""
    try:
        return _LOGIN.validate_python(text)
    except ValidationError:
        return "-"


def _back(request: Request, asked: Consent, **members: str) -> Response:
    issuer = request.app.state.sign_in.mint.issuer
    where = rules.answered(asked.redirect_uri, **members, state=asked.state, iss=issuer)
    headers = {"location": where, "cache-control": "no-store", "referrer-policy": "no-referrer"}
    return Response(status_code=303, headers=headers)
