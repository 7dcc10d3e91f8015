"""Devices over the wire."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.kit.identifiers.types import PermitNumber, Uscc
from services.kit.schemas import Moment, Name, Schema, Whole

Scope = Annotated[str, Field(pattern=r"^[a-z]{1,20}:[a-z]{1,20}$", examples=["waste:scan"])]


class DeviceCreate(Schema):
    """A device of one enterprise, and what its key may do."""

    uscc: Uscc
    name: Name
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=10)]
    sites: Annotated[list[PermitNumber], Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="permit numbers; null: all of the enterprise"
    )
    expires_at: Moment | None = Field(default=None, description="of its key; null: until it is revoked")


class Rotation(Schema):
    """Another key. The keys of before go on for a while, so that the device can be given the new one."""

    overlap_seconds: Whole = Field(default=0, ge=0, le=7 * 24 * 3600)
    expires_at: Moment | None = None


class KeyRead(Schema):
    """A key without its secret part."""

    hint: str = Field(description="its beginning", examples=["stk_0Ab1Cd2E"])
    issued_at: datetime
    expires_at: datetime | None


class DeviceRead(Schema):
    """A device and its keys that still hold."""

    id: uuid.UUID
    uscc: str
    name: str
    scopes: list[str]
    sites: list[str] | None
    created_by: str
    created_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="to the minute")
    keys: list[KeyRead] = Field(default_factory=list)


class DeviceWithKey(DeviceRead):
    """A device with its new key. The answer to a repeated request goes without the key: rotate it then."""

    key: str | None = Field(default=None, description="told this once", examples=["stk_…"])
