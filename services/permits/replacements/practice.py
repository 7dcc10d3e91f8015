"""The terms of replacements, from `data/practice.toml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.kit.configuration import ConfigurationError, read_toml, validated
from services.permits.replacements.rules import Practice

PATH = Path(__file__).with_name("data") / "practice.toml"


class TermsInvalid(ConfigurationError):  # noqa: N818 - reads as the sentence it is
    """The terms of replacements cannot be used."""


class _Practice(BaseModel):
    model_config = ConfigDict(extra="forbid")

    apply_within_days: int = Field(ge=0, le=366)
    reissue_within_days: int = Field(ge=0, le=366)
    reissue_counts: Literal["working_days", "calendar_days"]


def load(path: Path = PATH) -> Practice:
    found = validated(_Practice, read_toml(path, TermsInvalid), TermsInvalid)
    return Practice(**found.model_dump())


@lru_cache(maxsize=1)
def practice() -> Practice:
    """The shipped terms, read once per process."""
    return load()
