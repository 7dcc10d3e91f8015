"""The commands of the documentation, run as they stand, in order, against a running stack."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.stack import Stack
from tests.support.homes import sample_stack

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ROOT / "gateway" / "portal" / "content" / "guides"
DOCUMENTS = [
    *(ROOT / "README.md", ROOT / "README.zh-CN.md"),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted(GUIDES.glob("*.md")),
]

pytestmark = pytest.mark.stack


def commands(document: Path) -> str:
    """Everything inside ```sh fences, as one script."""
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", document.read_text(encoding="utf-8"), re.M | re.S))


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with sample_stack(tmp_path_factory) as running:
        yield running


def run(document: Path, stack: Stack, folder: Path) -> str:
    """What the document's commands print; fails where one of them does."""
    if not (shutil.which("curl") and shutil.which("bash")):
        pytest.skip("the documents' commands use curl and bash")
    (folder / ".venv").symlink_to(ROOT / ".venv")
    environment = {**os.environ, "STEPPE_HOME": stack.environment["STEPPE_HOME"], "PYTHONPATH": str(ROOT)}
    script = f"set -euo pipefail\n{commands(document)}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def test_the_readme_walks_the_whole_journey(stack: Stack, tmp_path: Path) -> None:
    said = run(ROOT / "README.md", stack, tmp_path)
    assert "HTTP/1.1 422" in said
    assert '"negative_value"' in said
    assert said.count("the receipt holds") == 2
    assert '"state":"returned"' in said
    assert '"state":"accepted"' in said
    assert "permits.report_accepted.v1" in said
    assert '"document_sha256"' in said.splitlines()[-1]


@pytest.mark.parametrize(
    "document", [d for d in DOCUMENTS if d.name != "README.md" and commands(d)], ids=lambda d: d.name
)
def test_every_command_of_the_document_succeeds(document: Path, stack: Stack, tmp_path: Path) -> None:
    run(document, stack, tmp_path)
