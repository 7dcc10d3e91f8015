"""The five processes of Steppe: their names, applications, packages with migrations, and usual ports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """One process: it listens on one port, owns one database and reads its settings from the environment."""

    name: str
    application: str
    """`module:function`; the function takes nothing and returns the ASGI application."""
    package: str | None
    """The package whose migrations make its database; None where it has no database."""
    port_offset: int
    """Its port is the gateway's plus this."""

    @property
    def default_port(self) -> int:
        return DEFAULT_PORT + self.port_offset

    @property
    def database(self) -> str:
        return f"steppe_{self.name}"

    @property
    def database_variable(self) -> str:
        return f"STEPPE_{self.name.upper()}_DATABASE_URL"


DEFAULT_PORT = 8000
METRICS_OFFSET = 10
"""A process's `/metrics` is at its port plus this, on loopback, unless it is told another address."""

PROCESSES: tuple[ProcessSpec, ...] = (
    ProcessSpec("gateway", "gateway.app:create_app", "gateway", 0),
    ProcessSpec("permits", "services.permits.app:create_app", "services.permits", 1),
    ProcessSpec("waste", "services.waste.app:create_app", "services.waste", 2),
    ProcessSpec("credit", "services.credit.app:create_app", "services.credit", 3),
    ProcessSpec("emergency", "services.emergency.app:create_app", "services.emergency", 4),
)


def named(name: str, table: Sequence[ProcessSpec] = PROCESSES) -> ProcessSpec:
    """The process of that name; ValueError that lists the names where there is none."""
    for spec in table:
        if spec.name == name:
            return spec
    raise ValueError(f"no process is called {name!r}; there are: {', '.join(spec.name for spec in table)}")
