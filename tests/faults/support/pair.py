"""Gateway and permits as two processes of their own, on databases that outlive them."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from infra.local.stack import Stack, running_stack
from infra.process_table import ProcessSpec
from services.kit.settings import SharedSettings
from services.kit.signing import KeyRing
from tests.faults.support import mortal
from tests.support.stack import TestStack

# No packages: the databases are made by the tests' own fixtures, on whatever server those use.
_TABLE = (
    ProcessSpec("gateway", "gateway.app:create_app", None, 0),
    ProcessSpec("permits", f"{mortal.__name__}:create_app", None, 1),
)
_NOBODY = "http://127.0.0.1:9"


@dataclass
class Pair:
    """Who is killed stays dead until the test starts it again."""

    stack: Stack
    orders: Path

    async def will_die(self, point: str) -> None:
        """Starts the permits process anew, bound to die at `point` (of `mortal.DEATHS`)."""
        self.orders.write_text(point, encoding="utf-8")
        await self.restart()

    async def restart(self) -> None:
        """The plain process, whether one is there or not; ready when this returns."""
        await asyncio.to_thread(self.stack.restart, "permits")

    async def recover(self) -> None:
        """For whoever comes next: the plain process, unless it runs already."""
        if self.orders.exists() or not self.runs:
            self.orders.unlink(missing_ok=True)
            await self.restart()

    @property
    def runs(self) -> bool:
        return psutil.pid_exists(self.pid) and psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE

    def kill(self) -> None:
        self.stack.kill("permits", signal.SIGKILL)

    @property
    def pid(self) -> int:
        return self.stack.pid("permits")

    def seen_from_a_town(self, databases: dict[str, str]) -> TestStack:
        path = self.stack.home / "secrets" / "gateway" / "steppe_gateway_token_keys"
        keys = path.read_text(encoding="utf-8")
        environment = self.stack.environment
        return TestStack(
            urls={name: self.stack.url(name) for name in databases},
            databases=databases,
            apps={},
            token_keys=KeyRing.from_private_jwks(keys),
            private_keys=keys,
            shared=SharedSettings(
                issuer=environment["STEPPE_ISSUER"], jwks_url=environment["STEPPE_JWKS_URL"]
            ),
        )


@contextmanager
def running_pair(home: Path, databases: dict[str, str]) -> Iterator[Pair]:
    """`databases` are the migrated ones of `gateway` and `permits`."""
    orders = home.parent / "orders"
    environ = {
        **os.environ,
        mortal.ORDERS: str(orders),
        "STEPPE_CREDIT_URL": _NOBODY,
        "STEPPE_GATEWAY_LIMITS_SCALE": "1000",  # the whole town signs in from one address
        **{f"STEPPE_{name.upper()}_DATABASE_URL": url for name, url in databases.items()},
    }
    with running_stack(home, sample=False, environ=environ, table=_TABLE, restart_on_death=False) as stack:
        yield Pair(stack, orders)
