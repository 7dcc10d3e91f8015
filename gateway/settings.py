"""Settings of the gateway."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from gateway.resilience.settings import ResilienceSettings
from services.kit.settings import FromEnvironment


class PolicySettings(FromEnvironment):
    """Who may call what, and how often: without a secret, for the command line that explains it, too."""

    model_config = SettingsConfigDict(env_prefix="STEPPE_GATEWAY_", env_nested_delimiter="__")

    policy_file: Path | None = Field(default=None, description="in place of the policy that ships")
    limits_file: Path | None = Field(default=None, description="in place of the rate limits that ship")
    limits_scale: float = Field(default=1.0, gt=0, description="multiplies every rate limit")
    second_factor_roles: frozenset[str] = Field(
        default=frozenset({"approver", "administrator"}), description="a JSON list: who needs a second factor"
    )


class GatewaySettings(PolicySettings):
    """`STEPPE_GATEWAY_…`; the services' addresses are in `UpstreamSettings`."""

    database_url: str = Field(description="postgresql+asyncpg://…")
    database_pool: int = Field(default=10, ge=1, le=200)
    token_keys: str = Field(
        description="private JWKS (Ed25519) that signs access tokens; the first key signs"
    )
    secret: str = Field(
        description="32 bytes in base64url, several separated by spaces: the first seals and hashes, all open"
    )
    second_factor_drift: int = Field(
        default=1, ge=0, le=10, description="steps of 30 s that a person's clock may be off"
    )
    second_factor_label: str = Field(default="Steppe", description="what authenticator apps show")
    access_minutes: int = Field(default=15, ge=1, le=60)
    refresh_days: int = Field(default=14, ge=1, le=90)
    sign_ins_kept_days: int = Field(
        default=30, ge=1, le=3660, description="after its end, or after it ran out, a sign-in is forgotten"
    )
    account_tries_free: int = Field(
        default=5, ge=1, description="attempts at one account before each has to be waited for"
    )
    account_tries_lock: int = Field(default=10, ge=1, description="attempts that lock an account")
    address_tries_free: int = Field(default=30, ge=1, description="as for an account, from one address")
    address_tries_lock: int = Field(default=200, ge=1)
    lock_minutes: int = Field(default=15, ge=1, le=24 * 60)
    tries_forgotten_hours: int = Field(default=1, ge=1, le=24 * 7)
    notice_poll_seconds: float = Field(
        default=3, gt=0, le=60, description="how often ended sessions are read again, beside the notices"
    )
    rounds: bool = Field(default=True, description="whether this process does the periodic work too")
    device_noted_seconds: float = Field(
        default=60, gt=0, le=3600, description="how often it is noted when devices were used last"
    )
    max_body_bytes: int = Field(default=1024 * 1024, ge=1024)
    issuers_file: Path | None = Field(
        default=None,
        description="TOML: the OIDC issuers whose tokens are exchanged; none is accepted without it",
    )
    metrics_address: str | None = Field(
        default=None, description="host:port of `GET /metrics`; `steppe serve` gives its own port plus 10"
    )
    status_poll_seconds: float = Field(
        default=10, gt=0, description="how often the gateway looks how the services are"
    )
    upstream_pool: int = Field(default=1024, ge=1, description="connections to one instance of a service")
    upstream_connect: float = Field(default=2.0, gt=0, description="seconds for a connection to a service")
    upstream_read: float = Field(default=30.0, gt=0, description="seconds between two pieces of an answer")
    upstream_keep_alive: float = Field(
        default=60.0, ge=0, description="seconds; a service must keep idle connections for longer"
    )
    resilience: ResilienceSettings = ResilienceSettings()
    cors_origins: str = Field(
        default="", description="origins whose pages may call, comma-separated; public reads are open to all"
    )
    cache_mib: int = Field(default=64, ge=0, description="public answers that are kept; 0: none")
    limits_url: str | None = Field(
        default=None, description="redis://… or rediss://…, where several gateways count together"
    )
    limits_gateways: int = Field(
        default=1, ge=1, description="how many count together: the share of each while the store is away"
    )


class UpstreamSettings(FromEnvironment):
    """Where the four services listen: one address, or those of several instances with commas between them."""

    model_config = SettingsConfigDict(env_prefix="STEPPE_")

    permits_url: str = "http://127.0.0.1:8001"
    waste_url: str = "http://127.0.0.1:8002"
    credit_url: str = "http://127.0.0.1:8003"
    emergency_url: str = "http://127.0.0.1:8004"

    def by_service(self) -> dict[str, list[str]]:
        """The addresses of each service's instances, at least one."""
        given = {
            "permits": self.permits_url,
            "waste": self.waste_url,
            "credit": self.credit_url,
            "emergency": self.emergency_url,
        }
        return {name: [url.strip() for url in urls.split(",")] for name, urls in given.items()}
