"""`steppe soak`: mixed load on the whole stack; in the middle third, processes are ended and come back.

In the end every submission that was acknowledged must be there once, proven by its receipt, and the last third
must look like the first: memory, open descriptors, and how long a read takes.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.bench import report
from infra.bench.report import Bar
from infra.local.postgres import THROWAWAY_SETTINGS
from infra.local.secrets import sample_password
from infra.local.stack import Stack, running_stack
from infra.soak.audience import Follower, Leaver, Reader
from infra.soak.person import Person
from infra.soak.samples import Sample, Span, growth, watch
from infra.soak.work import Filer, Scanners, Shippers

FILERS, READERS, LEAVERS = 3, 3, 2
ENDINGS = (
    ("permits", signal.SIGKILL),
    ("gateway", signal.SIGTERM),
    ("waste", signal.SIGTERM),
    ("gateway", signal.SIGKILL),
    ("permits", signal.SIGTERM),
    ("waste", signal.SIGKILL),
)
LAST_ANSWERS_SECONDS = 120
MOST_MIB, MOST_DESCRIPTORS = 16, 32


def main(argv: list[str]) -> int:
    """Writes `docs/benchmarks/soak.json`; 1 where something was lost, doubled or has grown."""
    parser = argparse.ArgumentParser(
        prog="steppe soak", description="长时间混合负载 / mixed load for a while"
    )
    parser.add_argument("--minutes", type=float, default=30)
    arguments = parser.parse_args(argv)
    with (
        tempfile.TemporaryDirectory(prefix="steppe-soak-", ignore_cleanup_errors=True) as folder,
        running_stack(
            Path(folder) / "home",
            sample=True,
            settings=THROWAWAY_SETTINGS,
            say=lambda line: print(line, flush=True),
        ) as stack,
    ):
        bars, details = asyncio.run(_soak(stack, seconds=arguments.minutes * 60))
    print("\n".join(bar.line() for bar in bars))
    print(report.write("soak", bars, details))
    # How long an answer takes depends on who else uses the machine: told, and no reason to fail.
    return 0 if all(bar.holds for bar in bars if "latency" not in bar.name) else 1


@dataclass(frozen=True, slots=True)
class _Cast:
    """Everybody who takes part."""

    people: list[Person]
    workers: list[Filer | Shippers | Scanners]
    readers: list[Reader]
    followers: list[Follower]
    leavers: list[Leaver]

    def work(self, over: asyncio.Event) -> list[Coroutine[Any, Any, None]]:
        every = [*self.workers, *self.readers, *self.followers, *self.leavers]
        return [each.work(over) for each in every]

    async def faults(self) -> list[str]:
        found = [await each.faults() for each in [*self.workers, *self.followers]]
        return [fault for faults in found for fault in faults]


async def _soak(stack: Stack, *, seconds: float) -> tuple[list[Bar], dict[str, Any]]:
    cast = await _cast(stack)
    over, samples = asyncio.Event(), list[Sample]()
    begin = time.monotonic()
    whole = Span(begin, begin + seconds)
    tasks = [asyncio.ensure_future(each) for each in cast.work(over)]
    tasks.append(asyncio.ensure_future(watch(stack, over, samples)))
    ended = await _time_passes(stack, whole, tasks)
    over.set()
    async with asyncio.timeout(LAST_ANSWERS_SECONDS):
        await asyncio.gather(*tasks)
    faults = await cast.faults()
    for fault in faults:
        print(f"✘ {fault}", file=sys.stderr)
    bars = _bars(cast, whole, samples, faults)
    details = _details(cast, seconds, ended, samples)
    for person in cast.people:
        await person.close()
    return bars, details


async def _time_passes(stack: Stack, whole: Span, tasks: Sequence[asyncio.Future[None]]) -> list[str]:
    """Ends processes in the middle third; what was ended. Raises what a worker could not go on with."""
    middle, ended = whole.part(1 / 3, 2 / 3), list[str]()
    apart = max(6.0, (middle.end - middle.begin) / len(ENDINGS) / 2)
    next_ending = middle.begin
    while (moment := time.monotonic()) < whole.end:
        for task in tasks:
            if task.done():
                await task
        if next_ending <= moment < middle.end:
            name, number = ENDINGS[len(ended) % len(ENDINGS)]
            await asyncio.to_thread(stack.kill, name, number)
            ended.append(f"{name} {number.name}")
            print(f"  {moment - whole.begin:6.0f} s  {number.name} to {name}", flush=True)
            next_ending = moment + apart
        await asyncio.sleep(0.2)
    return ended


async def _cast(stack: Stack) -> _Cast:
    password = sample_password(stack.home / "secrets")

    def person(login: str | None = None) -> Person:
        people.append(Person(stack.gateway_url, login, password))
        return people[-1]

    people: list[Person] = []
    found = await person("meat01").get("/v1/permits/obligations", state="open", kind="quarterly", limit=500)
    filers = [Filer(person("meat01"), each) for each in found["items"][-FILERS:]]
    shippers = Shippers(person("heat01"), person("driver01"), person("receiver01"))
    scanners = Scanners(person("hospital01"), person("driver01"), person("receiver01"))
    readers = [Reader(person("meat01"), seed=number) for number in range(READERS)]
    followers = [
        Follower(person("meat01"), "/v1/permits/events"),
        Follower(person("heat01"), "/v1/waste/events"),
    ]
    leavers = [Leaver(stack.gateway_url, seed=number) for number in range(LEAVERS)]
    return _Cast(people, [*filers, shippers, scanners], readers, followers, leavers)


def _bars(cast: _Cast, whole: Span, samples: list[Sample], faults: list[str]) -> list[Bar]:
    first, last = whole.part(0, 1 / 3), whole.part(2 / 3, 1)
    # The first fifth after an ending belongs to warming up again.
    memory = growth(samples, last.part(0.2, 0.4), last.part(0.8, 1), lambda sample: sample.memory_mib)
    open_files = growth(samples, first.part(0.2, 1), last.part(0.2, 1), lambda sample: sample.descriptors)
    early, late = (_median_read(cast, span.part(0.2, 1)) for span in (first, last))
    errors = sum(count for person in cast.people for said, count in person.seen.items() if said == "500")
    return [
        Bar("acknowledged submissions lost, doubled or unproven", len(faults), 0),
        Bar("answers 500", errors, 0),
        Bar("memory grown in the last third, MiB, worst process", max(memory.values()), MOST_MIB),
        Bar(
            "open descriptors grown since the first third, worst process",
            max(open_files.values()),
            MOST_DESCRIPTORS,
        ),
        Bar("median read latency, last third / first third", late / early if early else 0.0, 2),
    ]


def _median_read(cast: _Cast, span: Span) -> float:
    times = [seconds for reader in cast.readers for moment, seconds in reader.times if span.holds(moment)]
    return statistics.median(times) if times else 0.0


def _details(cast: _Cast, seconds: float, ended: list[str], samples: list[Sample]) -> dict[str, Any]:
    answers: Counter[str] = Counter()
    for person in cast.people:
        answers += person.seen
    return {
        "minutes": round(seconds / 60, 2),
        "acknowledged": _counted(cast),
        "answers": dict(sorted(answers.items())),
        "ended": ended,
        "reads": sum(len(reader.times) for reader in cast.readers),
        "memory_mib_at_the_end": {sample.process: round(sample.memory_mib, 1) for sample in samples[-5:]},
    }


def _counted(cast: _Cast) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for each in cast.workers:
        counts[type(each).__name__.lower()] += len(each.acknowledged)
    return dict(counts)
