"""When a figure is not believed, as this installation has it: the defaults, or a city's own file."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from services.kit.configuration import ConfigurationError, read_toml
from services.permits.reports.rules import REPUDIATION_DAYS
from services.permits.reports.rules_plausibility import Plausibility


class PlausibilityFileError(ConfigurationError):
    """The file cannot be used; its text says why."""


_present = [Plausibility()]
_days = [REPUDIATION_DAYS]


def plausibility() -> Plausibility:
    """What holds in this process."""
    return _present[-1]


def repudiation_days() -> int:
    """How long a submission can be repudiated, in this process."""
    return _days[-1]


def use(path: Path | None, *, days: int = REPUDIATION_DAYS) -> None:
    """Has this process judge by a city's file; without one, as we ship it. Raises `PlausibilityFileError`."""
    _present[:] = [Plausibility() if path is None else load(path)]
    _days[:] = [days]


def load(path: Path) -> Plausibility:
    """What a TOML file says; what it does not name is as we ship it. Numbers are texts: `jump_factor = "1000"`."""
    content = read_toml(path, PlausibilityFileError)
    unknown = sorted(set(content) - {each.name for each in fields(Plausibility)})
    if unknown:
        raise PlausibilityFileError(f"{path.name}: unknown: {', '.join(unknown)}")
    try:
        return TypeAdapter(Plausibility).validate_python(content)
    except ValidationError as invalid:
        lines = (
            f"{path.name}: {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in invalid.errors()
        )
        raise PlausibilityFileError("\n".join(lines)) from invalid
