"""The limiter that the settings ask for."""

from __future__ import annotations

from gateway.limits import quotas
from gateway.limits.counters import open_counters
from gateway.limits.limiter import Limiter
from gateway.settings import GatewaySettings


def open_limiter(settings: GatewaySettings) -> Limiter:
    """Raises LimitsFileError for a file that cannot be used."""
    return Limiter(
        quotas.load(settings.limits_file or quotas.SHIPPED, scale=settings.limits_scale),
        callers=open_counters(settings.limits_url, gateways=settings.limits_gateways),
        addresses=open_counters(settings.limits_url, gateways=settings.limits_gateways),
    )
