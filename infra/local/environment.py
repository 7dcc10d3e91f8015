"""The environment variables of each process of a local stack: pure functions of home, port and the caller's.

| variable | is |
|---|---|
| `STEPPE_HOME` | the folder of all data; `.steppe` in the current folder |
| `STEPPE_PORT` | the gateway's port, 8000; the services take the ones after it |
| `STEPPE_<NAME>_DATABASE_URL` | a database of one's own; unset: in the embedded server |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from infra.local.secrets import SAMPLE
from infra.process_table import DEFAULT_PORT, PROCESSES, ProcessSpec

HOST = "127.0.0.1"
FOR_MANY_STACKS = "STEPPE_PRELOAD_APPLICATIONS"
"""Set where a program starts many stacks: what they share is then imported once."""
DatabaseUrl = Callable[[str], str]
"""From a database's name to its URL in the embedded server."""


def home_of(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("STEPPE_HOME") or ".steppe").expanduser().resolve()


def port_of(environ: Mapping[str, str], table: Sequence[ProcessSpec] = PROCESSES) -> int:
    """The gateway's port; ValueError where it is no port or leaves no room for the services' ports."""
    text = environ.get("STEPPE_PORT") or str(DEFAULT_PORT)
    highest = 65_535 - max(spec.port_offset for spec in table)
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= highest):
        raise ValueError(f"STEPPE_PORT is {text!r}, but must be a number from 1 to {highest}")
    return int(text)


def stack_environment(
    *,
    home: Path,
    port: int,
    environ: Mapping[str, str],
    embedded: DatabaseUrl,
    table: Sequence[ProcessSpec] = PROCESSES,
) -> dict[str, str]:
    """What is the same for all, and what whoever works with the stack as a whole needs (loader, demo, tests).

    Addresses, issuer, every database URL, and the secrets of the sample accounts. What it computes wins over
    `environ`, except for the database URLs: the shell may hold the values of another stack.
    """
    gateway = f"http://{HOST}:{port}"
    answer = {
        "STEPPE_HOME": str(home),
        "STEPPE_PORT": str(port),
        "STEPPE_ISSUER": gateway,
        "STEPPE_JWKS_URL": f"{gateway}/.well-known/jwks.json",
        "STEPPE_SECRETS_DIR": str(home / "secrets" / SAMPLE),
    }
    for spec in table:
        prefix = f"STEPPE_{spec.name.upper()}"
        answer[f"{prefix}_PORT"] = str(port + spec.port_offset)
        answer[f"{prefix}_URL"] = f"http://{HOST}:{port + spec.port_offset}"
        answer[spec.database_variable] = environ.get(spec.database_variable) or embedded(spec.database)
    return answer


def needs_embedded(
    stack: Mapping[str, str], embedded: DatabaseUrl, table: Sequence[ProcessSpec] = PROCESSES
) -> bool:
    """Whether any process keeps its data in the embedded server."""
    return any(
        spec.package is not None and stack[spec.database_variable] == embedded(spec.database)
        for spec in table
    )


def process_environment(
    spec: ProcessSpec,
    stack: Mapping[str, str],
    environ: Mapping[str, str],
) -> dict[str, str]:
    """The whole environment of one process: the caller's, the stack's, and its own secrets.

    No other database is in it: a service never reads another's.
    """
    merged = {
        **environ,
        **stack,
        "STEPPE_SECRETS_DIR": str(Path(stack["STEPPE_HOME"]) / "secrets" / spec.name),
    }
    return {
        key: value
        for key, value in merged.items()
        if key == spec.database_variable or not (key.startswith("STEPPE_") and key.endswith("_DATABASE_URL"))
    }
