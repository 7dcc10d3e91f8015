"""Every type of event that a service emits, declared once: its name, its payload, what it means, who may read it.

`services.kit.events.emit` takes nothing but a declared type and a fact of its payload's class, so the catalogue
that the portal shows (`x-steppe-events` of the OpenAPI document) is what the feeds really carry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from services.kit.texts import Text

_NAME = re.compile(r"[a-z]+\.[a-z_]+\.v[1-9][0-9]*")
_DECLARED: dict[str, EventType] = {}


class Readers(StrEnum):
    """Who may read an event beside the bureau and the systems that see every enterprise."""

    BUREAU = "bureau"
    """Nobody else."""
    OWNER = "owner"
    """The enterprise that it is about, where there is one."""
    PUBLIC = "public"
    """Every signed-in caller."""


@dataclass(frozen=True, slots=True)
class EventType:
    """`<service>.<fact in the past tense>.v<n>`. A payload only grows; a change of meaning is the next version.

    Making one declares it. Raises ValueError for a malformed name, or one that stands for something else already.
    """

    name: str
    payload: type[BaseModel] = field(repr=False)
    title: Text = field(repr=False)
    readers: Readers = Readers.OWNER

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name}: not «service.fact.v1»")
        known = _DECLARED.setdefault(self.name, self)
        if known != self:
            raise ValueError(f"{self.name}: declared twice")

    @property
    def service(self) -> str:
        return self.name.partition(".")[0]

    def __str__(self) -> str:
        return self.name

    def describe(self) -> dict[str, Any]:
        """Its entry in the catalogue; `payload` is a JSON Schema that stands alone."""
        return {
            "name": self.name,
            "service": self.service,
            "title_zh": self.title.zh,
            "title_en": self.title.en,
            "readers": self.readers.value,
            "payload": self.payload.model_json_schema(mode="serialization"),
        }


def declared_by(service: str) -> list[EventType]:
    """The types of one service that this process knows, by name."""
    return sorted((each for each in _DECLARED.values() if each.service == service), key=str)
