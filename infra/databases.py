"""Roles and databases of an installation: each process signs in as its own role and owns its own database.

The server itself then keeps one service out of another's data. An administrator's URL is needed only here:
the migration job has it, the processes do not.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Any

import asyncpg
from sqlalchemy.engine import URL, make_url

from infra.local.waiting import Say

_ROUNDS = 4096


async def provide(admin_url: str, urls: Iterable[str], say: Say) -> None:
    """Make the roles and databases that `urls` name and `admin_url`'s server does not have yet.

    The passwords of the roles are set to those of the URLs each time, so that a changed secret file holds
    after the next run. URLs of another server, or of the administrator's own role, get no role. ValueError
    for a URL without user or password, or with a password that is not printable ASCII.
    """
    admin = make_url(admin_url)
    targets = [url for url in map(make_url, urls) if (url.host, url.port) == (admin.host, admin.port)]
    plain = admin.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(plain)
    try:
        for url in targets:
            await _provide_one(connection, url, own_role=url.username != admin.username, say=say)
    finally:
        await connection.close()


async def _provide_one(connection: Any, url: URL, *, own_role: bool, say: Say) -> None:
    database = _quoted(str(url.database))
    if own_role:
        await _provide_role(connection, url, say)
    if await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", url.database):
        return
    owner = f" OWNER {_quoted(str(url.username))}" if own_role else ""
    await connection.execute(f"CREATE DATABASE {database}{owner}")
    await connection.execute(f"REVOKE CONNECT, TEMPORARY ON DATABASE {database} FROM PUBLIC")
    say(f"{url.database}: 已创建数据库 · database created")


async def _provide_role(connection: Any, url: URL, say: Say) -> None:
    if not url.username or not url.password:
        raise ValueError(f"the URL of {url.database} needs a user and a password")
    role, verifier = _quoted(url.username), scram_verifier(str(url.password))
    known = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", url.username)
    await connection.execute(f"{'ALTER' if known else 'CREATE'} ROLE {role} LOGIN PASSWORD '{verifier}'")
    if not known:
        # An administrator who is no superuser may give a database only to a role of which they are a member.
        if not await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
            await connection.execute(f"GRANT {role} TO CURRENT_USER")
        say(f"{url.username}: 已创建角色 · role created")


def scram_verifier(password: str) -> str:
    """What PostgreSQL keeps of a password (RFC 5803, SCRAM-SHA-256): sent so, no server log can hold the password.

    ValueError where it is not printable ASCII, for which alone no normalisation (SASLprep) is needed.
    """
    if not (password.isascii() and password.isprintable()):
        raise ValueError("a database password must be printable ASCII")
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, _ROUNDS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    return f"SCRAM-SHA-256${_ROUNDS}:{_base64(salt)}${_base64(stored)}:{_base64(server)}"


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
