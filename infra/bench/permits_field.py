"""What `make bench-permits` measures: gateway and permits on a durable PostgreSQL, the plain handler on the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx

from infra.bench import pgbench
from infra.bench.accounts import add_account, sign_in
from infra.bench.contenders import Contender
from infra.journeys.reports import fill
from infra.local import ports
from infra.local.environment import HOST
from infra.local.postgres import EmbeddedPostgres
from infra.local.stack import Stack, running_stack
from infra.local.waiting import wait_until
from infra.process_table import PROCESSES, named
from services.kit import clock
from services.kit.identifiers.make import make_uscc
from services.kit.ids import new_id

PATH = "/v1/permits/reports"
DATABASE = named("permits").database
OUTLETS, POLLUTANTS = 5, 6
_AIR = ("a21026", "a21002", "a34013", "a24088", "a21005", "a20057")
_USCC = make_uscc(region="152501", serial=1)
_YEARS = 5


@dataclass(frozen=True, slots=True)
class Field:
    """The stack and the plain handler; `bodies` holds a report for each obligation that is open, one a line."""

    stack: Stack
    steppe: Contender
    """Asked through the gateway; what it costs is the permits process's."""
    plain: Contender
    folder: Path
    bodies: Path
    count: int

    @property
    def permit_number(self) -> str:
        """Of the first site."""
        return _number(1)

    @property
    def server(self) -> EmbeddedPostgres:
        return self.stack.postgres

    def token(self, login: str = "holder01") -> str:
        return sign_in(self.stack.port, login)

    def settle(self) -> None:
        """Tells the planner of what came within seconds, as autovacuum does within a minute.

        It planned for empty tables before, which it then reads whole; a minute later would be in the middle of a round.
        """
        for database in (DATABASE, pgbench.DATABASE):
            pgbench.run_sql(self.server, "ANALYZE", database=database)


@contextmanager
def running_field(*, reports: int) -> Iterator[Field]:
    """With at least so many open obligations."""
    with ExitStack() as exits:
        folder = Path(exits.enter_context(tempfile.TemporaryDirectory(prefix="steppe-bench-")))
        folder.chmod(0o755)
        environ = {**os.environ, "STEPPE_GATEWAY_LIMITS_SCALE": "1000000"}
        stack = exits.enter_context(
            running_stack(folder / "home", sample=False, environ=environ, table=PROCESSES[:2])
        )
        add_account(stack, "clerk01", "clerk")
        add_account(stack, "reviewer01", "reviewer")
        add_account(stack, "holder01", "enterprise", uscc=_USCC)
        pgbench.prepare(stack.postgres)
        plain = exits.enter_context(_plain(stack.postgres))
        steppe = Contender("steppe", stack.port, stack.pid("permits"), PATH)
        bodies = folder / "bodies.ndjson"
        count = _fill_register(stack, bodies, reports)
        yield Field(stack, steppe, plain, folder, bodies, count)


