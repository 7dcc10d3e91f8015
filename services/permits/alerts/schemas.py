"""Alert periods over the wire."""

import uuid
from typing import Literal

from pydantic import Field

from services.kit.identifiers.types import RegionCode
from services.kit.schemas import LongText, Moment, Schema, ShortText
from services.permits.permits.schemas import AlertLevel

AlertState = Literal["open", "changed", "lifted"]


class AlertCreate(Schema):
    """An alert as the government declared it."""

    level: AlertLevel = Field(description="黄色, 橙色 or 红色预警")
    region_code: RegionCode = Field(
        description="where it holds; a city's or province's code covers what lies in it"
    )
    begins_at: Moment
    ends_at: Moment | None = Field(
        default=None, description="where the declaration says it; else until lifted"
    )
    basis: ShortText = Field(description="the declaration: its number and issuer")


class AlertLifting(Schema):
    """When an alert really ends, and by what."""

    ends_at: Moment = Field(description="equal to `begins_at`: declared by mistake, it never held")
    reason: LongText


class AlertLevelChange(Schema):
    """Another level for the same area, as the government declared it."""

    level: AlertLevel = Field(description="higher: 升级, lower: 降级")
    begins_at: Moment = Field(description="from when on; within the period that it ends")
    ends_at: Moment | None = Field(
        default=None, description="where the declaration says it; else as the period before"
    )
    basis: ShortText = Field(description="the declaration: its number and issuer")


class AlertRescheduling(Schema):
    """Another end for an alert that holds: longer, or sooner."""

    ends_at: Moment | None = Field(description="null: until lifted")
    basis: ShortText = Field(description="the declaration: its number and issuer")


class AlertRead(Schema):
    """An alert that was declared."""

    id: uuid.UUID
    level: AlertLevel
    region_code: str
    region_name: str | None = Field(
        default=None, description="of the division (GB/T 2260); null where the table does not name it"
    )
    begins_at: Moment
    ends_at: Moment | None
    basis: str
    declared_at: Moment
    lifted_at: Moment | None
    lifted_why: str | None
    state: AlertState
    follows: uuid.UUID | None = Field(default=None, description="the period whose level it changed")
    followed_by: uuid.UUID | None = Field(description="the period of the level after it")
