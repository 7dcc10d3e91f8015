"""Settings of a process, from the environment and from secret files, never from the repository.

Names are `STEPPE_<FIELD>` for what all processes share and `STEPPE_<SERVICE>_<FIELD>` for one service.
A secret may also be a file of that name, in lower case, in the folder `STEPPE_SECRETS_DIR`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Self

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class FromEnvironment(BaseSettings):
    model_config = SettingsConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    @classmethod
    def load(cls, **given: Any) -> Self:
        """Reads the environment and the secrets folder; `given` values win (tests)."""
        folder = os.environ.get("STEPPE_SECRETS_DIR")
        if folder and Path(folder).is_dir():
            return cls(_secrets_dir=folder, **given)
        return cls(**given)


class SharedSettings(FromEnvironment):
    """What every process of one installation must agree on."""

    model_config = SettingsConfigDict(env_prefix="STEPPE_", populate_by_name=True)

    issuer: str = Field(default="http://127.0.0.1:8000", description="`iss` of the tokens to accept")
    jwks_url: str = Field(default="http://127.0.0.1:8000/.well-known/jwks.json")
    gateway_url: str = "http://127.0.0.1:8000"
    log_level: str = "INFO"
    traces_endpoint: str | None = Field(
        default=None,
        validation_alias=AliasChoices("STEPPE_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"),
        description="OTLP/HTTP collector, http://collector:4318; without one no spans are made",
    )
    traces_ratio: float = Field(default=0.1, ge=0, le=1, description="share of the requests that is recorded")
    traces_believe_callers: bool = Field(
        default=False, description="at the gateway: the caller's `sampled` flag decides, as it does inside"
    )
    purposes_file: Path | None = Field(
        default=None, description="what unpublished data may be read for, in place of the list that ships"
    )
    retention_file: Path | None = Field(
        default=None, description="how long the trail is kept, in place of the file that ships"
    )


class ServiceSettings(FromEnvironment):
    """What one service needs; a subclass sets `env_prefix`."""

    database_url: str = Field(description="postgresql+asyncpg://…; `steppe up` starts one where it is unset")
    database_pool: int = Field(default=10, ge=1, le=200)
    receipt_keys: str = Field(description="private JWKS (Ed25519); the first key signs, all verify")
    max_body_bytes: int = Field(default=1024 * 1024, ge=1024)
    max_file_bytes: int = Field(
        default=16 * 1024 * 1024, ge=1024, description="of a file of bulk data; the policy has its own limit"
    )
    max_large_file_bytes: int = Field(
        default=64 * 1024 * 1024,
        ge=1024,
        description="of a file that is kept as it is; the policy has its own limit",
    )
    idempotency_days: int = Field(default=30, ge=1, description="how long stored answers are kept")
    metrics_address: str | None = Field(
        default=None, description="host:port of `GET /metrics`; `steppe serve` gives its own port plus 10"
    )
    rounds: bool = Field(
        default=True, description="whether this process does the service's periodic work too"
    )
    client_secret: str | None = Field(default=None, description="this service's own sign-in at the gateway")
