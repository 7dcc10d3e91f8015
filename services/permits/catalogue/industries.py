"""What an industry is called, in the words of the management catalogue, which names a good two hundred of them.

The codes are GB/T 4754's. Its own table, with every class, does not ship.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType

from services.permits.catalogue.editions import catalogue

_ASIDE = re.compile(r"（[^）]*）")
_NAMED = re.compile(r"(?P<name>\D+)(?P<code>\d{2,4})")


def industry_name(code: str, on: date) -> str | None:
    """热力生产和供应 of 4430, which is one of 443, in the edition in force on that day; None where it names none."""
    edition = catalogue().on(on)
    if edition is None:
        return None
    names = _names(tuple(row.industries for row in edition.rows))
    return next((names[code[:end]] for end in range(len(code), 1, -1) if code[:end] in names), None)


@cache
def _names(industries: tuple[str, ...]) -> Mapping[str, str]:
    """By code. Rows 108 to 112 have words instead: any other industry, boilers and the like."""
    parts = (part.strip() for each in industries for part in _ASIDE.sub("", each).split("，"))
    return MappingProxyType(
        {found["code"]: found["name"] for part in parts if (found := _NAMED.fullmatch(part))}
    )
