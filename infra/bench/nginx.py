"""nginx twice: as the small, fast service behind every contender, and as the one that does nothing but pass on."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local import ports
from infra.local.environment import HOST
from infra.local.waiting import wait_until
from infra.process_table import PROCESSES

BODY = (
    '{"items":[{"permit_number":"91152501MA0N00000A001P","status":"in_force","valid_until":"2029-06-30"},'
    '{"permit_number":"91152501MA0N00001B001V","status":"in_force","valid_until":"2027-12-31"}],'
    '"next_cursor":null}'
)
"""What the service answers to every GET: a short page of permits."""

_COMMON = """
daemon off;
worker_processes 1;
worker_rlimit_nofile 40000;
error_log {folder}/error.log error;
pid {folder}/nginx.pid;
events {{ worker_connections 30000; }}
http {{
    access_log {access_log};
    keepalive_requests 100000000;
    keepalive_timeout 300s;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{server}
}}
"""
# It has no routes of its own to compare with the policy: to the gateway it is a service that is not up yet.
# Also where the gateway sends its traces: the answer to them is 200, whatever they hold.
_SERVICE = """
    server {{
        listen {host}:{port} backlog=4096;
        location = /routes.json {{ return 503; }}
        location / {{ default_type application/json; return 200 '{body}'; }}
    }}
"""
_PROXY = """
    upstream service {{ server {host}:{service_port}; keepalive 256; keepalive_requests 100000000; }}
    server {{
        listen {host}:{port} backlog=4096;
        location / {{
            proxy_pass http://service;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
        }}
    }}
"""


def missing_tools() -> list[str]:
    return [tool for tool in ("nginx", "wrk", "luajit") if shutil.which(tool) is None]


@contextmanager
def service() -> Iterator[tuple[int, int]]:
    """Port and process id of a service that answers `BODY`."""
    port = ports.free_port(PROCESSES[:1])
    with _running(_SERVICE.format(host=HOST, port=port, body=BODY), port, access_log="off") as pid:
        yield port, pid


@contextmanager
def proxy(service_port: int) -> Iterator[tuple[int, int]]:
    """Port and process id of a `proxy_pass` with keep-alive on both sides, one worker, and an access log."""
    port = ports.free_port(PROCESSES[:1])
    server = _PROXY.format(host=HOST, port=port, service_port=service_port)
    with _running(server, port, access_log="{folder}/access.log") as pid:
        yield port, pid


@contextmanager
def _running(server: str, port: int, *, access_log: str) -> Iterator[int]:
    # Not in the user's own temporary folder: nginx started by root works as another user.
    with tempfile.TemporaryDirectory(prefix="steppe-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        configuration = folder / "nginx.conf"
        log = access_log.format(folder=folder)
        configuration.write_text(_COMMON.format(folder=folder, access_log=log, server=server))
        nginx = shutil.which("nginx")
        if nginx is None:
            raise RuntimeError("nginx is not installed")
        process = subprocess.Popen(
            [nginx, "-c", str(configuration), "-p", name, "-e", str(folder / "start.log")]
        )
        try:
            if not wait_until(lambda: not ports.is_free(port), seconds=10):
                raise RuntimeError(f"nginx did not start: {(folder / 'start.log').read_text()}")
            yield process.pid
        finally:
            process.terminate()
            process.wait(timeout=10)
