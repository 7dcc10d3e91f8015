"""Targets of coverage as dated data (`data/targets.toml`)."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from services.kit.configuration import ConfigurationError, read_toml, validated
from services.permits.radar.rules import Target

PATH = Path(__file__).with_name("data") / "targets.toml"


class TargetsInvalid(ConfigurationError):  # noqa: N818 - reads as the sentence it is
    """The targets of coverage cannot be used."""


class _Target(BaseModel):
    model_config = ConfigDict(extra="forbid")

    on: date
    permits: int = Field(ge=0)
    registrations: int = Field(ge=0)
    source: str = Field(min_length=1)


class _Targets(BaseModel):
    model_config = ConfigDict(extra="forbid")

    target: list[_Target]


def load(path: Path = PATH) -> list[Target]:
    found = validated(_Targets, read_toml(path, TargetsInvalid), TargetsInvalid)
    return [Target(**each.model_dump()) for each in found.target]


@lru_cache(maxsize=1)
def targets() -> list[Target]:
    """The shipped targets, read once per process."""
    return load()
