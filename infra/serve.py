"""`steppe serve NAME`: one process of Steppe, on one port, until it is told to end (SIGTERM).

The address is `STEPPE_<NAME>_HOST` (127.0.0.1) and `STEPPE_<NAME>_PORT` (8000 for the gateway, then 8001 to
8004), how it ends is `DrainSettings`; the application reads its other settings from the environment itself.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import uvicorn
from pydantic import Field

from infra.guarded import GuardedProtocol
from infra.process_table import METRICS_OFFSET, PROCESSES, ProcessSpec, named
from services.kit import configuration, draining, logs
from services.kit.configuration import ConfigurationError
from services.kit.settings import FromEnvironment

_DID_NOT_START = 3
_SWITCH_SECONDS = 0.0005
"""A thread (spans, log, files) may keep the interpreter from the event loop so long. Python's 5 ms are many answers."""


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="steppe serve", description="运行一个进程 / run one process")
    parser.add_argument("name", choices=[spec.name for spec in PROCESSES])
    serve(named(parser.parse_args(argv).name))
    return 0


def serve(spec: ProcessSpec) -> None:
    """Answer requests until SIGTERM or SIGINT; SystemExit(3) where the application does not come up, 78 where its
    configuration is why.

    SIGTERM ends it in SystemExit(0), once the requests under way are answered.
    """
    _allow_connections()
    prefix = f"STEPPE_{spec.name.upper()}"
    # After its graceful end uvicorn raises the SIGTERM that it caught anew: told to end is no failure.
    signal.signal(signal.SIGTERM, _end)
    port = int(os.environ.get(f"{prefix}_PORT") or spec.default_port)
    # "" is nowhere; on loopback nobody but this machine can ask.
    os.environ.setdefault(f"{prefix}_METRICS_ADDRESS", f"127.0.0.1:{port + METRICS_OFFSET}")
    drain = DrainSettings.load(_env_prefix=f"{prefix}_")
    config = Config(
        spec.application,
        factory=True,
        host=os.environ.get(f"{prefix}_HOST") or "127.0.0.1",
        port=port,
        loop="uvloop",
        http=GuardedProtocol,
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
        timeout_graceful_shutdown=drain.drain_limit,
    )
    server = Server(config, drain)
    try:
        # Ctrl-C: uvicorn has ended gracefully and raises it anew
        with suppress(KeyboardInterrupt), _saying_faults():
            server.run()
    finally:
        logs.flush()  # a forked process need not reach atexit
    if not server.started:
        sys.exit(_DID_NOT_START)


@contextmanager
def _saying_faults() -> Iterator[None]:
    """What was configured and cannot be used is said on standard error, a line for each fault; SystemExit(78)."""
    try:
        yield
    except (ConfigurationError, SystemExit) as error:
        # uvicorn ends a start that failed in SystemExit(3), whatever the reason was.
        reason = configuration.refused() if isinstance(error, SystemExit) else error
        if reason is None:
            raise
        print(f"steppe serve: {reason}", file=sys.stderr)
        sys.exit(configuration.EXIT_CODE)


class DrainSettings(FromEnvironment):
    """`STEPPE_<NAME>_DRAIN_…`, in seconds: how a process ends that was told to."""

    drain_delay: float = Field(default=0.5, ge=0, description="goes on accepting, while it is not ready")
    drain_linger: float = Field(default=0.2, ge=0, description="then waits for requests on open connections")
    drain_limit: int = Field(default=25, ge=1, description="then answers what is under way, at most so long")


class Config(uvicorn.Config):
    """uvicorn's, with the application in its last clothes."""

    def load(self) -> None:
        super().load()
        self.loaded_app = draining.LastAnswers(self.loaded_app)


class Server(uvicorn.Server):
    """Ends without cutting a request: not ready at once, accepting for a while, then answering what is under way.

    Those who wait for news are told at once, so that a long poll does not hold it up.
    """

    def __init__(self, config: uvicorn.Config, drain: DrainSettings) -> None:
        super().__init__(config)
        self._drain = drain
        self._leaves_at: float | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _look_for_garbage_seldom()
        sys.setswitchinterval(_SWITCH_SECONDS)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        again = draining.begun()
        draining.begin()
        super().handle_exit(sig, frame)
        if sig == signal.SIGTERM and not again:
            self.should_exit = False
            self._leaves_at = time.monotonic() + self._drain.drain_delay

    async def on_tick(self, counter: int) -> bool:
        if self._leaves_at is not None and time.monotonic() >= self._leaves_at:
            self.should_exit = True
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """uvicorn closes idle connections at once: a request that is on its way there would be lost."""
        for server in self.servers:
            server.close()
        if self.server_state.connections and not self.force_exit:
            await asyncio.sleep(self._drain.drain_linger)
        await super().shutdown(sockets)


def _look_for_garbage_seldom() -> None:
    """What is here now stays and is never looked through again; a request leaves hardly any cycles behind.

    The interpreter looks after every 700 new objects, which is every few requests: a fourteenth of all time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _allow_connections() -> None:
    """Every connection is an open file, and the usual soft limit is 1024: up to what the system allows us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)
