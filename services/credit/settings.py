"""Settings of the credit service (环境信用)."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.kit.settings import ServiceSettings


class CreditSettings(ServiceSettings):
    """`STEPPE_CREDIT_…`; the neighbours' addresses are `STEPPE_<SERVICE>_URL`."""

    model_config = SettingsConfigDict(env_prefix="STEPPE_CREDIT_", populate_by_name=True)

    log_key: str = Field(description="private JWKS (Ed25519): its first key signs the log's checkpoints")
    log_origin: str = Field(
        default="steppe.example/credit",
        pattern=r"^[^\s+]+$",
        description="the log's name for ever: it stands in every checkpoint. One of your own for each city",
    )
    statement_days: int = Field(
        default=7,
        ge=1,
        le=31,
        description="how long a statement holds: offline it cannot learn of a later repair (order 36 of 2025)",
    )
    permits_url: str = Field(default="http://127.0.0.1:8001", validation_alias="STEPPE_PERMITS_URL")
    waste_url: str = Field(default="http://127.0.0.1:8002", validation_alias="STEPPE_WASTE_URL")
    emergency_url: str = Field(default="http://127.0.0.1:8004", validation_alias="STEPPE_EMERGENCY_URL")
