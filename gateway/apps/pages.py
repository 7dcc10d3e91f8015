"""The sign-in page of an app: one form, no script, nothing from elsewhere, in nobody's frame."""

from __future__ import annotations

from pathlib import Path

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gateway.apps import texts
from gateway.apps.rules import form_target
from gateway.apps.schemas import Consent
from gateway.identity.models import App
from gateway.portal import assets
from gateway.portal.answers import HTML
from services.kit.texts import Language, language_of

KEPT = (
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
)
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    auto_reload=False,
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def form(
    request: Request,
    app: App,
    asked: Consent,
    scopes: list[str],
    *,
    failure: str | None = None,
    status: int = 200,
) -> Response:
    """The form; `failure` says why it is shown again."""
    language = _language(request)
    return _page(
        language,
        "authorize.html",
        status=status,
        # Some browsers hold the page's form to this after a redirection, too.
        form_action=f"'self' {form_target(asked.redirect_uri)}",
        app=app.name,
        scopes=[texts.said_of(scope, language) for scope in scopes],
        leads_to=asked.redirect_uri,
        kept=[(name, value) for name in KEPT if (value := getattr(asked, name)) is not None],
        username=asked.username,
        failure=failure,
    )


def refused(request: Request) -> Response:
    """For a request that leads nowhere: to whom an answer could go is not known."""
    return _page(_language(request), "refused.html", status=400, form_action="'none'")


def _language(request: Request) -> Language:
    return language_of(request.headers.get("accept-language"))


def _page(language: Language, template: str, *, status: int, form_action: str, **values: object) -> Response:
    said = {name: text.say(language) for name, text in texts.PAGE.items()}
    html = _ENVIRONMENT.get_template(template).render(
        said=said,
        locale=language,
        style=assets.load().url("portal.css"),
        **values,
    )
    headers = {
        "content-security-policy": (
            f"default-src 'none'; style-src 'self'; base-uri 'none'; form-action {form_action}; "
            "frame-ancestors 'none'"
        ),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
        "vary": "Accept-Language",
    }
    return Response(html, status_code=status, media_type=HTML, headers=headers)
