"""The permits application, killed from outside its code at one exact point of one request.

What a process is to die of is written in the file named by `STEPPE_FAULT_ORDERS` before it starts. It takes the file
away and dies once; started again without one, it is the plain application.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import NoReturn

import sqlalchemy as sa
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.permits.app import create_app as create_permits

ORDERS = "STEPPE_FAULT_ORDERS"
PATH = "/v1/permits/reports"


def create_app() -> ASGIApp:
    app, orders = create_permits(), Path(os.environ[ORDERS])
    if not orders.exists():
        return app
    death = DEATHS[orders.read_text(encoding="utf-8")]
    orders.unlink()
    return death(app)


def die(*_: object) -> NoReturn:
    """As `kill -9`: no handler, no goodbye to the client or the database."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def _submits(scope: Scope) -> bool:
    return scope["type"] == "http" and (scope["method"], scope["path"]) == ("POST", PATH)


def before_commit(app: FastAPI) -> ASGIApp:
    """Everything is written and flushed; COMMIT has not been sent."""
    submitting: ContextVar[bool] = ContextVar("submitting", default=False)

    def committing(_: sa.Connection) -> None:
        if submitting.get():
            die()

    sa.event.listen(app.state.kit.database.engine.sync_engine, "commit", committing)

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        submitting.set(_submits(scope))
        await app(scope, receive, send)

    return wrapped


def before_answer(app: FastAPI) -> ASGIApp:
    """The work is committed; not one byte of the answer has been sent."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def silenced(message: Message) -> None:
            if message["type"] == "http.response.start":
                die()
            await send(message)

        await app(scope, receive, silenced if _submits(scope) else send)

    return wrapped


def inside_answer(app: FastAPI) -> ASGIApp:
    """The head of the answer is out; its body is not."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def cut_short(message: Message) -> None:
            if message["type"] == "http.response.body":
                die()
            await send(message)

        await app(scope, receive, cut_short if _submits(scope) else send)

    return wrapped


DEATHS: dict[str, Callable[[FastAPI], ASGIApp]] = {
    death.__name__: death for death in (before_commit, before_answer, inside_answer)
}
