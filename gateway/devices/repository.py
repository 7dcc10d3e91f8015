"""SQL of devices."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.devices.models import Device, DeviceKey
from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import within

_EXPIRES = col(DeviceKey.expires_at)


async def devices(
    session: AsyncSession, rows: RowScope, query: PageQuery, *, uscc: str | None, revoked: bool | None
) -> tuple[list[Device], str | None]:
    statement = within(rows, select(Device), col(Device.uscc))
    if uscc is not None:
        statement = statement.where(Device.uscc == uscc)
    if revoked is not None:
        statement = statement.where(col(Device.revoked_at).is_not(None) == sa.literal(revoked))
    return await page(session, statement, by=[(col(Device.id), uuid.UUID)], query=query, descending=True)


async def device(
    session: AsyncSession, rows: RowScope, device_id: uuid.UUID, *, lock: bool = False
) -> Device | None:
    statement = within(rows, select(Device).where(Device.id == device_id), col(Device.uscc))
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def keys_of(
    session: AsyncSession, device_ids: Collection[uuid.UUID], moment: datetime
) -> Sequence[DeviceKey]:
    """Their keys that hold at `moment`, the oldest first."""
    wanted = select(DeviceKey).where(col(DeviceKey.device_id).in_(device_ids), _holds(moment))
    return (await session.exec(wanted.order_by(col(DeviceKey.issued_at), DeviceKey.digest))).all()


async def end_keys(session: AsyncSession, device_id: uuid.UUID, end: datetime) -> None:
    """No key of the device holds longer than until `end`."""
    longer = sa.or_(_EXPIRES.is_(None), end < _EXPIRES)
    ending = sa.update(DeviceKey).where(col(DeviceKey.device_id) == device_id, longer)
    await session.exec(ending.values(expires_at=end))


async def by_key(
    session: AsyncSession, digests: Collection[str], moment: datetime
) -> tuple[Device, DeviceKey] | None:
    """The device whose key has one of these digests, where both hold at `moment`."""
    wanted = (
        select(Device, DeviceKey)
        .join(DeviceKey, col(DeviceKey.device_id) == col(Device.id))
        .where(col(DeviceKey.digest).in_(digests), col(Device.revoked_at).is_(None), _holds(moment))
    )
    return (await session.exec(wanted)).first()


async def changed_since(session: AsyncSession, moment: datetime) -> Sequence[uuid.UUID]:
    return (await session.exec(select(Device.id).where(Device.changed_at > moment))).all()


async def note_use(session: AsyncSession, used: Mapping[uuid.UUID, datetime]) -> None:
    """Writes when devices were used last, all of them in one statement."""
    moments = sa.DateTime(timezone=True)
    told = (
        sa.func.unnest(
            sa.literal(list(used), sa.ARRAY(sa.Uuid())), sa.literal(list(used.values()), sa.ARRAY(moments))
        )
        .table_valued(sa.column("id", sa.Uuid()), sa.column("at", moments))
        .render_derived(name="told")
    )
    newer = sa.or_(col(Device.last_used_at).is_(None), col(Device.last_used_at) < told.c.at)
    writing = sa.update(Device).where(col(Device.id) == told.c.id, newer).values(last_used_at=told.c.at)
    await session.exec(writing.execution_options(synchronize_session=False))


def _holds(moment: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(_EXPIRES.is_(None), moment < _EXPIRES)
