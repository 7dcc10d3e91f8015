"""What the fork server imports once, so that five processes need not each spend a second or two on it.

Only libraries and the kit: nothing that reads settings, opens a connection or starts a thread. Where many stacks start
from one fork server (the tests) the applications too, so that only the first pays for them; a stack that runs would
have each process hold the others' applications, 75 MiB.
"""

from __future__ import annotations

import gc
import importlib
import os
from contextlib import suppress

from infra.local.environment import FOR_MANY_STACKS
from infra.process_table import PROCESSES

MODULES = (
    "fastapi.openapi.utils",
    "sqlmodel",
    "sqlalchemy.ext.asyncio",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "asyncpg",
    "httpx",
    "joserfc.jwt",
    "pydantic_settings",
    "structlog",
    "uuid_utils.compat",
    "rfc8785",
    "uvloop",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
    "services.kit.app",
    "services.kit.migrations",
    "infra.local.child",
    "infra.serve",
)
APPLICATIONS = ("infra.migrate", *(spec.application.partition(":")[0] for spec in PROCESSES))


def _preload() -> None:
    # Importing makes no garbage: looking for it costs a tenth of the time.
    gc.disable()
    for name in (*MODULES, *(APPLICATIONS if os.environ.get(FOR_MANY_STACKS) else ())):
        with suppress(Exception):  # then the process that needs it says so
            importlib.import_module(name)
    # What is here now stays: the children's collections leave these pages shared.
    gc.freeze()
    gc.enable()


_preload()