@contextmanager
def _plain(server: EmbeddedPostgres) -> Iterator[Contender]:
    port = ports.free_port(PROCESSES[:1])
    command = [sys.executable, "-m", "uvicorn", "infra.bench.plain_reports:app", "--port", str(port)]
    environ = {**os.environ, "STEPPE_BENCH_DATABASE": server.url(pgbench.DATABASE)}
    process = subprocess.Popen([*command, "--log-level", "warning", "--no-access-log"], env=environ)
    try:
        if not wait_until(lambda: not ports.is_free(port), seconds=30):
            raise RuntimeError("the plain handler did not start")
        yield Contender("FastAPI + SQLModel", port, process.pid, PATH)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _fill_register(stack: Stack, bodies: Path, reports: int) -> int:
    """An enterprise with as many sites as it takes, each with a permit; how many reports it owes."""
    with httpx.Client(base_url=f"http://{HOST}:{stack.port}", timeout=30, trust_env=False) as http:
        clerk = {"Authorization": f"Bearer {sign_in(stack.port, 'clerk01')}"}
        holder = {"Authorization": f"Bearer {sign_in(stack.port, 'holder01')}"}
        _post(http, "/v1/permits/enterprises", _enterprise(), clerk)
        for notice in _notices():
            _post(http, "/v1/permits/obligations/due-overrides", notice, clerk)
        content: dict[str, Any] | None = None
        count = 0
        with bodies.open("w", encoding="utf-8") as file:
            for serial in range(1, 1000):
                number = _post(http, "/v1/permits/permits", _permit(serial), clerk)["permit_number"]
                wanted = {"permit_number": number, "state": "open", "kind": "quarterly", "limit": 100}
                owed = http.get("/v1/permits/obligations", params=wanted, headers=holder).json()["items"]
                for each in owed:
                    if content is None:
                        blank = http.get(f"/v1/permits/obligations/{each['id']}/blank", headers=holder)
                        content = dict(fill(blank.json()))
                    file.write(json.dumps({**content, "obligation_id": each["id"]}) + "\n")
                    count += 1
                if count >= reports:
                    return count
    raise RuntimeError(f"a thousand sites owe only {count} reports")


def _post(http: httpx.Client, path: str, body: object, who: dict[str, str]) -> dict[str, Any]:
    answer = http.post(path, json=body, headers={**who, "Idempotency-Key": str(new_id())})
    if answer.status_code != 201:
        raise RuntimeError(f"{path}: {answer.status_code} {answer.text}")
    made: dict[str, Any] = answer.json()
    return made


def _enterprise() -> dict[str, Any]:
    return {
        "uscc": _USCC,
        "name": "二连浩特市基准热力有限公司",
        "region_code": "152501",
        "industry_code": "4430",
        "address": "二连浩特市基准路1号",
        "legal_representative": "赵测试",
        "management_class": "key",
    }


def _notices() -> list[dict[str, Any]]:
    """Most reports come in time. Late ones, which these would be, open a violation each, whose end takes half as long
    again: of up to a thousand, where the round that looks for them comes before the register is full."""
    today = clock.today()
    said = {"kind": "quarterly", "source": "基准测试", "noticed_on": today.isoformat()}
    due_on = (today + timedelta(days=30)).isoformat()
    following = (
        date(year, month, 1) for year in range(_begin().year, today.year + 2) for month in (1, 4, 7, 10)
    )
    ends = [day - timedelta(days=1) for day in following if _begin() < day <= today]
    return [{**said, "period_end": end.isoformat(), "due_on": due_on} for end in ends]


def _begin() -> date:
    return date(clock.today().year - _YEARS + 1, 1, 1)


def _number(serial: int) -> str:
    return f"{_USCC}{serial:03}P"


def _permit(serial: int) -> dict[str, Any]:
    begin = _begin()
    return {
        "permit_number": _number(serial),
        "site_name": f"{serial}号厂区",
        "management_class": "key",
        "industry_code": "4430",
        "valid_from": begin.isoformat(),
        "valid_to": begin.replace(year=begin.year + _YEARS - 1, month=12, day=31).isoformat(),
        "issued_on": begin.isoformat(),
        "reporting": {"quarterly": True, "annual": False},
        "outlets": [_outlet(number, begin) for number in range(1, OUTLETS + 1)],
    }


def _outlet(number: int, begin: date) -> dict[str, Any]:
    limits = [
        {
            "pollutant_code": code,
            "pollutant_name": code,
            "kind": kind,
            "value": value,
            "unit": unit,
            "valid_from": begin.isoformat(),
            "standard": "GB 13271-2014",
        }
        for code in _AIR[:POLLUTANTS]
        for kind, value, unit in (
            ("hourly_concentration", "300", "mg/m3"),
            ("annual_amount", "12.5", "t/a"),
        )
    ]
    return {"code": f"DA{number:03}", "name": "排气筒", "medium": "air", "kind": "main", "limits": limits}
