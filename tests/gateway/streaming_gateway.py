"""A gateway in a process of its own, whose memory is its own: takes the service's port, says its own."""

from __future__ import annotations

import asyncio
import sys

import uvloop

from tests.gateway.front import PUBLIC, gate_and_proxy
from tests.gateway.rig import served

ROUTES = {
    "POST /v1/permits/uploads": {**PUBLIC, "rate": "submissions", "max_body_kib": 65536},
    "GET /v1/permits/downloads": PUBLIC,
}


async def main(service_port: int) -> None:
    app, _ = gate_and_proxy(ROUTES, service_port)
    async with served(app) as port:
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
