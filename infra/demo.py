"""`steppe demo`: the main journeys over HTTP, against the running stack or one started for the time of them."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from infra.journeys import credit, emergency, permits, waste
from infra.journeys.client import JourneyError
from infra.local import record
from infra.local.environment import home_of
from infra.local.secrets import sample_password
from infra.local.stack import running_stack

Say = Callable[[str], None]
Journey = Callable[[str, str, Say], None]

JOURNEYS: Mapping[str, Journey] = {
    "permits": permits.run,
    "waste": waste.run,
    "credit": credit.run,
    "emergency": emergency.run,
}


def main(argv: list[str]) -> int:
    """Runs every journey, or the named ones; 1 at the first answer that is not what it should be."""
    parser = argparse.ArgumentParser(prog="steppe demo", description="演示主要流程 / walk the main journeys")
    parser.add_argument("journey", nargs="*", choices=[[], *JOURNEYS], help="default: all")
    chosen = parser.parse_args(argv).journey or list(JOURNEYS)
    try:
        with a_stack() as (gateway, password):
            for name in chosen:
                started = time.perf_counter()
                print(f"— {name} · {gateway}", flush=True)
                JOURNEYS[name](gateway, password, lambda line: print(line, flush=True))
                print(f"✔ {name}: {time.perf_counter() - started:.1f} s", flush=True)
    except (JourneyError, OSError, RuntimeError) as error:
        print(f"✘ {error}", file=sys.stderr)
        return 1
    return 0


@contextmanager
def a_stack() -> Iterator[tuple[str, str]]:
    """The gateway's address and the sample's password, of the running stack or of one started for the block."""
    home = home_of(os.environ)
    running = record.running(home)
    if running is not None:
        yield running.environment["STEPPE_GATEWAY_URL"], sample_password(home / "secrets")
        return
    print(
        "没有运行中的系统，临时启动 · no stack is running: one is started for the demonstration", flush=True
    )
    with running_stack(home, sample=True, say=lambda line: print(line, flush=True)) as stack:
        yield stack.gateway_url, sample_password(home / "secrets")
