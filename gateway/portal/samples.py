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
from typing import Any

_PLACE = re.compile(r"\{\{([a-z_.]+)\}\}")
FILE = Path(__file__).with_name("content") / "samples.toml"


@dataclass(frozen=True, slots=True)
class Samples:
    """`values` by a member's name, `bodies` by route, `lists` by `service.variable` or `METHOD /path#variable`."""

    values: Mapping[str, Any]
    bodies: Mapping[str, str]
    lists: Mapping[str, tuple[str, str]]

    def list_for(self, key: str, service: str, name: str) -> tuple[str, str] | None:
        """The list (`/v1/…?limit=1`) and the JSON Pointer in its answer, where one is known."""
        return self.lists.get(f"{key}#{name}") or self.lists.get(f"{service}.{name}")

    def places_of(self, key: str) -> dict[str, tuple[str, str]]:
        """The `{{service.name}}` places of a body with the list that each is taken from."""
        places = set(_PLACE.findall(self.bodies.get(key, "")))
        return {place: self.lists[place] for place in sorted(places & self.lists.keys())}


@lru_cache(maxsize=1)
def load() -> Samples:
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return Samples(
        values=content["values"],
        bodies={key: body.strip() for key, body in content["bodies"].items()},
        lists={key: (each["list"], each["at"]) for key, each in content["lists"].items()},
    )
