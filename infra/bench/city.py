"""`steppe bench city`: what the bureau asks of the whole city, with a million reports in the register."""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from infra.bench import city_register, pgbench, report
from infra.bench.accounts import add_account, sign_in
from infra.bench.report import Bar
from infra.local.environment import HOST
from infra.local.stack import Stack, running_stack
from infra.process_table import PROCESSES
from services.kit import clock

MOST_MS = 300
MOST_BUILD_S = 60


def calls() -> dict[str, tuple[str, dict[str, str]]]:
    """By what it answers: path and query."""
    year = str(clock.today().year)
    one = "91152501" + "1".rjust(10, "0")
    return {
        "one enterprise at a glance": (f"/v1/permits/enterprises/{one}/overview", {}),
        "renewal radar, first page": ("/v1/permits/radar/renewals", {}),
        "renewal radar, what has expired": ("/v1/permits/radar/renewals", {"stage": "expired"}),
        "coverage of fixed sources": ("/v1/permits/radar/coverage", {}),
        "enterprises that are not covered": ("/v1/permits/radar/uncovered", {}),
        "completion of reports, this year": ("/v1/permits/radar/completion", {"year": year}),
        "completion of reports, all years": ("/v1/permits/radar/completion", {}),
        "late reports by enterprise": ("/v1/permits/obligations/late", {}),
        "late reports": ("/v1/permits/obligations", {"state": "late"}),
        "open reports": ("/v1/permits/obligations", {"state": "open"}),
        "reports that wait for a review": ("/v1/permits/reports", {"state": "submitted"}),
        "totals by industry": ("/v1/permits/totals/summary", {"by": "industry"}),
        "totals by enterprise": ("/v1/permits/totals/summary", {"by": "enterprise"}),
        "totals by division": ("/v1/permits/totals/summary", {"by": "division"}),
        "how permits stand, first page": ("/v1/permits/totals/positions", {}),
        "the city against its plan": ("/v1/permits/totals/plan", {"year": "2025"}),
        "ledgers with gaps": ("/v1/permits/ledger/completeness", {}),
        "samples that are missing": ("/v1/permits/obligations/samplings/notices", {"missing": "true"}),
        "published reports": ("/v1/permits/disclosure/reports", {}),
    }


def main(argv: list[str]) -> int:
    """Prints each call's median and worst time and writes `docs/benchmarks/city.json`."""
    parser = argparse.ArgumentParser(
        prog="steppe bench city", description="全市汇总的速度 / the calls on the whole city"
    )
    parser.add_argument("--reports", type=int, default=1_000_000, help="in the register")
    parser.add_argument("--rounds", type=int, default=15, help="of each call")
    parser.add_argument(
        "--hold", action="store_true", help="keep the stack until Enter is pressed, to look at plans"
    )
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="steppe-bench-") as folder:
        Path(folder).chmod(0o755)
        environ = {**os.environ, "STEPPE_GATEWAY_LIMITS_SCALE": "1000000"}
        with running_stack(
            Path(folder) / "home", sample=False, environ=environ, table=PROCESSES[:2]
        ) as stack:
            add_account(stack, "reviewer01", "reviewer")
            made = city_register.fill(stack.postgres, reports=arguments.reports)
            built = city_register.first_build(stack.postgres)
            print(f"  {built['figures']} figures of years built in {built['first_build_s']} s", flush=True)
            found = _measured(stack, rounds=arguments.rounds)
            size = pgbench.run_sql(
                stack.postgres,
                "SELECT pg_size_pretty(pg_database_size(current_database()))",
                database=city_register.DATABASE,
            ).strip()
            if arguments.hold:
                input(f"{stack.postgres.socket_dir} ")
    bars = [Bar("first build of the figures of years, s", built["first_build_s"], MOST_BUILD_S)]
    bars += [Bar(f"{name}, median ms", each["median_ms"], MOST_MS) for name, each in found.items()]
    print("\n".join(["", *(bar.line() for bar in bars)]))
    print(report.write("city", bars, {"reports": made, "database": size, **built, "calls": found}))
    return 0


def _measured(stack: Stack, *, rounds: int) -> dict[str, dict[str, Any]]:
    headers = {
        "Authorization": f"Bearer {sign_in(stack.port, 'reviewer01')}",
        "Steppe-Purpose": "statistics",
        "Cache-Control": "no-cache",
    }
    found: dict[str, dict[str, Any]] = {}
    base = f"http://{HOST}:{stack.port}"
    with httpx.Client(base_url=base, headers=headers, timeout=60, trust_env=False) as http:
        for name, (path, query) in calls().items():
            taken = []
            for _ in range(rounds + 1):
                began = time.perf_counter()
                answer = http.get(path, params=query)
                taken.append((time.perf_counter() - began) * 1000)
                if answer.status_code != 200:
                    raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:500]}")
            first, *rest = taken
            found[name] = {
                "path": path,
                "query": query,
                "first_ms": round(first, 1),
                "median_ms": round(statistics.median(rest), 1),
                "worst_ms": round(max(rest), 1),
                "bytes": len(answer.content),
            }
            print(f"  {name:<36} first {first:8.1f}  median {found[name]['median_ms']:8.1f} ms", flush=True)
    return found
