"""What a process cannot start with: said once, a line for each fault, and told by the exit code."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)
EXIT_CODE = 78
"""EX_CONFIG of sysexits.h: starting again changes nothing, somebody has to change a file or a setting."""


class ConfigurationError(ValueError):
    """Something that was configured cannot be used; its text has a line for each fault."""


_refused: list[ConfigurationError] = []


def refuse(error: ConfigurationError) -> ConfigurationError:
    """Notes the error of a start-up task: the server that runs it tells only that it failed, not why."""
    _refused.append(error)
    return error


def refused() -> ConfigurationError | None:
    """Why this process ends, where its configuration is why."""
    return _refused[-1] if _refused else None


def read_toml(path: Path, error: type[ConfigurationError]) -> dict[str, Any]:
    """What a TOML file says; raises `error` for one that cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as unreadable:
        raise error(f"{path.name}: {unreadable}") from unreadable


def validated(model: type[M], content: dict[str, Any], error: type[ConfigurationError]) -> M:
    """`content` as `model`; raises `error` with a line for each fault."""
    try:
        return model.model_validate(content)
    except ValidationError as invalid:
        lines = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in invalid.errors())
        raise error("\n".join(lines)) from invalid
