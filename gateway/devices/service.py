"""Use cases of devices: register, list, another key, revoke. Each change reaches every gateway as it commits."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.devices import repository, rules
from gateway.devices.errors import DeviceRevoked, InvalidDevice
from gateway.devices.known import CHANNEL, PURPOSE
from gateway.devices.models import Device, DeviceKey
from gateway.devices.schemas import DeviceCreate, DeviceRead, DeviceWithKey, KeyRead, Rotation
from gateway.noticeboard import notify
from gateway.sealing import Seal
from services.kit import audit, clock
from services.kit.auth import Principal
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.kit.problems import NotFound
from services.kit.schemas import Page
from services.kit.texts import Text

_NOT_YOURS = Text(zh="只能登记本企业的设备", en="only devices of one's own enterprise")
_BEYOND = Text(zh="不能授予设备该权限", en="this scope cannot be given to a device by you")
_FOREIGN = Text(zh="该许可证不属于该企业", en="this permit is another enterprise's")
_PAST = Text(zh="到期时间须在将来", en="it has to be in the future")


async def list_devices(
    session: AsyncSession, principal: Principal, query: PageQuery, *, uscc: str | None, revoked: bool | None
) -> Page[DeviceRead]:
    found, cursor = await repository.devices(session, principal.rows, query, uscc=uscc, revoked=revoked)
    return Page(items=await _read(session, found), next_cursor=cursor)


async def read(session: AsyncSession, principal: Principal, device_id: uuid.UUID) -> DeviceRead:
    (answer,) = await _read(session, [await _own(session, principal, device_id)])
    return answer


async def register(
    session: AsyncSession, principal: Principal, content: DeviceCreate, *, seal: Seal
) -> DeviceWithKey:
    """A device with its first key, which is told this once."""
    _refuse_faults(principal, content)
    moment = clock.now()
    device = Device(
        id=new_id(),
        uscc=content.uscc,
        name=content.name,
        scopes=sorted(set(content.scopes)),
        sites=sorted(set(content.sites)) if content.sites is not None else None,
        created_by=principal.subject,
        created_at=moment,
        changed_at=moment,
    )
    session.add(device)
    await session.flush()  # its key refers to it
    key = await _issue(session, device, seal, expires_at=content.expires_at)
    after = device.model_dump(include={"uscc", "name", "scopes", "sites"})
    _audit(session, principal, device, "gateway.device_registered.v1", {**after, "key": rules.hint(key)})
    return await _with_key(session, device, key)


async def rotate(
    session: AsyncSession, principal: Principal, device_id: uuid.UUID, content: Rotation, *, seal: Seal
) -> DeviceWithKey:
    """Another key; those of before end after the overlap."""
    device = await _own(session, principal, device_id, lock=True)
    if device.revoked_at is not None:
        raise DeviceRevoked
    findings = Findings()
    _find_past(findings, content.expires_at)
    findings.raise_if_any(InvalidDevice)
    end = clock.now() + timedelta(seconds=content.overlap_seconds)
    await repository.end_keys(session, device.id, end)
    key = await _issue(session, device, seal, expires_at=content.expires_at)
    told = {"key": rules.hint(key), "overlap_seconds": content.overlap_seconds}
    _audit(session, principal, device, "gateway.device_key_rotated.v1", told)
    await _tell(session, device)
    return await _with_key(session, device, key)


async def revoke(session: AsyncSession, principal: Principal, device_id: uuid.UUID) -> None:
    """No key of the device holds any more. Done again it changes nothing."""
    device = await _own(session, principal, device_id, lock=True)
    if device.revoked_at is None:
        device.revoked_at = clock.now()
        await repository.end_keys(session, device.id, device.revoked_at)
        _audit(session, principal, device, "gateway.device_revoked.v1", None)
        await _tell(session, device)


async def _issue(session: AsyncSession, device: Device, seal: Seal, *, expires_at: datetime | None) -> str:
    key = rules.make_key(secrets.choice)
    session.add(
        DeviceKey(
            digest=seal.digest(key, purpose=PURPOSE),
            device_id=device.id,
            hint=rules.hint(key),
            issued_at=clock.now(),
            expires_at=expires_at,
        )
    )
    await session.flush()
    return key


async def _tell(session: AsyncSession, device: Device) -> None:
    device.changed_at = clock.now()
    await session.flush()
    await notify(session, CHANNEL, [str(device.id)])


async def _own(
    session: AsyncSession, principal: Principal, device_id: uuid.UUID, *, lock: bool = False
) -> Device:
    device = await repository.device(session, principal.rows, device_id, lock=lock)
    if device is None:
        raise NotFound
    return device


async def _read(session: AsyncSession, found: Sequence[Device]) -> list[DeviceRead]:
    keys = await repository.keys_of(session, [device.id for device in found], clock.now())
    answers = {device.id: DeviceRead(**device.model_dump(exclude={"changed_at"})) for device in found}
    for key in keys:
        answers[key.device_id].keys.append(KeyRead.model_validate(key))
    return list(answers.values())


async def _with_key(session: AsyncSession, device: Device, key: str) -> DeviceWithKey:
    (told,) = await _read(session, [device])
    return DeviceWithKey(**told.model_dump(), key=key)


def _refuse_faults(principal: Principal, content: DeviceCreate) -> None:
    findings = Findings()
    if not principal.rows.covers(content.uscc):
        findings.add("/uscc", "not_your_enterprise", _NOT_YOURS)
    beyond = rules.beyond(content.scopes, held=principal.scopes, bureau=principal.of_bureau)
    for index, scope in enumerate(content.scopes):
        if scope in beyond:
            findings.add(f"/scopes/{index}", "scope_beyond", _BEYOND)
    for index, site in enumerate(content.sites or ()):
        if not site.startswith(content.uscc):
            findings.add(f"/sites/{index}", "site_of_another", _FOREIGN)
    _find_past(findings, content.expires_at)
    findings.raise_if_any(InvalidDevice)


def _find_past(findings: Findings, expires_at: datetime | None) -> None:
    if expires_at is not None and expires_at <= clock.now():
        findings.add("/expires_at", "in_the_past", _PAST)


def _audit(
    session: AsyncSession, principal: Principal, device: Device, action: str, after: dict[str, object] | None
) -> None:
    audit.record(
        session,
        principal,
        action=action,
        entity="device",
        entity_id=device.id,
        owner=device.uscc,
        after=after,
    )
