"""Checking a document offline in a journey, as its holder would: files, the published keys, and `steppe verify`."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from infra.journeys.client import expect


def verify(
    kind: Literal["receipt", "statement"],
    document: Mapping[str, Any],
    keys: Mapping[str, Any],
    say: Callable[[str], None],
    *options: str,
    expected: int = 0,
) -> None:
    """Runs the command and says what it prints; JourneyError where it does not end with `expected`."""
    with tempfile.TemporaryDirectory() as folder:
        file, key_file = Path(folder, f"{kind}.json"), Path(folder, "keys.json")
        file.write_text(json.dumps(document), encoding="utf-8")
        key_file.write_text(json.dumps(keys), encoding="utf-8")
        command = [sys.executable, "-m", "infra.cli", "verify", kind, str(file), "--keys", str(key_file)]
        done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    for line in (done.stdout + done.stderr).splitlines():
        say(f"      │ {line}")
    expect(done.returncode == expected, f"steppe verify {kind} ended with {done.returncode}")
