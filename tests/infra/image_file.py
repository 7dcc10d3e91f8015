"""infra/images/Dockerfile and .dockerignore as an engine reads them."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.infra.support import ROOT

FILE = ROOT / "infra" / "images" / "Dockerfile"


@dataclass(frozen=True)
class Instruction:
    """One instruction, its continuation lines joined; `stage` counts from 0, -1 before the first FROM."""

    word: str
    text: str
    stage: int


def instructions() -> list[Instruction]:
    text = "\n".join(
        line for line in FILE.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")
    )
    found: list[Instruction] = []
    stage = -1
    for line in text.replace("\\\n", " ").splitlines():
        word, _, rest = line.strip().partition(" ")
        if word:
            stage += word == "FROM"
            found.append(Instruction(word, re.sub(r"\s+", " ", rest.strip()), stage))
    return found


def final(word: str) -> list[str]:
    """The texts of these instructions in the last stage."""
    last = max(one.stage for one in instructions())
    return [one.text for one in instructions() if one.stage == last and one.word == word]


def environment() -> dict[str, str]:
    """What the image sets, without PATH."""
    pairs = (pair.partition("=") for text in final("ENV") for pair in shlex.split(text))
    return {name: value for name, _, value in pairs if name != "PATH"}


def copied() -> list[str]:
    """The paths that are copied from the build's context."""
    copies = (one.text for one in instructions() if one.word == "COPY" and not one.text.startswith("--from="))
    return [source for text in copies for source in text.split()[:-1]]


def copy_context(target: Path) -> None:
    """Lay out what the build stage would hold: the copied paths, without what .dockerignore keeps out."""
    for source in copied():
        start = ROOT / source
        for path in (start, *start.rglob("*")):
            inside = path.relative_to(ROOT)
            if path.is_file() and in_context(inside.as_posix()):
                (target / inside).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target / inside)


def in_context(path: str, patterns: Sequence[str] | None = None) -> bool:
    """Whether a file gets to the builder: the last pattern that it or a folder above it matches decides."""
    if patterns is None:
        lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        patterns = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    parts = path.split("/")
    prefixes = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    kept = True
    for pattern in patterns:
        expression = _expression(pattern.removeprefix("!").strip("/"))
        if any(re.fullmatch(expression, prefix) for prefix in prefixes):
            kept = pattern.startswith("!")
    return kept


def _expression(pattern: str) -> str:
    """A pattern of .dockerignore as a regular expression: `**/` any folders, `*` anything but a slash."""
    pieces = re.split(r"(\*\*/|\*\*|\*|\?|\[[^]]+\])", pattern)
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(
        meaning.get(piece, piece if piece.startswith("[") else re.escape(piece)) for piece in pieces
    )
