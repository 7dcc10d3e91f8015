"""Whether this process has been told to end: who waits for something new then answers at once.

Told to end, a process says that it is not ready, goes on accepting for a moment, asks each client to close its
connection, answers what is under way, and ends (`infra.serve`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_told = False
_listeners: list[Callable[[], object]] = []


def begin() -> None:
    """Called by the server when it is told to end; safe within a signal handler."""
    global _told
    _told = True
    for listener in tuple(_listeners):
        listener()


def begun() -> bool:
    return _told


def when_begun(listener: Callable[[], object]) -> Callable[[], None]:
    """Has `listener` called once the process is told to end, perhaps from a signal handler; at once where it was.

    The function that is returned takes it back.
    """
    _listeners.append(listener)
    if begun():
        listener()
    return lambda: _listeners.remove(listener)


class LastAnswers:
    """Once the process is told to end, every answer asks the client to close its connection. Pure ASGI."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if not begun() or scope["type"] != "http":
            return self.app(scope, receive, send)

        async def closing(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(name, value) for name, value in message["headers"] if name != b"connection"]
                message = {**message, "headers": [*kept, (b"connection", b"close")]}
            await send(message)

        return self.app(scope, receive, closing)
