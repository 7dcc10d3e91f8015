"""Settings of the waste service (危险废物与医疗废物)."""

from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from services.kit.settings import ServiceSettings


class WasteSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="STEPPE_WASTE_")
