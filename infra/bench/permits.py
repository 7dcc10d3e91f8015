"""`make bench-permits`: what it costs to be right. The service beside PostgreSQL itself and beside a plain handler.

All are on one durable PostgreSQL and are asked by as many clients at once. Rounds are interleaved; their median counts.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from dataclasses import asdict
from typing import Any

from infra.bench import ledger_files, nginx, pgbench, report, report_list, wrk
from infra.bench.contenders import Contender
from infra.bench.permits_field import OUTLETS, POLLUTANTS, Field, running_field
from infra.bench.report import Bar
from infra.bench.wrk import Round

CLIENTS = 16
FEW = 10_000
MOST_A_SECOND = 600
"""More reports than a service of one process takes in a second."""


def main(argv: list[str]) -> int:
    """Prints the table and writes `docs/benchmarks/permits.json`; 1 where it cannot be measured."""
    parser = argparse.ArgumentParser(
        prog="steppe bench permits", description="排污许可性能 / the permits service"
    )
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds; their median counts")
    parser.add_argument("--seconds", type=float, default=4, help="of each round")
    parser.add_argument(
        "--reports", type=int, help=f"that are open to be submitted; by default {MOST_A_SECOND} a second"
    )
    parser.add_argument("--list-reports", type=int, default=1_000_000, help="of the long list")
    arguments = parser.parse_args(argv)
    if "wrk" in nginx.missing_tools():
        print("缺少 · missing: wrk; on Debian and Ubuntu: apt install wrk", file=sys.stderr)
        return 1
    seconds = arguments.rounds * (arguments.seconds + 1) + 2
    with running_field(reports=arguments.reports or int(seconds * MOST_A_SECOND)) as field:
        bars, details = _submissions(field, arguments)
        for part in (_ledger, _list):
            more, told = part(field, arguments)
            bars, details = [*bars, *more], {**details, **told}
    print("\n".join(["", *(bar.line() for bar in bars)]))
    print(report.write("permits", bars, details))
    return 0


def _submissions(field: Field, arguments: argparse.Namespace) -> tuple[list[Bar], dict[str, Any]]:
    """Reports of 5 outlets × 6 pollutants, each durable before it is answered."""
    token = field.token()
    steppe: list[Round] = []
    plain: list[Round] = []
    single: list[float] = []
    _submit(field, field.plain, token, seconds=1, first=0)  # to warm up, both of them
    sent = _submit(field, field.steppe, token, seconds=1, first=0).requests + 2 * CLIENTS
    field.settle()
    for _ in range(arguments.rounds):
        steppe.append(_submit(field, field.steppe, token, seconds=arguments.seconds, first=sent))
        sent += steppe[-1].requests + 2 * CLIENTS  # with those that were under way at the end
        plain.append(_submit(field, field.plain, token, seconds=arguments.seconds, first=0))
        single.append(
            pgbench.single_row_inserts(field.server, field.folder, clients=CLIENTS, seconds=arguments.seconds)
        )
        said = (("steppe", steppe[-1].per_second), ("plain", plain[-1].per_second), ("pgbench", single[-1]))
        print("  " + "   ".join(f"{name} {rate:8.1f}/s" for name, rate in said), flush=True)
    ours, theirs, base = wrk.median(steppe), wrk.median(plain), statistics.median(single)
    lines = OUTLETS * POLLUTANTS
    bars = [
        Bar(
            f"reports of {lines} values / pgbench rows, a second", ours.per_second / base, 0.04, at_least=True
        ),
        Bar(
            "reports / plain FastAPI + SQLModel, a second",
            ours.per_second / theirs.per_second,
            1.5,
            at_least=True,
        ),
        Bar("submissions that failed", ours.failed + theirs.failed, 0),
    ]
    details = {
        "steppe": asdict(ours),
        "plain": asdict(theirs),
        "pgbench_rows_per_second": base,
        "clients": CLIENTS,
    }
    return bars, details


def _ledger(field: Field, arguments: argparse.Namespace) -> tuple[list[Bar], dict[str, Any]]:
    """A file of 10,000 ledger rows, each read, judged and kept."""
    token = field.token()
    sent, copied = [], []
    for _ in range(arguments.rounds):
        sent.append(ledger_files.send(field, token, field.permit_number))
        copied.append(ledger_files.copy(field))
        print(f"  ledger {sent[-1]:8.0f} rows/s   COPY {copied[-1]:8.0f} rows/s", flush=True)
    ours, base = statistics.median(sent), statistics.median(copied)
    bar = Bar(
        f"a file of {ledger_files.ROWS:,} ledger rows / COPY, rows a second", ours / base, 0.3, at_least=True
    )
    return [bar], {"ledger_rows_per_second": ours, "copy_rows_per_second": base}


def _list(field: Field, arguments: argparse.Namespace) -> tuple[list[Bar], dict[str, Any]]:
    """The report list of a register that has grown a hundredfold."""
    found = {}
    for count in (FEW, arguments.list_reports):
        report_list.grow_to(field, count)
        token = field.token()
        report_list.p99_ms(field, token, seconds=1)  # to warm up
        rounds = [
            report_list.p99_ms(field, token, seconds=arguments.seconds) for _ in range(arguments.rounds)
        ]
        found[count] = statistics.median(rounds)
        print(f"  list of {count:>9,} reports: p99 {found[count]:.2f} ms", flush=True)
    few, many = found.values()
    name = f"p99 of the report list at {arguments.list_reports:,} reports / at {FEW:,}"
    return [Bar(name, many / few, 1.5)], {"list_p99_ms": {str(count): ms for count, ms in found.items()}}


def _submit(field: Field, contender: Contender, token: str, *, seconds: float, first: int) -> Round:
    """A closed loop that sends the reports from number `first` on."""
    arguments = (str(field.bodies), str(first))
    return wrk.load(
        contender,
        token,
        connections=CLIENTS,
        seconds=seconds,
        script="submissions.lua",
        arguments=arguments,
    )
