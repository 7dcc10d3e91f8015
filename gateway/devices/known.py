"""The device keys that a gateway knows: a key costs a query when it is new here, and then one in half a minute.

A key is exchanged for an access token of a few minutes, which goes to the services in its place: they check tokens
and know no keys. A change is heard of as it commits and read again every few seconds, as ended sessions are.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
import uuid
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.devices import repository, rules
from gateway.devices.models import Device
from gateway.identity.tokens import Grant, TokenMint
from gateway.sealing import Seal
from services.kit import clock
from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.problems import Unauthorized, Unavailable
from services.kit.recent import CLOCKS
from services.kit.telemetry import log
from services.kit.texts import Text

CHANNEL, PURPOSE = "steppe_devices", "device key"
TOKEN_LIFETIME = timedelta(minutes=5)
FRESH_SECONDS, UNKNOWN_SECONDS = 30.0, 5.0
MOST, MOST_UNKNOWN = 10_000, 1_000
_INVALID = Text(
    zh="设备密钥无效、已过期或已停用", en="The device key does not hold, has expired or was revoked"
)


@dataclass(frozen=True, slots=True)
class _Known:
    """What a key stands for; None in place of a caller: for nothing."""

    caller: tuple[Principal, bytes] | None
    device: uuid.UUID | None
    fresh_until: float
    usable_until: float


class DeviceKeys:
    """Turns a device's key into its caller and the header that the services get."""

    def __init__(
        self,
        database: Database,
        mint: TokenMint,
        seal: Seal,
        *,
        noted_seconds: float = 60,
        most: int = MOST,
    ) -> None:
        self._database, self._seal, self._most = database, seal, most
        self._mint = TokenMint(mint.keys, mint.issuer, TOKEN_LIFETIME)
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        self._unknown: OrderedDict[bytes, _Known] = OrderedDict()
        self._asking: dict[bytes, asyncio.Task[_Known]] = {}
        self._used: dict[uuid.UUID, datetime] = {}
        self._noted_seconds = noted_seconds
        self._note_next = time.monotonic() + noted_seconds

    async def caller(self, key: str) -> tuple[Principal, bytes]:
        """The device and `Bearer …` in place of its key. Unauthorized; Unavailable where nobody can tell."""
        if not rules.is_key(key):
            raise Unauthorized(_INVALID)
        name = hashlib.sha256(key.encode()).digest()
        known = self._known.get(name) or self._unknown.get(name)
        if known is None or known.fresh_until <= time.monotonic():
            known = await self._ask(name, key, known)
        if known.caller is None or known.device is None:
            raise Unauthorized(_INVALID)
        self._used[known.device] = clock.now()
        return known.caller

    async def _ask(self, name: bytes, key: str, stale: _Known | None) -> _Known:
        """Reads it once for all who wait. Where the database is away, what was known holds while its token does."""
        task = self._asking.get(name)
        if task is None:
            task = self._asking[name] = asyncio.create_task(self._read(key))
            task.add_done_callback(lambda done: self._answered(name, done))
        try:
            return await asyncio.shield(task)
        except (OSError, sa.exc.SQLAlchemyError) as error:
            if stale is not None and stale.caller is not None and stale.usable_until > time.monotonic():
                return stale
            log.warning("device_key_unread", error=error)
            raise Unavailable(headers={"Retry-After": "2"}) from error

    def _answered(self, name: bytes, done: asyncio.Task[_Known]) -> None:
        # One that was forgotten while it was being read is read again: a change came in between.
        if self._asking.pop(name, None) is not done or done.cancelled() or done.exception() is not None:
            return
        known = done.result()
        # Keys that stand for nothing, of which anybody can make many, displace none that stand for a device.
        place, most = (self._known, self._most) if known.caller else (self._unknown, MOST_UNKNOWN)
        self._known.pop(name, None)
        place.pop(name, None)
        place[name] = known
        if len(place) > most:
            place.popitem(last=False)

    async def _read(self, key: str) -> _Known:
        begun, moment = time.monotonic(), clock.now()
        async with self._database.transaction() as session:
            found = await repository.by_key(session, self._seal.digests(key, purpose=PURPOSE), moment)
        if found is None:
            return _Known(None, None, begun + UNKNOWN_SECONDS, begun)
        device, row = found
        left = (row.expires_at - moment).total_seconds() if row.expires_at is not None else float("inf")
        grant = _grant(device)
        header = f"Bearer {self._mint.mint(grant)}".encode()
        usable = min(TOKEN_LIFETIME.total_seconds() / 2, left)
        caller = (_principal(grant), header)
        return _Known(caller, device.id, begun + min(FRESH_SECONDS, left), begun + usable)

    def heard(self, device: str) -> None:
        """This device was changed or revoked: its keys are read again before they are believed."""
        self._forget({uuid.UUID(device)})

    async def reread(self, session: AsyncSession) -> None:
        """Forgets what has changed without our hearing, and notes now and then when devices were used."""
        since = clock.now() - timedelta(seconds=FRESH_SECONDS) - CLOCKS
        self._forget(set(await repository.changed_since(session, since)))
        if self._used and time.monotonic() >= self._note_next:
            used, self._used = self._used, {}
            self._note_next = time.monotonic() + self._noted_seconds
            await repository.note_use(session, used)

    def _forget(self, devices: set[uuid.UUID]) -> None:
        if not devices:
            return
        self._asking.clear()  # what is being read may be from before
        for name in [name for name, known in self._known.items() if known.device in devices]:
            del self._known[name]


def _grant(device: Device) -> Grant:
    return Grant(
        subject=f"device.{device.id}",
        name=device.name,
        roles=("device",),
        scopes=frozenset(device.scopes),
        usccs=(device.uscc,),
        every_enterprise=False,
        sites=frozenset(device.sites) if device.sites is not None else None,
    )


def _principal(grant: Grant) -> Principal:
    """As the services will read it from the token."""
    return Principal(
        subject=grant.subject,
        name=grant.name,
        roles=grant.roles,
        scopes=grant.scopes,
        usccs=grant.usccs,
        sites=grant.sites,
    )
