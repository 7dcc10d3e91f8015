"""HTTP of devices, for the enterprises that own them and for the bureau."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from gateway.devices import service
from gateway.devices.errors import DeviceRevoked, InvalidDevice
from gateway.devices.schemas import DeviceCreate, DeviceRead, DeviceWithKey, Rotation
from gateway.identity.office import SignIn
from gateway.sealing import Seal
from services.kit.auth import Principal, requires
from services.kit.identifiers.types import Uscc
from services.kit.pages import Paging
from services.kit.problems import NotFound
from services.kit.routing import Session, Transactional, problem_responses
from services.kit.schemas import Id, Page


class TellsKey(Transactional):
    """Its answer has a new key in it, which is not stored for a repeated answer."""

    withheld = frozenset({"key"})


router = APIRouter(prefix="/v1/devices", tags=["devices"], route_class=TellsKey)
Keeper = Annotated[Principal, requires("devices:manage")]


def _seal(request: Request) -> Seal:
    office: SignIn = request.app.state.sign_in
    return office.factors.seal


@router.get("", summary="设备列表 Devices", response_model=Page[DeviceRead])
async def list_devices(
    session: Session,
    principal: Keeper,
    query: Paging,
    uscc: Uscc | None = None,
    revoked: Annotated[bool | None, Query(description="only those that are, or are not")] = None,
) -> object:
    """The newest first, with their keys that hold."""
    return await service.list_devices(session, principal, query, uscc=uscc, revoked=revoked)


@router.post(
    "",
    status_code=201,
    summary="登记设备 Register a device",
    response_model=DeviceWithKey,
    responses=problem_responses(InvalidDevice),
)
async def register_device(
    session: Session, principal: Keeper, body: DeviceCreate, request: Request
) -> object:
    """Tells its key, once: it goes into `Authorization: Bearer stk_…` of the device's requests."""
    return await service.register(session, principal, body, seal=_seal(request))


@router.get(
    "/{device_id}",
    summary="设备 A device",
    response_model=DeviceRead,
    responses=problem_responses(NotFound),
)
async def read_device(session: Session, principal: Keeper, device_id: Id) -> object:
    return await service.read(session, principal, device_id)


@router.post(
    "/{device_id}/rotation",
    status_code=201,
    summary="更换设备密钥 Give a device another key",
    response_model=DeviceWithKey,
    responses=problem_responses(NotFound, DeviceRevoked, InvalidDevice),
)
async def rotate_device_key(
    session: Session, principal: Keeper, device_id: Id, body: Rotation, request: Request
) -> object:
    return await service.rotate(session, principal, device_id, body, seal=_seal(request))


@router.delete(
    "/{device_id}",
    status_code=204,
    summary="停用设备 Revoke a device",
    responses=problem_responses(NotFound),
)
async def revoke_device(session: Session, principal: Keeper, device_id: Id) -> None:
    """Its keys end at every gateway within seconds. The device stays in the list."""
    await service.revoke(session, principal, device_id)
