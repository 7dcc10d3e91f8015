"""The processes of one stack together: start, wait until ready, keep alive, stop in order."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Mapping, Sequence

from infra.local import ports
from infra.local.comeback import Comeback
from infra.local.processes import ServerProcess, is_alive
from infra.local.waiting import Hurry, Interrupt, Say, never, no_hurry, wait_until

READY_WITHIN = 180.0  # on a machine that is busy with other things; one that ends is noticed at once
END_WITHIN = 30.0  # beyond the time in which a process answers what is under way (`infra.serve`)


class Fleet:
    """`processes[0]` is the gateway: it is started like the others and stopped before them."""

    def __init__(self, processes: Sequence[ServerProcess], addresses: Mapping[str, int], say: Say) -> None:
        self.processes = {process.spec.name: process for process in processes}
        self._addresses = addresses
        self._say = say
        self._comebacks = {name: Comeback() for name in self.processes}
        self._mutex = threading.RLock()
        self._stopped = False

    def start(self) -> None:
        for process in self.processes.values():
            process.start()

    def wait_ready(self, names: Sequence[str] = (), *, interrupt: Interrupt = never) -> None:
        """Until each answers `/readyz` with 200; RuntimeError with its last log lines where one does not."""
        waiting = list(names or self.processes)

        def all_ready() -> bool:
            for name in list(waiting):
                self._require_alive(name)
                if ports.is_ready(self._addresses[name]):
                    waiting.remove(name)
            return not waiting

        if not wait_until(all_ready, seconds=READY_WITHIN, every=0.05, interrupt=interrupt):
            words = [self.processes[name].last_words() for name in waiting]
            raise RuntimeError(
                "\n".join([f"not ready after {READY_WITHIN:.0f} s: {', '.join(waiting)}", *words])
            )

    def _require_alive(self, name: str) -> None:
        process = self.processes[name]
        code = process.poll()
        if code is not None:
            raise RuntimeError(f"{name} ended at once ({meaning(code)})\n{process.last_words()}")

    def tick(self) -> bool:
        """Look after the processes once: whoever died is started again after a pause. True if one was."""
        with self._mutex:
            if self._stopped:
                return False
            started = [self._tend(process) for process in self.processes.values()]
            return any(started)

    def _tend(self, process: ServerProcess) -> bool:
        comeback, now = self._comebacks[process.spec.name], time.monotonic()
        code = process.poll()
        if code is None:
            return False
        if comeback.due is None:
            pause = comeback.died(now=now, lived=time.time() - process.created)
            name, pid = process.spec.name, process.pid
            self._say(f"{name} ({pid}) died: {meaning(code)}; again in {pause:.1f} s; see {process.log_file}")
        elif comeback.is_due(now):
            process.start()
            comeback.started()
            self._say(f"{process.spec.name} started again ({process.pid})")
            return True
        return False

    def restart(self, name: str) -> None:
        """End one process if it runs, start it anew and wait until it is ready."""
        with self._mutex:
            process = self.processes[name]
            self._end([process], no_hurry)
            process.start()
            self._comebacks[name].started()
        self.wait_ready([name])

    def kill(self, name: str, number: int) -> None:
        """Send a signal to one process; after SIGKILL it is gone when this returns."""
        process = self.processes[name]
        pid, created = process.pid, process.created
        os.kill(pid, number)
        if number == signal.SIGKILL:
            wait_until(lambda: not is_alive(pid, created), seconds=5, every=0.002)

    def stop(self, hurry: Hurry = no_hurry) -> None:
        """End all, the gateway first, so that no request is cut that the services could still answer."""
        with self._mutex:
            self._stopped = True
            gateway, *services = self.processes.values()
            self._end([gateway], hurry)
            self._end(services, hurry)

    def _end(self, processes: Sequence[ServerProcess], hurry: Hurry) -> None:
        def over() -> bool:
            return all(process.poll() is not None for process in processes)

        for process in processes:
            process.send(signal.SIGTERM)
        wait_until(lambda: over() or hurry(), seconds=END_WITHIN)
        for process in processes:
            process.send(signal.SIGKILL)
        wait_until(over, seconds=5)


def meaning(code: int) -> str:
    """An exit code in words: `exit code 3`, `signal SIGKILL`."""
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
