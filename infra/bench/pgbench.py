"""pgbench, as it comes with PostgreSQL: what the server itself can commit."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from infra.local.binaries import program
from infra.local.postgres import PORT, SUPERUSER, EmbeddedPostgres

DATABASE = "bench"
_TABLE = (
    "CREATE TABLE one_row (id uuid PRIMARY KEY, outlet text, pollutant text, value numeric, at timestamptz)"
)
_INSERT = "INSERT INTO one_row VALUES (gen_random_uuid(), 'DA001', 'a21026', 123.4567, now());\n"
_RATE = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


def prepare(server: EmbeddedPostgres) -> None:
    """A database of its own with the table that is inserted into."""
    run_sql(server, f"CREATE DATABASE {DATABASE}", database="postgres")
    run_sql(server, _TABLE, database=DATABASE)


def single_row_inserts(server: EmbeddedPostgres, folder: Path, *, clients: int, seconds: float) -> float:
    """Committed transactions a second, of one row each."""
    script = folder / "insert.sql"
    script.write_text(_INSERT, encoding="ascii")
    command = [str(program("pgbench")), *_where(server), "--no-vacuum", "--protocol", "prepared"]
    command += [
        "--client",
        str(clients),
        "--jobs",
        "2",
        "--time",
        f"{seconds:.0f}",
        "--file",
        str(script),
        DATABASE,
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=_environment()).stdout
    found = _RATE.search(said)
    if found is None:
        raise RuntimeError(f"pgbench: {said}")
    return float(found[1])


def run_sql(server: EmbeddedPostgres, sql: str, *, database: str) -> str:
    """What psql prints of it, unaligned."""
    command = [str(program("psql")), *_where(server), "--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]
    command += ["--set", "ON_ERROR_STOP=1", "--command", sql, database]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=_environment())
    if done.returncode:
        raise RuntimeError(f"psql: {done.stderr}")
    return done.stdout


def _where(server: EmbeddedPostgres) -> list[str]:
    return ["--host", str(server.socket_dir), "--port", str(PORT), "--username", SUPERUSER]


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
