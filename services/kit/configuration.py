"""What a process cannot start with: said once, a line for each fault, and told by the exit code."""

from __future__ import annotations

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
