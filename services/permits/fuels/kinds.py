"""The fuels that are known, with their units: the city's own file or the shipped one."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from services.kit.configuration import ConfigurationError, read_toml, validated

SHIPPED = Path(__file__).with_name("data") / "fuels.toml"
_Text = Annotated[str, Field(min_length=1, max_length=100)]
_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,30}$")]


class FuelsError(ConfigurationError):
    """The file of fuels cannot be used; its text says why."""


class Fuel(BaseModel):
    """One fuel, or one bought energy."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: _Text
    en: _Text
    kind: Literal["fuel", "electricity", "heat"]
    unit: Literal["t", "10^4 m3", "MWh", "GJ"]
    sulphur: bool


class _File(RootModel[dict[_Name, Fuel]]):
    pass


@lru_cache(maxsize=8)
def load(path: Path | None = None) -> dict[str, Fuel]:
    """The fuels of a file, or the shipped ones; FuelsError where they are not in their form."""
    content: dict[str, Any] = read_toml(path or SHIPPED, FuelsError)
    return validated(_File, content, FuelsError).root
