"""What makes an example runnable: good values by name, bodies by operation, and lists that real records are taken from.

`content/samples.toml` holds them. They fit any installation: a record is looked up in a list, never written down.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

_PLACE = re.compile(r"\{\{([a-z_.]+)\}\}")
FILE = Path(__file__).with_name("content") / "samples.toml"


class Source(NamedTuple):
    """Where a real value is taken from."""

    list: str
    """`/v1/…?limit=1`; it may have places of its own, that of a path's variable the variables before it: `{name}`."""
    at: str
    """The JSON Pointer of the value in the answer."""
    each: str = ""
    """Of an array: what is written for each element, with its members in braces."""
    join: str = ", "
    """What stands between them."""


@dataclass(frozen=True, slots=True)
class Samples:
    """`values` by a member's name, `bodies` by route, `lists` by `service.variable` or `METHOD /path#variable`."""

    values: Mapping[str, Any]
    bodies: Mapping[str, str]
    lists: Mapping[str, Source]

    def list_for(self, key: str, service: str, name: str) -> Source | None:
        """Where a variable of a path, or a query that is needed, is taken from, where that is known."""
        return self.lists.get(f"{key}#{name}") or self.lists.get(f"{service}.{name}")

    def places_of(self, key: str) -> dict[str, Source]:
        """The `{{service.name}}` places of a body with what each is taken from: first what others need."""
        found: dict[str, Source] = {}
        self._add_places(self.bodies.get(key, ""), found)
        return found

    def _add_places(self, text: str, found: dict[str, Source]) -> None:
        for place in sorted(set(_PLACE.findall(text)) & self.lists.keys() - found.keys()):
            self._add_places(self.lists[place].list, found)
            found[place] = self.lists[place]


@lru_cache(maxsize=1)
def load() -> Samples:
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return Samples(
        values=content["values"],
        bodies={key: body.strip() for key, body in content["bodies"].items()},
        lists={key: Source(**each) for key, each in content["lists"].items()},
    )
