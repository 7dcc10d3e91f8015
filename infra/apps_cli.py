"""`steppe app add`: an app of somebody else's that people may sign in to (authorization code with PKCE)."""

from __future__ import annotations

import argparse

from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.apps.rules import may_be_given, redirect_fault
from gateway.identity.models import App
from gateway.identity.rules import ALL_SCOPES
from infra.accounts import SYSTEM, write
from infra.accounts_cli import login_text, name_text, run
from services.kit import audit, clock

SCOPES = sorted(filter(may_be_given, ALL_SCOPES))


def main(argv: list[str]) -> int:
    """Add an app: 0, 1 where it is refused (the name is taken, no database), 2 for bad usage."""
    parser = argparse.ArgumentParser(
        prog="steppe app add",
        description="登记第三方应用 / register an app that people sign in to; it has no secret, PKCE binds its codes",
    )
    parser.add_argument("client_id", metavar="CLIENT_ID", type=login_text)
    parser.add_argument(
        "--name", required=True, type=name_text, help="应用名称 / what people are told that it is called"
    )
    parser.add_argument(
        "--redirect-uri",
        action="append",
        required=True,
        type=_redirect,
        dest="redirect_uris",
        metavar="URI",
        help="返回地址，逐字比对 / where people are sent back to, compared as it stands; may be given again",
    )
    parser.add_argument("--scope", action="append", required=True, choices=SCOPES, dest="scopes")
    arguments = parser.parse_args(argv)
    return run(parser, lambda: _add(arguments))


async def _add(arguments: argparse.Namespace) -> None:
    app = App(
        client_id=arguments.client_id,
        name=arguments.name,
        redirect_uris=sorted(set(arguments.redirect_uris)),
        scopes=sorted(set(arguments.scopes)),
        created_at=clock.now(),
    )

    async def add(session: AsyncSession) -> None:
        session.add(app)
        audit.record(
            session,
            SYSTEM,
            action="gateway.app_added.v1",
            entity="app",
            entity_id=app.client_id,
            after=app.model_dump(include={"name", "redirect_uris", "scopes"}),
        )

    await write(add, taken=app.client_id)
    print(f"应用已登记 · app registered: {app.client_id} ({', '.join(app.scopes)})")


def _redirect(text: str) -> str:
    fault = redirect_fault(text)
    if fault is not None:
        raise argparse.ArgumentTypeError(f"{text}: {fault}")
    return text
