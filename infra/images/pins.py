"""Selects from requirements.lock what running, or building, needs: `python infra/images/pins.py run|build`.

The lock pins what development needs too, in one list. Its `# via` comments say who asked for each package, so the
dependencies of pyproject.toml lead to everything that they need. `pip install --require-hashes` refuses the
result if anything is missing. Standard library only: it runs before anything is installed.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def main(argv: list[str]) -> int:
    """Print the pins with their hashes; 1 where a package that is asked for is not pinned."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("purpose", choices=("run", "build"))
    parser.add_argument("--without", action="append", default=[], metavar="NAME", help="leave this one out")
    arguments = parser.parse_args(argv)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = (
        project["project"]["dependencies"]
        if arguments.purpose == "run"
        else project["build-system"]["requires"]
    )
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    try:
        print(select(lock, asked, without=arguments.without))
    except KeyError as error:
        print(f"requirements.lock does not pin {error}", file=sys.stderr)
        return 1
    return 0


def select(lock: str, requirements: Iterable[str], *, without: Iterable[str] = ()) -> str:
    """The entries of `lock` that `requirements` lead to, without some and what only they need; KeyError if missing."""
    entries = {canonical(entry): entry for entry in re.split(r"\n(?=[a-z0-9])", lock.strip())}
    needs: dict[str, set[str]] = {}
    for name, entry in entries.items():
        for parent in _parents(entry):
            needs.setdefault(parent, set()).add(name)
    left_out = {canonical(name) for name in without}
    found: set[str] = set()
    waiting = {canonical(requirement) for requirement in requirements} - left_out
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= needs.get(name, set()) - found - left_out
    return "\n".join(entries[name] for name in sorted(found))


def canonical(requirement: str) -> str:
    """The package that a requirement or a pin is of, as `uv` writes it (PEP 503)."""
    match = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", match[0]).lower() if match else ""


def _parents(entry: str) -> set[str]:
    """Who asked for it: the packages that stand after `# via`, on that line or on those below."""
    comments = [line.strip().lstrip("# ") for line in entry.splitlines() if line.lstrip().startswith("#")]
    return {canonical(comment.removeprefix("via").strip()) for comment in comments} - {""}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
