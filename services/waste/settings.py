"""Settings of the waste service (危险废物与医疗废物)."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.kit.settings import ServiceSettings


class WasteSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="STEPPE_WASTE_")

    mass_tolerance_percent: Decimal = Field(
        default=Decimal(0),
        ge=0,
        le=10,
        description="how far the arrived mass may differ from the declared one before it is a discrepancy; "
        "Order 23 art. 18 names no tolerance",
    )
