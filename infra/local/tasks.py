"""Work that a stack does once: it runs in a process of its own and can be interrupted."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from infra.local import child
from infra.local.files import last_lines, rotate
from infra.local.processes import context
from infra.local.waiting import Interrupt, Say, never, wait_until


def run_task(
    target: str, environment: Mapping[str, str], log_file: Path, *, say: Say, interrupt: Interrupt = never
) -> None:
    """Call `module:function` (environment, say) in a forked process; RuntimeError where it fails."""
    ours, theirs = context.Pipe(duplex=False)
    task = context.Process(target=child.call, args=(target, dict(environment), log_file, theirs), daemon=True)
    rotate(log_file)
    task.start()
    theirs.close()
    try:
        with suppress(EOFError):
            while True:
                wait_until(ours.poll, seconds=3600, interrupt=interrupt)
                say(ours.recv())
        task.join()
    finally:
        if task.is_alive():
            task.kill()
            task.join()
        ours.close()
    if task.exitcode != 0:
        raise RuntimeError("\n".join([f"{target} failed:", *last_lines(log_file)]))
