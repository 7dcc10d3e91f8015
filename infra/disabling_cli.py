"""`steppe client disable` and `steppe app disable`: a system or an app that is not to come in any more, at once.

On the machine, as they were added. What they hold is refused by every gateway and service as the change commits.
"""

from __future__ import annotations

import argparse
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.identity.models import App, Client
from gateway.noticeboard import notify
from gateway.sessions import service as sessions
from gateway.sessions.ended import CHANNEL
from gateway.sessions.models import AccountSession
from infra.accounts import SYSTEM, RefusedError, write
from infra.accounts_cli import run
from services.kit import audit, clock


def client_main(argv: list[str]) -> int:
    """Disable a system: 0, 1 where there is no such one or no database, 2 for bad usage."""
    parser, client_id = _asked(argv, "client", "停用系统客户端 / a system may not sign in any more")

    async def disable(session: AsyncSession) -> None:
        _disabled(session, await session.get(Client, client_id), "client", client_id)
        await session.flush()
        await notify(session, CHANNEL, [client_id])

    return run(parser, lambda: _write(disable, f"已停用 · disabled: {client_id}"))


def app_main(argv: list[str]) -> int:
    """Disable an app: nobody signs in to it any more, and its sessions end; exit codes as above."""
    parser, client_id = _asked(
        argv, "app", "停用第三方应用 / nobody signs in to an app any more, and its sessions end"
    )

    async def disable(session: AsyncSession) -> None:
        _disabled(session, await session.get(App, client_id), "app", client_id)
        of_app = select(AccountSession).where(
            AccountSession.app == client_id, col(AccountSession.ended_at).is_(None)
        )
        living = (await session.exec(of_app.order_by(col(AccountSession.id)).with_for_update())).all()
        await sessions.end_rows(session, SYSTEM, list(living), because="revoked")

    return run(parser, lambda: _write(disable, f"已停用 · disabled: {client_id}"))


def _asked(argv: list[str], word: str, description: str) -> tuple[argparse.ArgumentParser, str]:
    parser = argparse.ArgumentParser(prog=f"steppe {word} disable", description=description)
    parser.add_argument("client_id", metavar="CLIENT_ID")
    return parser, str(parser.parse_args(argv).client_id)


def _disabled(session: AsyncSession, found: Client | App | None, entity: str, client_id: str) -> None:
    if found is None or found.disabled_at is not None:
        raise RefusedError(
            f"没有这个 {entity}，或已停用 · no such {entity}, or disabled already: {client_id}"
        )
    found.disabled_at = clock.now()
    session.add(found)
    audit.record(session, SYSTEM, action=f"gateway.{entity}_disabled.v1", entity=entity, entity_id=client_id)


async def _write(work: Any, said: str) -> None:
    await write(work, taken="")
    print(said)
