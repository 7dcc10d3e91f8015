"""`steppe serve NAME`: one process of Steppe, on one port, until it is told to end (SIGTERM).

The address is `STEPPE_<NAME>_HOST` (127.0.0.1) and `STEPPE_<NAME>_PORT` (8000 for the gateway, then 8001 to
8004); the application reads its other settings from the environment itself.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from contextlib import suppress
from types import FrameType

import uvicorn

from infra.process_table import METRICS_OFFSET, PROCESSES, ProcessSpec, named
from infra.protocol import HttpProtocol
from services.kit import draining, logs

_DID_NOT_START = 3


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="steppe serve", description="运行一个进程 / run one process")
    parser.add_argument("name", choices=[spec.name for spec in PROCESSES])
    serve(named(parser.parse_args(argv).name))
    return 0


def serve(spec: ProcessSpec) -> None:
    """Answer requests until SIGTERM or SIGINT; SystemExit(3) where the application does not come up.

    SIGTERM ends it in SystemExit(0), once the requests under way are answered.
    """
    prefix = f"STEPPE_{spec.name.upper()}"
    # After its graceful end uvicorn raises the SIGTERM that it caught anew: told to end is no failure.
    signal.signal(signal.SIGTERM, _end)
    port = int(os.environ.get(f"{prefix}_PORT") or spec.default_port)
    # "" is nowhere; on loopback nobody but this machine can ask.
    os.environ.setdefault(f"{prefix}_METRICS_ADDRESS", f"127.0.0.1:{port + METRICS_OFFSET}")
    config = uvicorn.Config(
        spec.application,
        factory=True,
        host=os.environ.get(f"{prefix}_HOST") or "127.0.0.1",
        port=port,
        loop="uvloop",
        http=HttpProtocol,
        ws="none",
        lifespan="on",
        # The application logs; its access log carries what uvicorn's cannot know.
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        # Anybody can send X-Forwarded-For: believed only from the balancers named in uvicorn's own variable.
        proxy_headers="FORWARDED_ALLOW_IPS" in os.environ,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=10,
    )
    server = Server(config)
    try:
        with suppress(KeyboardInterrupt):  # Ctrl-C: uvicorn has ended gracefully and raises it anew
            server.run()
    finally:
        logs.flush()  # a forked process need not reach atexit
    if not server.started:
        sys.exit(_DID_NOT_START)


class Server(uvicorn.Server):
    """Tells those who wait for news that the process ends, so that a long poll does not hold it up."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        draining.begin()
        super().handle_exit(sig, frame)


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)
