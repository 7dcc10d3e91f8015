"""Every refusal that a process knows by its stable code: status, title in both languages, article, explanation.

The classes themselves are the catalogue (`x-steppe-problems` of the OpenAPI document): nothing is written twice.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from services.kit.problems import Problem

KIT = "services.kit"


def problems_of(*packages: str) -> list[dict[str, Any]]:
    """The entries of the classes that are defined in these packages (`services.permits`), by status and code."""
    prefixes = tuple(f"{package}." for package in packages)
    named = (each for each in _below(Problem) if "code" in vars(each))
    found = {_key(each): each for each in named if each.__module__.startswith(prefixes)}
    return [_entry(found[key]) for key in sorted(found)]


def _below(kind: type[Problem]) -> Iterator[type[Problem]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _below(each)


def _key(kind: type[Problem]) -> tuple[int, str, str]:
    return kind.status, kind.code, kind.title.en


def _entry(kind: type[Problem]) -> dict[str, Any]:
    entry = {
        "code": kind.code,
        "status": kind.status,
        "title_zh": kind.title.zh,
        "title_en": kind.title.en,
        "article": kind.article,
        "description": inspect.cleandoc(kind.__doc__) if kind.__doc__ else None,
    }
    return {name: value for name, value in entry.items() if value is not None}
