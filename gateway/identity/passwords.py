"""Passwords are kept as argon2id. Checking takes the same time whether the name is known or not."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

_hasher = PasswordHash((Argon2Hasher(),))
# Each check takes 64 MiB and a core: two at a time leave the loop and the machine alive under a flood.
_AT_ONCE = 2
_gate = asyncio.Semaphore(_AT_ONCE)


def hash_password(password: str) -> str:
    return _hasher.hash(password)


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


async def password_holds(password: str, hashed: str | None) -> bool:
    """Whether the password is the hashed one; for an unknown name (`None`) it costs the same and says no."""
    async with _gate:
        against = await asyncio.to_thread(_nobody) if hashed is None else hashed
        holds: bool = await asyncio.to_thread(_hasher.verify, password, against)
    return holds and hashed is not None


def digest(secret: str) -> str:
    """SHA-256 of a random secret: enough for what has 256 bits of entropy."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    return secrets.token_urlsafe(32)
