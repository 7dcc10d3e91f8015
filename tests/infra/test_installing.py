"""What `make` promises: targets that explain themselves, and a lock that any network can install from."""

from __future__ import annotations

import re
import subprocess
import tomllib

import pytest

from tests.infra.support import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS = re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", LOCK, flags=re.MULTILINE)


def test_make_explains_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.+)$", makefile, flags=re.MULTILINE)
    said = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^  make (\S+)", said, flags=re.MULTILINE) == phony.split()


def test_the_lock_names_no_address_and_no_folder() -> None:
    code = "\n".join(line for line in LOCK.splitlines() if not line.lstrip().startswith("# via"))
    assert not re.findall(r"://|--index|--extra-index|--find-links|(?<![\w])/\w+", code)


def test_every_pin_has_hashes() -> None:
    entries = re.split(r"\n(?=[a-z0-9])", LOCK)
    assert len(entries) == len(PINS) > 40
    assert not [entry.split("==")[0] for entry in entries if "--hash=sha256:" not in entry]


def test_everything_that_the_project_asks_for_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {re.split(r"[\[<>=~;! ]", one)[0].lower().replace("_", "-") for one in wanted}
    assert names <= {name.replace("_", "-") for name, _ in PINS}


def test_uv_is_installed_by_its_hash_too() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (script,) = re.findall(r"awk '(/\^uv==/.+?)' requirements.lock", makefile)
    block = subprocess.run(
        ["awk", script.replace("$$", "$"), "requirements.lock"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert re.match(r"uv==\S+ \\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n)+$", block)


@pytest.mark.parametrize("python", ["/nowhere/python3", ""])
def test_make_says_which_python_it_needs(python: str) -> None:
    answer = subprocess.run(
        ["make", f"PYTHON={python}", "VENV=/nowhere/venv", "/nowhere/venv/bin/python"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode != 0
    assert "3.11" in answer.stderr
