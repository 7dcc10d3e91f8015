"""The averaging rules that a limit has where the permit does not say one: data, read once per process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from services.kit.configuration import ConfigurationError, read_toml, validated
from services.permits.permits.rules_limits import AveragingRule

DATA = Path(__file__).with_name("data") / "averaging.toml"


class AveragingInvalid(ConfigurationError):  # noqa: N818 - reads as the sentence it is
    """The table of averaging rules cannot be used."""


class DefaultAveraging(BaseModel):
    """One entry: for limits of this kind (to this medium, where it says one)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    medium: Literal["air", "water"] | None = None
    period: Literal["instant", "hour", "day", "week", "month", "year"]
    statistic: Literal["value", "mean", "flow_weighted_mean", "sum"]
    minimum_valid: int | None = None
    minimum_unit: Literal["minute", "hour", "day"] | None = None
    source: str
    seen: Literal["verified", "memory"]

    def rule(self) -> AveragingRule:
        return AveragingRule(self.period, self.statistic, self.minimum_valid, self.minimum_unit, self.source)


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid")

    default: list[DefaultAveraging]


@lru_cache(maxsize=1)
def defaults() -> tuple[DefaultAveraging, ...]:
    """The shipped table. AveragingInvalid where the file is not in its form."""
    content = read_toml(DATA, AveragingInvalid)
    return tuple(validated(_Table, content, AveragingInvalid).default)


def default_for(kind: str, medium: str | None) -> AveragingRule | None:
    """The first entry that fits; None where the permit has to say it (kind `concentration`)."""
    for each in defaults():
        if each.kind == kind and each.medium in (None, medium):
            return each.rule()
    return None
