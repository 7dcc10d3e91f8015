"""`make bench-gateway`: nginx, this gateway and a naive forwarder, one after the other, again and again.

All three stand before the same service on the same machine, one worker each, on one core; the service and the
load have the others. Rounds are interleaved and their median is taken, so that a disturbance meets all alike.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from typing import Any

from infra.bench import constant_rate, idle, nginx, report, wrk
from infra.bench.contenders import Contender, Field, running_field
from infra.bench.processor import resident_mib
from infra.bench.report import Bar

CONNECTIONS = 32
IDLE_CONNECTIONS = 10_000


def main(argv: list[str]) -> int:
    """Prints the table and writes `docs/benchmarks/gateway.json`; 1 where it cannot be measured."""
    parser = argparse.ArgumentParser(
        prog="steppe bench gateway", description="网关性能对比 / the gateway beside its peers"
    )
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds; their median counts")
    parser.add_argument("--seconds", type=float, default=5, help="of each round")
    parser.add_argument("--requests", type=int, default=1_000_000, help="of the run that watches memory")
    arguments = parser.parse_args(argv)
    missing = nginx.missing_tools()
    if missing:
        print(
            f"缺少 · missing: {' '.join(missing)}; on Debian and Ubuntu: apt install nginx wrk luajit",
            file=sys.stderr,
        )
        return 1
    with running_field() as field:
        bars, details = _measured(field, arguments)
    print("\n".join(["", *(bar.line() for bar in bars)]))
    print(report.write("gateway", bars, details))
    return 0


def _measured(field: Field, arguments: argparse.Namespace) -> tuple[list[Bar], dict[str, Any]]:
    throughput = _rounds(field, [*field.proxies], arguments, connections=CONNECTIONS)
    single = _rounds(field, [field.service, *field.proxies], arguments, connections=1)
    a, b, c = (throughput[each.name].per_second for each in field.proxies)
    open_loop = _at_80_percent(field, arguments, steppe=b, nginx=a)
    memory = _memory(field, requests=arguments.requests, per_second=b)
    held, idle_mib = _idle(field)
    added = single[field.steppe.name].median_ms - single[field.service.name].median_ms
    bars = [
        Bar("requests per second: steppe / nginx", b / a, 0.20, at_least=True),
        Bar("requests per second: steppe / FastAPI + httpx", b / c, 15, at_least=True),
        Bar("added median latency at 1 connection, ms", added, 1.0),
        Bar("p99 / median at 80 % load", open_loop[field.steppe.name].spread, 5),
        Bar(f"memory at the end / after a fifth of {arguments.requests:,} requests", _growth(memory), 1.02),
        Bar(f"MiB with {IDLE_CONNECTIONS:,} idle connections", idle_mib, 300),
        Bar("idle connections still held", held, IDLE_CONNECTIONS, at_least=True),
    ]
    details = {
        f"{CONNECTIONS}_connections": {name: asdict(each) for name, each in throughput.items()},
        "1_connection": {name: asdict(each) for name, each in single.items()},
        "open_loop_at_80_percent": {name: asdict(each) for name, each in open_loop.items()},
        "memory_mib": [round(each, 1) for each in memory],
    }
    return bars, details


def _rounds(
    field: Field, contenders: list[Contender], arguments: argparse.Namespace, *, connections: int
) -> dict[str, wrk.Round]:
    token = field.token()
    rounds: dict[str, list[wrk.Round]] = {each.name: [] for each in contenders}
    for each in contenders:
        wrk.load(each, token, connections=connections, seconds=1)  # to warm up
    for _ in range(arguments.rounds):
        for each in contenders:
            rounds[each.name].append(
                wrk.load(each, token, connections=connections, seconds=arguments.seconds)
            )
    print(f"\n{connections} connection(s)           requests/s   median ms    p99 ms   processor µs   failed")
    medians = {name: wrk.median(every) for name, every in rounds.items()}
    for name, found in medians.items():
        print(
            f"  {name:<22} {found.per_second:>12,.0f} {found.median_ms:>11.3f} {found.p99_ms:>9.3f}"
            f" {found.processor_us:>14.1f} {found.failed:>8}",
            flush=True,
        )
    return medians


def _at_80_percent(
    field: Field, arguments: argparse.Namespace, *, steppe: float, nginx: float
) -> dict[str, constant_rate.Latencies]:
    """Of the load that the gateway bears in a closed loop, as an open one; the round in the middle of all.

    nginx has it as well, idle for the most part under such a load, and four fifths of what it bears itself: what the
    answers of a proxy in C wait is the machine's doing.
    """
    token = field.token()
    loads = {
        field.steppe.name: (field.steppe, 0.8 * steppe),
        field.nginx.name: (field.nginx, 0.8 * steppe),
        f"{field.nginx.name}, at its own 80 %": (field.nginx, 0.8 * nginx),
    }
    rounds: dict[str, list[constant_rate.Latencies]] = {}
    for _ in range(arguments.rounds):
        for name, (each, rate) in loads.items():
            found = constant_rate.measure(each, token, rate=rate, seconds=arguments.seconds * 2)
            rounds.setdefault(name, []).append(found)
    print("\n80 % load                            a second   median ms    p99 ms   of them late, p99")
    middle = {name: sorted(every, key=_spread)[len(every) // 2] for name, every in rounds.items()}
    for name, found in middle.items():
        print(
            f"  {name:<34} {found.rate:>8,.0f} {found.median_ms:>11.3f} {found.p99_ms:>9.3f}"
            f" {found.late_p99_ms:>19.3f}",
            flush=True,
        )
    return middle


def _spread(found: constant_rate.Latencies) -> float:
    return found.spread


def _memory(field: Field, *, requests: int, per_second: float) -> list[float]:
    """MiB of the gateway after each of some 20 equal parts of the requests."""
    sizes: list[float] = []
    done, part = 0.0, max(1.0, requests / 20 / per_second)
    while done < requests:
        found = wrk.load(field.steppe, field.token(), connections=CONNECTIONS, seconds=part)
        done += found.per_second * part
        sizes.append(resident_mib(field.steppe.pid))
    print(f"\nmemory over {done:,.0f} requests, MiB: {' '.join(f'{each:.1f}' for each in sizes)}", flush=True)
    return sizes


def _growth(sizes: list[float]) -> float:
    """The end against the fifth part: by then every cache is warm."""
    return sizes[-1] / sizes[max(1, len(sizes) // 5) - 1]


def _idle(field: Field) -> tuple[int, float]:
    with idle.held(field.steppe, field.token(), count=IDLE_CONNECTIONS) as sockets:
        size = resident_mib(field.steppe.pid)
        field.token()  # it still answers
        return idle.alive(sockets), size
