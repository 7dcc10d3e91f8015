"""The services' own sign-in at the gateway: each reads its neighbours' event feeds, and which tokens ended, as
itself."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import asyncpg
from sqlalchemy.engine import make_url

SCOPES = ("endings:read", "events:read")

_PUT = """
INSERT INTO client (
    client_id, name, secret_sha256, scopes, usccs, every_enterprise, purposes, of_installation, created_at)
VALUES ($1, $2, $3, $4, '{}', true, '{}', true, now())
ON CONFLICT (client_id) DO UPDATE SET secret_sha256 = excluded.secret_sha256, scopes = excluded.scopes
WHERE (client.secret_sha256, client.scopes) IS DISTINCT FROM (excluded.secret_sha256, excluded.scopes)
"""


async def provide(gateway_database_url: str, secrets: Mapping[str, str]) -> None:
    """Make or renew the client of each service named in `secrets`; a changed secret holds from then on."""
    plain = make_url(gateway_database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(plain)
    try:
        for service, secret in secrets.items():
            digest = hashlib.sha256(secret.encode()).hexdigest()
            await connection.execute(_PUT, service, f"steppe {service}", digest, list(SCOPES))
    finally:
        await connection.close()
