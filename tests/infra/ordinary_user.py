"""A program that gives root up, if it has it, and then starts, asks, stops and starts PostgreSQL again."""

from __future__ import annotations

import asyncio
import os
import pwd
import sys
from pathlib import Path

import asyncpg

from infra.local.postgres import EmbeddedPostgres


async def ask(server: EmbeddedPostgres, sql: str) -> object:
    connection = await asyncpg.connect(server.url("postgres", driver="postgresql"))
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


if os.geteuid() == 0:
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)

place = EmbeddedPostgres(Path(sys.argv[1]), settings={"fsync": "off"})
with place:
    asyncio.run(ask(place, "CREATE TABLE kept AS SELECT 42 AS value"))
with place:
    value = asyncio.run(ask(place, "SELECT value FROM kept"))
sys.stdout.write(f"answer {value} uid {os.geteuid()} {place.cluster.stat().st_uid}\n")
