"""Settings of the permits service (排污许可)."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.kit.settings import ServiceSettings
from services.permits.batches.rules import LEAST_YEARS_KEPT


class PermitsSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="STEPPE_PERMITS_", populate_by_name=True)

    authority: str = Field(
        default="二连浩特市生态环境局", description="发证机关, as it stands on the documents of permits"
    )
    public_url: str | None = Field(
        default=None,
        description="where the public reaches the gateway: the QR of a document leads there; unset: STEPPE_GATEWAY_URL",
    )
    credit_url: str = Field(default="http://127.0.0.1:8003", validation_alias="STEPPE_CREDIT_URL")
    record_years: int = Field(
        default=LEAST_YEARS_KEPT,
        ge=LEAST_YEARS_KEPT,
        le=100,
        description="how long ledger and monitoring records are kept (条例 art. 19, 21: five years at least)",
    )
