"""Migrations: one alembic history per service, run in the service's own database.

A revision is named after the file it lives in (`YYYY_MM_DD_NNNN`), so that the newest file name is the head and a
start with nothing to do costs one query.
"""

from __future__ import annotations

import asyncio
import importlib
from pathlib import Path
from typing import Any

import asyncpg
import sqlalchemy as sa
from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from services.kit.tables import KIT_METADATA

_LOCK = 152501_0001  # advisory lock: two processes that start together migrate once


def _folder(package: str) -> Path:
    module = importlib.import_module(f"{package}.migrations")
    return Path(str(module.__file__)).parent


def head(package: str) -> str:
    """The newest revision of a package, read off its file names."""
    return max(file.stem[:15] for file in (_folder(package) / "versions").glob("[0-9]*.py"))


def _config(package: str, url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_folder(package)))
    config.attributes["url"] = url
    return config


def run(*metadatas: sa.MetaData) -> None:
    """What each service's `env.py` calls."""
    url = context.config.attributes["url"]
    asyncio.run(_run_online(url, [KIT_METADATA, *metadatas]))


async def _run_online(url: str, metadatas: list[sa.MetaData]) -> None:
    engine = create_async_engine(url, poolclass=sa.pool.NullPool)

    def migrate(connection: sa.Connection) -> None:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        connection.execute(sa.text("SET LOCAL lock_timeout = '5s'"))
        context.configure(connection=connection, target_metadata=metadatas, transactional_ddl=True)
        with context.begin_transaction():
            context.run_migrations()

    async with engine.begin() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


async def _connect(url: str, *, database: str | None = None) -> Any:
    target = make_url(url).set(drivername="postgresql")
    if database is not None:
        target = target.set(database=database)
    return await asyncpg.connect(target.render_as_string(hide_password=False))


async def _prepare(url: str) -> str | None:
    """Makes the database if there is none; the revision it is at, None when empty."""
    name = make_url(url).database
    try:
        connection = await _connect(url)
    except asyncpg.InvalidCatalogNameError:
        admin = await _connect(url, database="postgres")
        try:
            await admin.execute(f'CREATE DATABASE "{name}"')
        except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
            pass  # another process was faster
        finally:
            await admin.close()
        return None
    try:
        if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
            return None
        revision = await connection.fetchval("SELECT version_num FROM alembic_version")
        return str(revision) if revision else None
    finally:
        await connection.close()


def ensure_current(package: str, database_url: str) -> bool:
    """Creates and upgrades the database of `package` as needed; True if anything was done."""
    if asyncio.run(_prepare(database_url)) == head(package):
        return False
    command.upgrade(_config(package, database_url), "head")
    return True


def check(package: str, admin_url: str) -> list[str]:
    """What is wrong with a package's migrations, tried on a throw-away database of the server at `admin_url`."""
    name = f"check_{package.replace('.', '_')}"
    url = make_url(admin_url).set(database=name).render_as_string(hide_password=False)
    asyncio.run(_recreate(admin_url, name))
    problems = []
    config = _config(package, url)
    if ScriptDirectory.from_config(config).get_current_head() != head(package):
        problems.append(f"{package}: the head is not the newest file of migrations/versions")
    command.upgrade(config, "head")
    problems += [
        f"{package}: models and migrations differ: {entry}"
        for entry in asyncio.run(_differences(package, url))
    ]
    command.downgrade(config, "base")
    left = asyncio.run(_tables(url))
    problems += [f"{package}: downgrade leaves {table}" for table in left]
    command.upgrade(config, "head")
    asyncio.run(_recreate(admin_url, name, create=False))
    return problems


async def _recreate(admin_url: str, name: str, *, create: bool = True) -> None:
    admin = await _connect(admin_url)
    try:
        await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        if create:
            await admin.execute(f'CREATE DATABASE "{name}"')
    finally:
        await admin.close()


async def _differences(package: str, url: str) -> list[Any]:
    metadata = importlib.import_module(f"{package}.tables").METADATA
    engine = create_async_engine(url, poolclass=sa.pool.NullPool)

    def compare(connection: sa.Connection) -> list[Any]:
        tables: Any = [KIT_METADATA, metadata]  # alembic takes several; its type says one
        options = {"compare_type": True, "target_metadata": tables}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), tables))

    async with engine.connect() as connection:
        found = await connection.run_sync(compare)
    await engine.dispose()
    return found


async def _tables(url: str) -> list[str]:
    connection = await _connect(url)
    try:
        rows = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' "
            "UNION ALL SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace "
            "WHERE nspname = 'public'"
        )
        return [str(row[0]) for row in rows]
    finally:
        await connection.close()
