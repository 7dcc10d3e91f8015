"""What is measured: nginx, this gateway as in production, and a naive forwarder, all in front of one service."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.bench import nginx
from infra.bench.accounts import add_account, sign_in
from infra.bench.processor import give_cores
from infra.local import ports
from infra.local.environment import HOST
from infra.local.postgres import THROWAWAY_SETTINGS
from infra.local.stack import running_stack
from infra.local.waiting import wait_until
from infra.process_table import PROCESSES
from services.kit.identifiers.make import make_uscc

PATH = "/v1/permits/permits"
_LOGIN = "caller01"


@dataclass(frozen=True, slots=True)
class Contender:
    """A proxy that listens on this machine."""

    name: str
    port: int
    pid: int
    path: str = PATH

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}{self.path}"


@dataclass(frozen=True, slots=True)
class Field:
    """Everything that takes part in a run. `service` is what stands behind the three."""

    service: Contender
    nginx: Contender
    steppe: Contender
    naive: Contender

    @property
    def proxies(self) -> tuple[Contender, Contender, Contender]:
        return self.nginx, self.steppe, self.naive

    def token(self) -> str:
        """A fresh access token of an enterprise's account."""
        return sign_in(self.steppe.port, _LOGIN)


@contextmanager
def running_field() -> Iterator[Field]:
    """All of them up. The contenders share one core, the service and the load the rest."""
    with ExitStack() as stack:
        service_port, service_pid = stack.enter_context(nginx.service())
        nginx_port, nginx_pid = stack.enter_context(nginx.proxy(service_port))
        naive_port, naive_pid = stack.enter_context(_naive(service_port))
        steppe_port, steppe_pid = stack.enter_context(_steppe(service_port))
        field = Field(
            service=Contender("service alone", service_port, service_pid),
            nginx=Contender("nginx proxy_pass", nginx_port, nginx_pid),
            steppe=Contender("steppe gateway", steppe_port, steppe_pid),
            naive=Contender("FastAPI + httpx", naive_port, naive_pid),
        )
        give_cores(contenders=[each.pid for each in field.proxies], others=[service_pid, os.getpid()])
        yield field


@contextmanager
def _steppe(service_port: int) -> Iterator[tuple[int, int]]:
    """As `steppe up` starts it: a real database and policy, tokens, limits, access log in a file, traces exported."""
    service = f"http://{HOST}:{service_port}"
    environ = {**os.environ, **_settings(service)}
    with (
        tempfile.TemporaryDirectory(prefix="steppe-bench-", ignore_cleanup_errors=True) as folder,
        running_stack(
            Path(folder) / "home",
            sample=False,
            settings=THROWAWAY_SETTINGS,
            environ=environ,
            table=PROCESSES[:1],
        ) as stack,
    ):
        add_account(stack, _LOGIN, "enterprise", uscc=make_uscc(region="152501", serial=1))
        yield stack.port, stack.pid("gateway")


def _settings(service: str) -> dict[str, str]:
    return {
        **{f"STEPPE_{name}_URL": service for name in ("PERMITS", "WASTE", "CREDIT", "EMERGENCY")},
        "OTEL_EXPORTER_OTLP_ENDPOINT": service,
        "STEPPE_GATEWAY_LIMITS_SCALE": "1000000",  # counted like any other, and never reached
    }


@contextmanager
def _naive(service_port: int) -> Iterator[tuple[int, int]]:
    port = ports.free_port(PROCESSES[:1])
    command = [sys.executable, "-m", "uvicorn", "infra.bench.naive:app", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--log-level", "warning"],
        env={**os.environ, "STEPPE_BENCH_SERVICE": f"http://{HOST}:{service_port}"},
    )
    try:
        if not wait_until(lambda: not ports.is_free(port), seconds=30):
            raise RuntimeError("the naive forwarder did not start")
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=10)
