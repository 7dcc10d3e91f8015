"""How long a page of the report list takes: with ten thousand reports, and with a million."""

from __future__ import annotations

import time

import httpx

from infra.bench import pgbench
from infra.bench.permits_field import DATABASE, PATH, Field
from infra.local.environment import HOST

_PAGES = 40


def grow_to(field: Field, count: int) -> None:
    """So many reports in all, made of one that is there: other ids, other obligations, another moment."""
    present = int(pgbench.run_sql(field.server, "SELECT count(*) FROM report", database=DATABASE))
    columns = pgbench.run_sql(
        field.server,
        "SELECT attname FROM pg_attribute WHERE attrelid = 'report'::regclass AND attnum > 0 AND NOT attisdropped"
        " ORDER BY attnum",
        database=DATABASE,
    ).split()
    # UUIDv7 by hand: ids grow with the time at which they were made, those of the obligations as well.
    grown = (
        "(lpad(to_hex(1700000000000 + n), 12, '0') || '7' || substr(md5(n::text), 1, 3)"
        " || '8' || substr(md5(n::text), 4, 15))::uuid"
    )
    other = {"id": grown, "obligation_id": grown}
    chosen = ", ".join(other.get(column, f"one.{column}") for column in columns)
    # What they belong to is not looked at. The names are those of our own columns.
    copies = f"""SET session_replication_role = replica;
        INSERT INTO report ({", ".join(columns)}) SELECT {chosen}
        FROM (SELECT * FROM report LIMIT 1) one, generate_series({present + 1}, {count}) n"""  # noqa: S608
    pgbench.run_sql(field.server, copies, database=DATABASE)
    pgbench.run_sql(field.server, "VACUUM (ANALYZE) report", database=DATABASE)


def p99_ms(field: Field, token: str, *, seconds: float) -> float:
    """Of pages of fifty, one after the other: from the first on, then from the first again."""
    latencies: list[float] = []
    headers = {"Authorization": f"Bearer {token}"}
    until = time.perf_counter() + seconds
    with httpx.Client(base_url=f"http://{HOST}:{field.stack.port}", headers=headers, trust_env=False) as http:
        cursor: str | None = None
        page = 0
        while time.perf_counter() < until:
            page = 0 if cursor is None else page + 1
            began = time.perf_counter()
            answer = http.get(PATH, params={"limit": 50, **({"cursor": cursor} if cursor else {})})
            latencies.append(time.perf_counter() - began)
            if answer.status_code != 200:
                raise RuntimeError(f"{PATH}: {answer.status_code} {answer.text[:500]}")
            cursor = answer.json()["next_cursor"] if page < _PAGES else None
    latencies.sort()
    return latencies[int(len(latencies) * 0.99)] * 1000
