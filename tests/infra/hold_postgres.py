"""A program that starts PostgreSQL in a folder, says `ready PID`, and waits to be killed."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from infra.local.postgres import EmbeddedPostgres

server = EmbeddedPostgres(Path(sys.argv[1]), settings={"fsync": "off"})
server.start()
sys.stdout.write(f"ready {server.pid} {server._watcher.pid if server._watcher else 0}\n")
time.sleep(600)
