"""What registrations go by, from `data/practice.toml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from services.kit.configuration import ConfigurationError, read_toml, validated
from services.permits.registrations.rules import Practice

PATH = Path(__file__).with_name("data") / "practice.toml"


class PracticeInvalid(ConfigurationError):  # noqa: N818 - reads as the sentence it is
    """The practice of registrations cannot be used."""


class _Practice(BaseModel):
    model_config = ConfigDict(extra="forbid")

    valid_years: int = Field(ge=1, le=20)
    change_within_days: int = Field(ge=0, le=366)
    renewal_window_days: int = Field(ge=0, le=366)
    marks: str = Field(pattern="^[A-Z]+$")


def load(path: Path = PATH) -> Practice:
    found = validated(_Practice, read_toml(path, PracticeInvalid), PracticeInvalid)
    return Practice(**found.model_dump())


@lru_cache(maxsize=1)
def practice() -> Practice:
    """The shipped practice, read once per process."""
    return load()
