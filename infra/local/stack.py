"""A running Steppe on this machine: PostgreSQL, the five processes, their data, and who looks after them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import psutil

from infra.local import ports, record
from infra.local.environment import needs_embedded, process_environment, stack_environment
from infra.local.fleet import Fleet
from infra.local.locks import HeldError, hold
from infra.local.postgres import EmbeddedPostgres
from infra.local.processes import ServerProcess, warm_up
from infra.local.secrets import make_secrets
from infra.local.tasks import run_task
from infra.local.waiting import Hurry, Interrupt, Say, never, no_hurry, silent, wait_until
from infra.process_table import PROCESSES, ProcessSpec

MIGRATION = "infra.migrate:bring_up_to_date"
SAMPLE_LOADER = "infra.sample.load:load_if_empty"


class Stack:
    """See `running_stack`. `environment` is what a program that works with the stack needs."""

    def __init__(
        self,
        home: Path,
        port: int,
        *,
        sample: bool,
        environ: Mapping[str, str],
        settings: Mapping[str, str] | None = None,
        table: Sequence[ProcessSpec] = PROCESSES,
        say: Say = silent,
        interrupt: Interrupt = never,
    ) -> None:
        self.home = home.resolve()
        self.port = port
        self.postgres = EmbeddedPostgres(
            self.home / "postgres", settings=settings, say=say, interrupt=interrupt
        )
        self.environment = stack_environment(
            home=self.home, port=port, environ=environ, embedded=self.postgres.url, table=table
        )
        self._sample, self._table = sample, table
        self._say, self._interrupt = say, interrupt
        self._logs = self.home / "logs"
        self._lock: IO[str] | None = None
        self._embedded = needs_embedded(self.environment, self.postgres.url, table)
        self._started_at, self._ready_at = "", ""
        processes = [
            ServerProcess(
                spec,
                process_environment(spec, self.environment, environ),
                self._logs / f"{spec.name}.log",
            )
            for spec in table
        ]
        self._fleet = Fleet(processes, {spec.name: port + spec.port_offset for spec in table}, say)

    @property
    def gateway_url(self) -> str:
        return self.url("gateway")

    def url(self, name: str) -> str:
        """The address of one process, as `http://127.0.0.1:8001`."""
        return self.environment[f"STEPPE_{name.upper()}_URL"]

    def pid(self, name: str) -> int:
        return self._fleet.processes[name].pid

    def kill(self, name: str, number: int) -> None:
        """Send a signal to one process; after SIGKILL it is gone when this returns."""
        self._fleet.kill(name, number)

    def restart(self, name: str) -> None:
        """End one process if it runs, start it anew and wait until it is ready."""
        self._fleet.restart(name)
        self._write_record()

    def start(self) -> None:
        """Come up until every process answers and the sample is there; RuntimeError that says why not."""
        self._started_at = _now()
        try:
            self._take_home()
            self._require_ports()
            self._bring_up_data()
            self._say(f"启动 {len(self._table)} 个进程 · starting {len(self._table)} processes")
            self._fleet.start()
            self._write_record()
            self._say("等待 /readyz · waiting for /readyz")
            self._fleet.wait_ready(interrupt=self._interrupt)
            self._load_sample()
            self._ready_at = _now()
            self._write_record()
        except BaseException:
            self.stop()
            raise

    def tick(self) -> None:
        """Look after everything once: PostgreSQL and the processes that died are started again."""
        if self._embedded and self.postgres.pid is None:
            self._say(f"PostgreSQL died, starting it again; see {self.postgres.log_file}")
            self.postgres.start()
            self._write_record()
        if self._fleet.tick():
            self._write_record()

    def stop(self, hurry: Hurry = no_hurry) -> None:
        """End the gateway, then the services, then PostgreSQL. Harmless where nothing runs."""
        if self._lock is None:
            return  # we never held this home: what runs there is somebody else's
        self._fleet.stop(hurry)
        self.postgres.stop(hurry=hurry)
        record.remove(self.home)
        self._lock.close()
        self._lock = None

    def _take_home(self) -> None:
        # PostgreSQL, run as another user where we are root, must be able to pass through.
        self.home.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        self._logs.mkdir(mode=0o700, exist_ok=True)
        try:
            self._lock = hold(self.home / "lock")
        except HeldError as error:
            raise RuntimeError(
                f"a stack already runs in {self.home} (process {error.holder}): stop it with Ctrl-C or"
                " `kill`, or choose another folder with STEPPE_HOME"
            ) from error
        record.stop_recorded(self.home, say=self._say, interrupt=self._interrupt)

    def _require_ports(self) -> None:
        for spec in self._table:
            port = self.port + spec.port_offset
            if not wait_until(lambda port=port: ports.is_free(port), seconds=1, interrupt=self._interrupt):  # type: ignore[misc]
                raise RuntimeError(
                    f"port {port}, which {spec.name} needs, is taken by {ports.holder_of(port)}: choose"
                    f" another one with STEPPE_PORT (the gateway's; the services take the ones after it)"
                )

    def _bring_up_data(self) -> None:
        warm_up()
        if self._embedded:
            self._say("启动 PostgreSQL · starting PostgreSQL")
            self.postgres.start()
        services = tuple(spec.name for spec in self._table if spec.name != "gateway")
        if make_secrets(self.home / "secrets", services):
            self._say(f"生成密钥 · keys and passwords made in {self.home / 'secrets'}")
        if any(spec.package is not None for spec in self._table):
            self._say("迁移数据库 · migrating the databases")
            self._run(MIGRATION, "migrate.log")

    def _load_sample(self) -> None:
        if not self._sample:
            return
        self._say("载入示例城市 · loading the sample city")
        self._run(SAMPLE_LOADER, "sample.log")

    def _run(self, target: str, log: str) -> None:
        environment = {**os.environ, **self.environment}
        run_task(target, environment, self._logs / log, say=self._say, interrupt=self._interrupt)

    def _write_record(self) -> None:
        processes = self._fleet.processes.values()
        record.Record(
            started_at=self._started_at,
            ready_at=self._ready_at,
            supervisor=record.Recorded(os.getpid(), psutil.Process().create_time()),
            processes={
                process.spec.name: record.Recorded(
                    process.pid, process.created, self.url(process.spec.name), str(process.log_file)
                )
                for process in processes
            },
            postgres_pid=self.postgres.pid,
            environment=self.environment,
        ).write(self.home)


@contextmanager
def running_stack(
    home: Path,
    port: int | None = None,
    *,
    sample: bool,
    settings: Mapping[str, str] | None = None,
    environ: Mapping[str, str] | None = None,
    table: Sequence[ProcessSpec] = PROCESSES,
    say: Say = silent,
    restart_on_death: bool = True,
) -> Iterator[Stack]:
    """A whole stack for as long as the block lasts; RuntimeError where it does not come up.

    `port` is the gateway's (None: free ones are found); `settings` are PostgreSQL's; `environ` is what the
    processes see besides their own variables (None: ours). Without `restart_on_death` who is killed stays
    dead until `Stack.restart`.
    """
    chosen = ports.free_port(table) if port is None else port
    given = dict(os.environ if environ is None else environ)
    stack = Stack(home, chosen, sample=sample, environ=given, settings=settings, table=table, say=say)
    stack.start()
    over = threading.Event()
    caretaker = threading.Thread(target=_look_after, args=(stack, over), daemon=True)
    try:
        if restart_on_death:
            caretaker.start()
        yield stack
    finally:
        over.set()
        if caretaker.ident is not None:
            caretaker.join(timeout=30)
        stack.stop()


def _look_after(stack: Stack, over: threading.Event) -> None:
    while not over.wait(0.1):
        stack.tick()


def _now() -> str:
    return datetime.fromtimestamp(time.time(), UTC).astimezone().isoformat(timespec="milliseconds")
