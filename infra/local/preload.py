"""What the fork server imports once, so that five processes need not each spend seconds on it.

Only libraries and the kit: nothing that reads settings, opens a connection or starts a thread.
"""

from __future__ import annotations

import gc
import importlib
import sys
from contextlib import suppress
from types import ModuleType
from typing import cast

MODULES = (
    "fastapi.openapi.utils",
    "sqlmodel",
    "sqlalchemy.ext.asyncio",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "asyncpg",
    "aiohttp",
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


def _preload() -> None:
    # No garbage is made by importing: looking for it costs a tenth of the time.
    gc.disable()
    # structlog takes a quarter of a second to load these, where they are, for colours that no log file shows.
    hidden = [name for name in ("rich", "pygments") if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = cast("ModuleType", None)
    for name in MODULES:
        with suppress(ImportError):  # then the process that needs it says so
            importlib.import_module(name)
    for name in hidden:
        del sys.modules[name]
    # What is here now stays: the children's collections leave these pages shared.
    gc.freeze()
    gc.enable()


_preload()
