"""What the services say of their events and of their refusals, in one list each. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Entry = dict[str, Any]


def merged_events(documents: Mapping[str, Mapping[str, Any]]) -> list[Entry]:
    """Every `x-steppe-events` of the documents, in the order of the services."""
    return [entry for document in documents.values() for entry in document.get("x-steppe-events", ())]


def merged_problems(documents: Mapping[str, Mapping[str, Any]]) -> list[Entry]:
    """Every `x-steppe-problems`, by status and code; `services` names who answers with it.

    One code that means two things in two services makes two entries.
    """
    merged = _merged(documents, "x-steppe-problems")
    return sorted(merged, key=lambda entry: (entry["status"], entry["code"], entry["services"]))


def merged_findings(documents: Mapping[str, Mapping[str, Any]]) -> list[Entry]:
    """Every `x-steppe-findings`, by code, alike."""
    return sorted(
        _merged(documents, "x-steppe-findings"), key=lambda entry: (entry["code"], entry["services"])
    )


def _merged(documents: Mapping[str, Mapping[str, Any]], name: str) -> list[Entry]:
    merged: dict[str, Entry] = {}
    for service, document in documents.items():
        for entry in document.get(name, ()):
            known = merged.setdefault(repr(sorted(entry.items())), {**entry, "services": []})
            known["services"].append(service)
    return list(merged.values())
