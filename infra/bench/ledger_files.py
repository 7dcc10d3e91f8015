"""Files of ledger entries through the gateway, beside a bare COPY of the very rows that they became."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import httpx

from infra.bench import pgbench
from infra.bench.permits_field import DATABASE, Field
from infra.local.environment import HOST
from services.kit.ids import new_id

ROWS = 10_000
_BEGUN = datetime(2024, 1, 1, tzinfo=UTC)


def send(field: Field, token: str, permit_number: str) -> float:
    """Rows a second, from the first byte sent to the answer that says that each is kept."""
    body = "\n".join(_entry(number) for number in range(ROWS)).encode()
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/x-ndjson",
        "Idempotency-Key": str(new_id()),
    }
    url = f"http://{HOST}:{field.stack.port}/v1/permits/ledger/{permit_number}/batches"
    with httpx.Client(
        timeout=120, trust_env=False
    ) as http:  # it reads the system's certificates: not our time
        began = time.perf_counter()
        answer = http.post(url, content=body, headers=headers)
        took = time.perf_counter() - began
    if answer.status_code != 201 or answer.json()["batch"]["accepted"] != ROWS:
        raise RuntimeError(f"{url}: {answer.status_code} {answer.text[:500]}")
    return ROWS / took


def copy(field: Field) -> float:
    """Rows a second of COPY, into a table of the same columns and indexes, of the rows that came last."""
    file = field.folder / "rows.copy"
    pgbench.run_sql(
        field.server,
        f"\\copy (TABLE ledger_entry ORDER BY recorded_at DESC, id LIMIT {ROWS}) TO '{file}'",
        database=DATABASE,
    )
    made = "CREATE TABLE IF NOT EXISTS bare_ledger (LIKE ledger_entry INCLUDING DEFAULTS INCLUDING INDEXES)"
    for statement in (made, "TRUNCATE bare_ledger"):
        pgbench.run_sql(field.server, statement, database=DATABASE)
    began = time.perf_counter()
    pgbench.run_sql(field.server, f"\\copy bare_ledger FROM '{file}'", database=DATABASE)
    took = time.perf_counter() - began
    pgbench.run_sql(field.server, "DROP TABLE bare_ledger", database=DATABASE)
    return ROWS / took


def _entry(number: int) -> str:
    """The operation of a treatment facility on one day, as most rows of a ledger are."""
    happened = _BEGUN + timedelta(minutes=10 * number)
    return json.dumps(
        {
            "id": str(new_id()),
            "kind": "treatment",
            "facility_code": f"TA{number % 9 + 1:03}",
            "happened_at": happened.isoformat(),
            "run_hours": "24",
            "power_kwh": str(1000 + number % 100),
            "note": "运行正常",
        },
        ensure_ascii=False,
    )
