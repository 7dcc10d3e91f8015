"""`steppe up`: start Steppe on this machine, show how it goes, keep it running until Ctrl-C."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Self

from infra.local.environment import home_of, port_of
from infra.local.stack import Stack
from infra.process_table import PROCESSES, ProcessSpec

Banner = Callable[[Mapping[str, str]], list[str]]
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="steppe up",
        description="在本机启动 Steppe；Ctrl-C 停止 / start Steppe on this machine; Ctrl-C stops it",
        epilog="STEPPE_HOME=.steppe STEPPE_PORT=8000 STEPPE_<SERVICE>_DATABASE_URL=(embedded PostgreSQL)",
    )
    parser.add_argument("--no-sample", action="store_true", help="不载入示例城市 / without the sample city")
    return run(sample=not parser.parse_args(argv).no_sample)


def run(*, sample: bool, table: Sequence[ProcessSpec] = PROCESSES, banner: Banner | None = None) -> int:
    """Run until told to stop: 0 then, 1 where it does not come up, 130 where it was stopped before."""
    began = time.monotonic()

    def say(line: str) -> None:
        with suppress(OSError):  # nobody reads any more
            print(f"{time.monotonic() - began:6.1f} s  {line}", flush=True)

    with StopSignals() as signals:
        try:
            stack = Stack(
                home_of(os.environ),
                port_of(os.environ, table),
                sample=sample,
                environ=os.environ,
                table=table,
                say=say,
                interrupt=signals.interrupt,
            )
            stack.start()
        except StopRequested:
            say("已中断 · stopped before it was ready")
            return 130
        except (RuntimeError, ValueError, OSError) as error:
            say(f"未能启动 · it did not start: {error}")
            return 1
        try:
            _show(banner, stack.environment, say)
            _supervise(stack, signals)
        except (RuntimeError, OSError) as error:
            say(f"无法继续 · cannot go on: {error}")
            return 1
        finally:
            say("正在停止 · stopping")
            stack.stop(signals.hurry)
            say("已停止 · stopped")
    return 0


def _show(banner: Banner | None, environment: Mapping[str, str], say: Callable[[str], None]) -> None:
    say("就绪 · ready")
    make = banner or importlib.import_module("infra.local.banner").lines
    with suppress(OSError):
        print("\n".join(make(environment)), flush=True)


def _supervise(stack: Stack, signals: StopSignals) -> None:
    with suppress(StopRequested):
        while True:
            signals.interrupt()
            stack.tick()
            time.sleep(0.2)


class StopRequested(Exception):  # noqa: N818 - a request, not an error
    """Ctrl-C, SIGTERM, or the terminal was closed."""


class StopSignals:
    """Counts the signals to stop: the first asks, the second forces."""

    def __init__(self) -> None:
        self._count = 0

    def interrupt(self) -> None:
        if self._count:
            raise StopRequested

    def hurry(self) -> bool:
        return self._count > 1

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._note) for number in _SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self._count += 1
