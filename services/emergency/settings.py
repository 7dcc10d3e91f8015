"""Settings of the emergency service (应急物资)."""

from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from services.kit.settings import ServiceSettings


class EmergencySettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="STEPPE_EMERGENCY_")
