"""What violations are worth and when they are severe, as this installation has it: what ships, or a city's own file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.kit.configuration import ConfigurationError, read_toml, validated
from services.permits.violations.rules import Penalty, Severity
from services.permits.violations.rules_frequency import Grace

SHIPPED = Path(__file__).with_name("data") / "violations.toml"


class ViolationsFileError(ConfigurationError):
    """The file cannot be used; its text says why."""


class _Severity(BaseModel):
    model_config = ConfigDict(extra="forbid")

    factors: dict[Literal["I", "II"], Decimal] = Field(min_length=2)
    toxic: frozenset[str]
    chronic_months: int = Field(ge=1)
    chronic_window: int = Field(ge=1)
    late_days: int = Field(ge=0)


class _Penalty(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kinds: tuple[str, ...] = Field(min_length=1)
    article: str
    item: str
    min_yuan: int = Field(ge=0)
    max_yuan: int = Field(ge=0)
    serious_max_yuan: int | None = None
    each_time: bool
    since: date
    until: date | None = None
    seen: Literal["verified", "memory"]
    zh: str
    en: str


class _Frequency(BaseModel):
    model_config = ConfigDict(extra="forbid")

    grace_days: int = Field(default=15, ge=0)
    lookback_days: int = Field(default=92, ge=31, le=400)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    severity: _Severity
    frequency: _Frequency = _Frequency()
    penalty: list[_Penalty]


@dataclass(frozen=True, slots=True)
class Configuration:
    """All of it."""

    severity: Severity
    penalties: tuple[Penalty, ...]
    grace: Grace


def load(path: Path) -> Configuration:
    """What a TOML file says, whole. Raises `ViolationsFileError`."""
    content = validated(_File, read_toml(path, ViolationsFileError), ViolationsFileError)
    return Configuration(
        Severity(**content.severity.model_dump()),
        tuple(Penalty(**each.model_dump()) for each in content.penalty),
        Grace(content.frequency.grace_days, content.frequency.lookback_days),
    )


_present = [load(SHIPPED)]


def present() -> Configuration:
    """What holds in this process."""
    return _present[-1]


def use(path: Path | None) -> None:
    """Has this process judge by a city's file; without one, as we ship it."""
    _present[:] = [load(path or SHIPPED)]
