"""Where a request goes: to a service through the proxy, or to the gateway's own endpoints. Plain ASGI."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.proxy import Proxy


class Pipeline:
    """The gateway behind its telemetry."""

    def __init__(self, *, own: ASGIApp, proxy: Proxy) -> None:
        self.own, self.proxy = own, proxy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.proxy.match(scope["raw_path"]) is not None:
            await self.proxy(scope, receive, send)
        elif scope["type"] == "websocket":
            await self.proxy(scope, receive, send)  # refuses it
        else:
            await self.own(scope, receive, send)
