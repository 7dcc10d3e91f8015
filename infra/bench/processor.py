"""Which processor cores a process may use, and how much of them it has used."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil


def give_cores(*, contenders: Sequence[int], others: Sequence[int]) -> None:
    """One core to the proxies, of which one at a time is measured; the others to the load and the service.

    Nothing where there is one core only, or the system has no such thing (macOS).
    """
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(cores) < 2:
        return
    for pid in others:
        _pin(pid, set(cores[1:]))
    for pid in contenders:  # after the others: they are children of the process that measures
        _pin(pid, {cores[0]})


def processor_seconds(pid: int) -> float:
    """Of a process and its children, in user and system mode, since it began."""
    process = psutil.Process(pid)
    every = [process, *process.children(recursive=True)]
    return sum(each.cpu_times().user + each.cpu_times().system for each in every)


def resident_mib(pid: int) -> float:
    return float(psutil.Process(pid).memory_info().rss) / 2**20


def _pin(pid: int, cores: set[int]) -> None:
    every = [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    for each in every:
        for thread in Path(f"/proc/{each}/task").iterdir():
            with suppress(OSError):  # ended meanwhile
                os.sched_setaffinity(int(thread.name), cores)
