"""A closed loop of load by wrk (https://github.com/wg/wrk): every connection asks again as soon as it is answered."""

from __future__ import annotations

import json
import subprocess
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


def load(contender: Contender, token: str, *, connections: int, seconds: float) -> Round:
    """RuntimeError where wrk cannot do it."""
    before = processor_seconds(contender.pid)
    command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds:.0f}s"]
    command += ["--timeout", "10s", "--header", f"Authorization: Bearer {token}"]
    command += ["--script", str(Path(__file__).with_name("wrk.lua")), contender.url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"wrk: {done.stderr or done.stdout}")
    said = json.loads(done.stdout.strip().splitlines()[-1])
    used = processor_seconds(contender.pid) - before
    return Round(
        per_second=said["requests"] / said["seconds"],
        median_ms=said["median"] / 1000,
        p99_ms=said["p99"] / 1000,
        failed=said["failed"],
        processor_us=used / max(1, said["requests"]) * 1e6,
    )
