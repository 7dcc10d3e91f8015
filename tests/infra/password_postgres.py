"""A PostgreSQL that answers by TCP and asks for passwords, as the official image's does."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from infra.local.binaries import program, run_as, wheel_folders
from infra.local.ports import free_port
from infra.local.service_user import make_reachable, make_readable, service_user
from infra.local.waiting import silent, wait_until

SETTINGS = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "full_page_writes=off")


@contextmanager
def password_postgres(
    folder: Path, *, user: str, password: str, initdb_arguments: Sequence[str] = ("--auth=scram-sha-256",)
) -> Iterator[int]:
    """Its port, for as long as the block lasts; `user` is the superuser, whose database is `postgres`."""
    runs_as = service_user(folder)
    folder.mkdir(mode=0o700)
    secret = folder / "password"
    secret.write_text(password, encoding="utf-8")
    if runs_as is not None:
        for path in (folder, secret):
            os.chown(path, runs_as.uid, runs_as.gid)
        make_reachable([folder, *wheel_folders()], runs_as, silent)
        make_readable(wheel_folders(), runs_as, silent)
    cluster, port = folder / "cluster", free_port()
    made = [f"--pgdata={cluster}", f"--username={user}", f"--pwfile={secret}", "--no-sync", *initdb_arguments]
    subprocess.run([program("initdb"), *made], check=True, capture_output=True, **run_as(runs_as))
    options = [word for setting in (*SETTINGS, f"port={port}") for word in ("-c", setting)]
    with (folder.parent / f"{folder.name}.log").open("wb") as log:
        server = subprocess.Popen(
            [program("postgres"), "-D", cluster, *options], stdout=log, stderr=log, **run_as(runs_as)
        )
    try:
        assert wait_until(lambda: _is_ready(cluster) or server.poll() is not None, seconds=30)
        assert server.poll() is None, "PostgreSQL did not come up"
        yield port
    finally:
        server.terminate()
        try:
            server.wait(timeout=60)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _is_ready(cluster: Path) -> bool:
    """As its lock file says, which pg_ctl goes by: it listens before it takes connections."""
    try:
        lines = (cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > 7 and lines[7].strip() == "ready"
