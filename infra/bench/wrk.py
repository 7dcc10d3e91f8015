"""A closed loop of load by wrk (https://github.com/wg/wrk): every connection asks again as soon as it is answered."""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.bench.contenders import Contender
from infra.bench.processor import processor_seconds


@dataclass(frozen=True, slots=True)
class Round:
    """One round of load on one contender."""

    per_second: float
    median_ms: float
    p99_ms: float
    failed: int
    """Connections that broke, and answers that are no 2xx or 3xx."""
    processor_us: float
    """What one request cost the contender."""

    requests: int


def load(
    contender: Contender,
    token: str,
    *,
    connections: int,
    seconds: float,
    script: str = "wrk.lua",
    arguments: Sequence[str] = (),
) -> Round:
    """By a Lua script of this folder, which gets the arguments. RuntimeError where wrk cannot do it."""
    before = processor_seconds(contender.pid)
    command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds:.0f}s"]
    command += ["--timeout", "20s", "--header", f"Authorization: Bearer {token}"]
    command += ["--script", str(Path(__file__).with_name(script)), contender.url, "--", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode or done.stderr:
        raise RuntimeError(f"wrk: {done.stderr or done.stdout}")
    said = json.loads(done.stdout.strip().splitlines()[-1])
    used = processor_seconds(contender.pid) - before
    return Round(
        per_second=said["requests"] / said["seconds"],
        median_ms=said["median"] / 1000,
        p99_ms=said["p99"] / 1000,
        failed=said["failed"],
        processor_us=used / max(1, said["requests"]) * 1e6,
        requests=said["requests"],
    )


def median(rounds: Sequence[Round]) -> Round:
    """Of each figure by itself; what failed and what was asked, in all."""
    return Round(
        per_second=statistics.median(each.per_second for each in rounds),
        median_ms=statistics.median(each.median_ms for each in rounds),
        p99_ms=statistics.median(each.p99_ms for each in rounds),
        failed=sum(each.failed for each in rounds),
        processor_us=statistics.median(each.processor_us for each in rounds),
        requests=sum(each.requests for each in rounds),
    )
