"""Runs the services of docker-compose.yml as plain processes of this machine.

The command, the environment and the secrets are the file's and the image's; rewritten is only what a container
engine would provide: host names, ports of its own for each container, and the folders /run/secrets and /tmp.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.process_table import PROCESSES
from tests.infra import image_file

STEPPE = Path(sys.executable).with_name("steppe")


class Composition:
    """`document` is the resolved file, `ports` the port on 127.0.0.1 that stands for each process's own."""

    def __init__(self, folder: Path, document: Mapping[str, Any], ports: Mapping[str, int]) -> None:
        self.folder = folder
        self.services: Mapping[str, Any] = document["services"]
        self._files = {name: Path(secret["file"]) for name, secret in document["secrets"].items()}
        self._ports = ports
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def environment(self, name: str) -> dict[str, str]:
        """What the process of that service sees: the image's variables, then the service's. Nothing of ours."""
        given = {**image_file.environment(), **self.services[name].get("environment", {})}
        answer = {key: self._rewritten(value, name) for key, value in given.items()}
        for spec in PROCESSES:
            if spec.name == name:
                answer[f"STEPPE_{name.upper()}_PORT"] = str(self._ports[name])
        return {**answer, "PATH": f"{STEPPE.parent}{os.pathsep}{os.defpath}"}

    def run(self, name: str, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """A program in the container of a service, to its end: `docker compose exec` and health checks."""
        return subprocess.run(
            [shutil.which(words[0], path=str(STEPPE.parent)) or words[0], *words[1:]],
            **self._surroundings(name),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def job(self, name: str) -> subprocess.CompletedProcess[str]:
        """The service itself, to its end."""
        return self.run(name, "steppe", *self.services[name]["command"])

    def start(self, name: str) -> None:
        """The service itself, in the background."""
        with self.log(name).open("wb") as log:
            self.running[name] = subprocess.Popen(
                [STEPPE, *self.services[name]["command"]],
                **self._surroundings(name),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def healthy(self, name: str) -> bool:
        """Whether the service's health check says so; AssertionError where the process has ended."""
        code = self.running[name].poll()
        assert code is None, f"{name} ended with {code}: {self.log(name).read_text()[-2000:]}"
        return self.run(name, *self.services[name]["healthcheck"]["test"][1:]).returncode == 0

    def stop(self) -> dict[str, int]:
        """Tell all to end (SIGTERM); their exit codes."""
        for process in self.running.values():
            process.terminate()
        codes = {}
        for name, process in self.running.items():
            try:
                codes[name] = process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                codes[name] = process.wait()
        return codes

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def written(self) -> list[str]:
        """What the processes left outside of their logs; a read-only file system would have refused it."""
        places = [path for path in self.folder.glob("*/*") if path.name in ("root", "tmp")]
        return [str(path) for place in places for path in place.rglob("*")]

    def _surroundings(self, name: str) -> dict[str, Any]:
        container = self.folder / name
        if not container.exists():
            for part in ("root", "tmp", "secrets"):
                (container / part).mkdir(parents=True)
            for secret in self.services[name]["secrets"]:
                shutil.copyfile(self._files[secret], container / "secrets" / secret)  # a mount is no link
        return {"env": self.environment(name), "cwd": container / "root"}

    def _rewritten(self, value: str, name: str) -> str:
        folders = {"/run/secrets": "secrets", "/tmp": "tmp"}  # noqa: S108 - a container's own
        if value in folders:
            return str(self.folder / name / folders[value])
        if value == "0.0.0.0":  # noqa: S104 - replaced here
            return "127.0.0.1"
        for spec in PROCESSES:  # by its own port alone: at another nothing would listen
            value = value.replace(
                f"//{spec.name}:{spec.default_port}", f"//127.0.0.1:{self._ports[spec.name]}"
            )
        return value
