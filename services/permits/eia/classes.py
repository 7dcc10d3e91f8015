"""Which permit class usually goes with which class of EIA: configuration, `data/classes.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from services.kit.configuration import ConfigurationError, read_toml, validated

SHIPPED = Path(__file__).with_name("data") / "classes.toml"
PermitClass = Literal["key", "simplified", "registration"]


class ClassesError(ConfigurationError):
    """The file of classes cannot be used; its text says why."""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    report: PermitClass
    form: PermitClass
    registration: PermitClass


def load(path: Path = SHIPPED) -> Mapping[str, str]:
    """The usual permit class by the class of EIA. ClassesError where the file is not in the form."""
    return validated(_File, read_toml(path, ClassesError), ClassesError).model_dump()


@lru_cache(maxsize=1)
def usual_classes() -> Mapping[str, str]:
    """The shipped file, read once per process."""
    return load()
