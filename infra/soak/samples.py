"""What the processes hold while the load goes on: memory and open descriptors, one sample after the other."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import psutil

from infra.local.stack import Stack
from infra.process_table import PROCESSES

SECONDS_APART = 1.0


class Sample(NamedTuple):
    """One process at one moment (monotonic seconds)."""

    process: str
    moment: float
    memory_mib: float
    descriptors: int


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the run, in monotonic seconds."""

    begin: float
    end: float

    def part(self, begin: float, end: float) -> Span:
        """From one fraction of it to another."""
        length = self.end - self.begin
        return Span(self.begin + begin * length, self.begin + end * length)

    def holds(self, moment: float) -> bool:
        return self.begin <= moment < self.end


async def watch(stack: Stack, over: asyncio.Event, samples: list[Sample]) -> None:
    while not over.is_set():
        samples += [sample for spec in PROCESSES if (sample := _sample(stack, spec.name))]
        await asyncio.sleep(SECONDS_APART)


def _sample(stack: Stack, name: str) -> Sample | None:
    try:
        process = psutil.Process(stack.pid(name))
        memory, descriptors = process.memory_info().rss / 2**20, process.num_fds()
    except psutil.Error:  # it is being started again
        return None
    return Sample(name, time.monotonic(), memory, descriptors)


def growth(
    samples: Sequence[Sample], early: Span, late: Span, of: Callable[[Sample], float]
) -> dict[str, float]:
    """By process, how much the median of `of` in `late` is above that in `early`."""
    grown = {}
    for spec in PROCESSES:
        mine = [sample for sample in samples if sample.process == spec.name]
        before = [of(sample) for sample in mine if early.holds(sample.moment)]
        after = [of(sample) for sample in mine if late.holds(sample.moment)]
        grown[spec.name] = statistics.median(after) - statistics.median(before) if before and after else 0.0
    return grown
