"""TCP ports of this machine: are they free, who has them, does the process there say that it is ready."""

from __future__ import annotations

import http.client
import secrets
import socket
from collections.abc import Sequence

import psutil

from infra.local.environment import HOST
from infra.process_table import METRICS_OFFSET, PROCESSES, ProcessSpec

# Below 32768: Linux gives the ports from there on to outgoing connections.
CHOICE = range(20_000, 32_000)
"""Where `free_port` looks. Whoever shares the machine with others that look at the same time takes a part of it."""


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def holder_of(port: int) -> str:
    """Who listens on a port, as far as we may know: `process 4711 (nginx)`."""
    try:
        for connection in psutil.net_connections(kind="tcp"):
            listens = connection.status == psutil.CONN_LISTEN
            if listens and connection.laddr and connection.laddr.port == port and connection.pid:
                return f"process {connection.pid} ({psutil.Process(connection.pid).name()})"
    except psutil.Error:
        pass
    return "another process"


def free_port(table: Sequence[ProcessSpec] = PROCESSES) -> int:
    """A gateway's port that is free now with all the ports after it that the services take."""
    for _ in range(200):
        port = secrets.choice(CHOICE)
        taken = (port + spec.port_offset + more for spec in table for more in (0, METRICS_OFFSET))
        if all(is_free(each) for each in taken):
            return port
    raise RuntimeError(f"no free ports found between {CHOICE.start} and {CHOICE.stop}")


def is_ready(port: int, *, host: str = HOST) -> bool:
    """Whether `GET /readyz` answers 200 there."""
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/readyz", headers={"Connection": "close"})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
