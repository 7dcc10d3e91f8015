"""Reads the quotas: from the file that ships, or from the deployment's own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from gateway.limits.rules import Quota
from gateway.policy.rules import Audience, RateClass, audiences_of
from services.kit.configuration import ConfigurationError, read_toml, validated

SHIPPED = Path(__file__).with_name("limits.toml")
UNLIMITED = RateClass.PROBES


class LimitsFileError(ConfigurationError):
    """The file of quotas cannot be used; its text has a line for each fault."""


class _Window(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    window: int = Field(default=60, ge=1, le=86_400)
    public: int = Field(ge=1)


class _Class(_Window):
    """One rate class: requests in `window` seconds, by audience."""

    enterprise: int = Field(ge=1)
    bureau: int = Field(ge=1)
    system: int = Field(ge=1)
    reader: int = Field(ge=1)
    device: int = Field(ge=1)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    reads: _Class
    submissions: _Class
    # A deployment's file of before this class was there stays good.
    comments: _Class = _Class(
        window=3600, public=20, enterprise=20, bureau=60, system=60, reader=20, device=20
    )
    bulk: _Class
    devices: _Class
    sign_in: _Class
    credentials: _Window


class Quotas:
    """The quota of a caller in a rate class; `scale` multiplies all of them."""

    def __init__(self, file: _File, *, scale: float = 1.0) -> None:
        self._quotas: Mapping[tuple[RateClass, Audience], Quota] = {
            (rate, audience): _quota(rate, getattr(file, rate), audience, scale)
            for rate in RateClass
            if rate is not UNLIMITED
            for audience in Audience
        }
        self.credentials = _quota("credentials", file.credentials, Audience.PUBLIC, scale)
        self.of_roles = lru_cache(maxsize=1024)(self._of_roles)

    def of_public(self, rate: RateClass) -> Quota:
        return self._quotas[rate, Audience.PUBLIC]

    def _of_roles(self, rate: RateClass, roles: tuple[str, ...]) -> Quota:
        """A caller of several kinds has the largest; one of none has the public's."""
        kinds = audiences_of(roles) or {Audience.PUBLIC}
        return max((self._quotas[rate, kind] for kind in kinds), key=lambda quota: quota.amount)


def _quota(name: str, limits: _Window, audience: Audience, scale: float) -> Quota:
    # Who has not finished signing in has no more than the public.
    kind = Audience.PUBLIC if audience is Audience.RESTRICTED else audience
    return Quota(name, max(1, round(getattr(limits, kind) * scale)), limits.window)


def load(path: Path = SHIPPED, *, scale: float = 1.0) -> Quotas:
    """Raises LimitsFileError that names every fault."""
    return Quotas(validated(_File, read_toml(path, LimitsFileError), LimitsFileError), scale=scale)
