"""`docs/rules/permits-machines.md`: every state machine of the service, written from the rules, compared by a test.

`python -m services.permits.machines.describing` writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from services.permits.machines.known import known
from services.permits.machines.machine import diagram, table

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "rules" / "permits-machines.md"
_HEAD = """# State machines of the permits service

Written from the rules (`python -m services.permits.machines.describing`); a test compares. That of
an application, with its periods and conditions, is in [permits.md](permits.md#applications).
`time` is nobody's step: a day has passed.
"""


def described() -> str:
    """The whole document."""
    return "\n".join([_HEAD, *_chapters()])


def _chapters() -> Iterator[str]:
    for each in known():
        yield f"## {each.title}"
        yield ""
        yield f"`{each.source}`"
        yield ""
        yield from diagram(each)
        yield ""
        yield from table(each)
        yield ""


if __name__ == "__main__":
    DOCUMENT.write_text(described(), encoding="utf-8")
