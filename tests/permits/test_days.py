"""Every read that takes a day takes the first and the last that there are: it answers, or says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.permits.registrations.forms import registered
from tests.support.town import Town

CALLERS = ("clerk", "inspector")


def reads_by_day(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Path and parameter of each."""
    for path, operations in document["paths"].items():
        for each in operations.get("get", {}).get("parameters", []):
            kinds = [each["schema"], *each["schema"].get("anyOf", [])]
            if each["in"] == "query" and any(kind.get("format") == "date" for kind in kinds):
                yield path, each["name"]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_the_first_and_the_last_day_are_answered_everywhere(town: Town, day: str) -> None:
    holder, (_, registration) = await town.holder(), await registered(town)
    named = {
        "permit_number": holder.permit["permit_number"],
        "uscc": holder.uscc,
        "receipt_number": registration["receipt_number"],
        "document_kind": "original",
        "row": "1",
    }
    callers = [holder, *[await town.staff(role) for role in CALLERS]]
    asked = list(reads_by_day(town.stack.apps["permits"].openapi()))
    assert {("/v1/permits/alert-periods", "on"), ("/v1/permits/permits/{permit_number}", "as_of")} <= {*asked}
    for path, name in asked:
        filled = re.sub(r"\{(\w+)\}", lambda found: named[found[1]], path)
        answers = [await caller.get(filled, **{name: day}) for caller in callers]
        statuses = {answer.status_code for answer in answers}
        assert statuses - {401, 403}, path  # somebody may ask
        assert all(status < 500 for status in statuses), (path, name)
