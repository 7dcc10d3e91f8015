"""A PostgreSQL server of our own in a folder, over a unix socket only."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import IO, Self
from urllib.parse import quote

from infra.local.binaries import MAJOR_VERSION, make_cluster, program, run_as, wheel_folders
from infra.local.files import last_lines, rotate
from infra.local.leftovers import pid_file, stop_leftovers
from infra.local.locks import hold
from infra.local.service_user import ServiceUser, give, make_reachable, make_readable, service_user
from infra.local.sockets import make_private, socket_folder
from infra.local.waiting import Hurry, Interrupt, Say, never, no_hurry, silent, wait_until

SUPERUSER = "steppe"
PORT = 5432  # only a part of the socket's name: nothing listens on a port
SOCKET = f".s.PGSQL.{PORT}"
DEFAULT_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "max_connections": "200",
        "shared_buffers": "128MB",
        "timezone": "UTC",
        "log_checkpoints": "off",
        "log_error_verbosity": "terse",  # without DETAIL, which quotes rows
    }
)
THROWAWAY_SETTINGS: Mapping[str, str] = MappingProxyType(
    {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
)
"""For data that may be lost when the server is killed, as in tests; leave `synchronous_commit` on to kill it."""


class EmbeddedPostgres:
    """PostgreSQL 18 with all it keeps in `data_dir`: `cluster/`, `socket/`, `server.log` and `lock`.

    `start` ends what a killed run left, makes the cluster where there is none, and waits for crash recovery.
    One program at a time holds a folder (`locks.HeldError` for the second). The server ends with the program
    that started it, even if that is killed. `interrupt` is called while something waits, and may raise.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        settings: Mapping[str, str] | None = None,
        say: Say = silent,
        interrupt: Interrupt = never,
    ) -> None:
        self.data_dir = data_dir.resolve()
        self.cluster = self.data_dir / "cluster"
        self.log_file = self.data_dir / "server.log"
        self.socket_dir = socket_folder(self.data_dir, SOCKET)
        self._settings = {**DEFAULT_SETTINGS, **(settings or {})}
        self._say = say
        self._interrupt = interrupt
        self._user: ServiceUser | None = None
        self._lock: IO[str] | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._watcher: subprocess.Popen[bytes] | None = None

    def url(self, database: str, *, driver: str = "postgresql+asyncpg") -> str:
        """The address of a database here, whether it exists and the server runs or not."""
        host = quote(str(self.socket_dir), safe="/")
        return f"{driver}://{SUPERUSER}@/{quote(database, safe='')}?host={host}&port={PORT}"

    @property
    def pid(self) -> int | None:
        """The postmaster's process id; None where it does not run."""
        return self._server.pid if self._server is not None and self._server.poll() is None else None

    def start(self) -> None:
        """Come up and answer; RuntimeError that says why not. Again after the server died is right too."""
        if self.pid is not None:
            return
        try:
            self._user = service_user(self.data_dir)
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._lock is None:
                self._lock = hold(self.data_dir / "lock")
            if self.cluster.exists():
                stop_leftovers(self.cluster, say=self._say, interrupt=self._interrupt)
            self._make_folders()
            self._launch()
            self._wait_until_ready()
            self._watch_over()
        except BaseException:
            self.stop()
            raise

    def stop(self, *, hurry: Hurry = no_hurry) -> None:
        """Fast shutdown: sessions are rolled back, a checkpoint is written, or immediate if in a hurry.

        Harmless where nothing runs.
        """
        self._dismiss_watcher()
        if self._server is not None:
            self._end_server(self._server, hurry)
            self._server = None
        if not self.socket_dir.is_relative_to(self.data_dir):
            with suppress(OSError):  # not there, or in use
                self.socket_dir.rmdir()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _make_folders(self) -> None:
        if self._user is not None:
            give(self.data_dir, self._user)
            make_reachable([self.data_dir, self.socket_dir, *wheel_folders()], self._user, self._say)
            make_readable(wheel_folders(), self._user, self._say)
        make_private(self.socket_dir, self._user)
        if self.cluster.exists():
            if self._user is not None:
                give(self.cluster, self._user, contents=True)
        else:
            self._make_cluster()
        version = (self.cluster / "PG_VERSION").read_text(encoding="utf-8").strip()
        if version != MAJOR_VERSION:
            raise RuntimeError(
                f"{self.cluster} is of PostgreSQL {version}; this is PostgreSQL {MAJOR_VERSION}"
            )

    def _make_cluster(self) -> None:
        # Under another name first: an initdb that was killed leaves no half-made cluster to trip over.
        unfinished = self.data_dir / "cluster.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        durable = self._settings.get("fsync") != "off"
        make_cluster(unfinished, superuser=SUPERUSER, user=self._user, durable=durable)
        unfinished.rename(self.cluster)

    def _launch(self) -> None:
        # This folder is ours alone (the lock says so): what lies in it is from a server that is gone.
        for name in (SOCKET, f"{SOCKET}.lock"):
            (self.socket_dir / name).unlink(missing_ok=True)
        # Trust is right here: nothing listens but a socket in a folder that only its owner may enter, and
        # whoever is that user (or root) could read the files of the database anyway.
        options = {
            **self._settings,
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": '"' + str(self.socket_dir).replace('"', '""') + '"',
            "unix_socket_permissions": "0700",
        }
        command = [str(program("postgres")), "-D", str(self.cluster)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        rotate(self.log_file)
        with self.log_file.open("ab") as log:
            # A session of its own: Ctrl-C at the terminal is for the program that started it.
            self._server = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **run_as(self._user),
            )

    def _wait_until_ready(self, seconds: float = 60) -> None:
        began = said = time.monotonic()

        def meanwhile() -> None:
            nonlocal said
            self._interrupt()
            if time.monotonic() - said >= 2:
                said = time.monotonic()
                self._say(
                    f"PostgreSQL recovers from a crash: {said - began:.0f} s of at most {seconds:.0f} s"
                )

        wait_until(self._ready_or_dead, seconds=seconds, every=0.01, interrupt=meanwhile)
        if not self._ready():
            end = "\n".join(last_lines(self.log_file, 15))
            raise RuntimeError(f"PostgreSQL did not come up; the end of {self.log_file}:\n{end}")

    def _ready_or_dead(self) -> bool:
        return self.pid is None or self._ready()

    def _ready(self) -> bool:
        lines = [line.strip() for line in pid_file(self.cluster)]
        return len(lines) > 7 and lines[0] == str(self.pid) and lines[7] == "ready"

    def _watch_over(self) -> None:
        """Leave a shell at a pipe that the kernel closes when we are gone; then it stops the server."""
        self._dismiss_watcher()
        script = 'read -r _; exec "$0" stop --silent --mode=fast --pgdata="$1"'
        self._watcher = subprocess.Popen(
            ["/bin/sh", "-c", script, str(program("pg_ctl")), str(self.cluster)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **run_as(self._user),
        )

    def _dismiss_watcher(self) -> None:
        if self._watcher is not None:
            self._watcher.kill()
            self._watcher.communicate()
            self._watcher = None

    def _end_server(self, server: subprocess.Popen[bytes], hurry: Hurry) -> None:
        server.send_signal(signal.SIGINT)
        wait_until(lambda: server.poll() is not None or hurry(), seconds=30)
        for number in (signal.SIGQUIT, signal.SIGKILL):
            if server.poll() is None:
                server.send_signal(number)
                wait_until(lambda: server.poll() is not None, seconds=10)


@contextmanager
def throwaway_postgres(settings: Mapping[str, str] | None = None) -> Iterator[EmbeddedPostgres]:
    """A server with no data in a folder that goes away afterwards; fast, as its data need not last."""
    with tempfile.TemporaryDirectory(prefix="steppe-", ignore_cleanup_errors=True) as folder:
        throwaway = {**THROWAWAY_SETTINGS, **(settings or {})}
        with EmbeddedPostgres(Path(folder) / "postgres", settings=throwaway) as server:
            yield server
