"""What unpublished data may be read for: codes with their days and texts, from `purposes.toml` or a city's own file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from services.kit.configuration import ConfigurationError, read_toml
from services.kit.texts import Text

SHIPPED = Path(__file__).with_name("purposes.toml")
_CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")


class PurposesError(ConfigurationError):
    """The file of purposes cannot be used; its text says why."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """One purpose; it may be declared from `since` to `until`, both days included."""

    code: str
    text: Text
    since: date
    until: date | None

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


class Purposes:
    """The purposes of one installation, in the order of their file."""

    def __init__(self, purposes: Mapping[str, Purpose]) -> None:
        self._purposes = dict(purposes)

    def __iter__(self) -> Iterator[Purpose]:
        return iter(self._purposes.values())

    def on(self, day: date) -> list[Purpose]:
        """Those that may be declared on that day."""
        return [purpose for purpose in self if purpose.holds_on(day)]

    def holds(self, code: str, day: date) -> bool:
        purpose = self._purposes.get(code)
        return purpose is not None and purpose.holds_on(day)


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    since: date
    until: date | None = None
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


_FILE = TypeAdapter(dict[str, _Entry])


def load(path: Path | None = None) -> Purposes:
    """The purposes of `path`, or those that ship. Raises PurposesError for a file that cannot be used."""
    path = path or SHIPPED
    content = read_toml(path, PurposesError)
    try:
        entries = _FILE.validate_python(content)
    except ValidationError as error:
        raise PurposesError(f"{path.name}: {error}") from error
    found = {code: _purpose(code, entry, path) for code, entry in entries.items()}
    if not found:
        raise PurposesError(f"{path.name}: names no purpose")
    return Purposes(found)


def _purpose(code: str, entry: _Entry, path: Path) -> Purpose:
    if not _CODE.fullmatch(code):
        raise PurposesError(f"{path.name}: {code}: a code is small letters, digits and _")
    if entry.until is not None and entry.until < entry.since:
        raise PurposesError(f"{path.name}: {code}: ends before it begins")
    return Purpose(code, Text(zh=entry.zh, en=entry.en), entry.since, entry.until)
