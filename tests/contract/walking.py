"""Every list of the OpenAPI document, and those who read all of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import httpx

from services.kit.reading import PURPOSE_HEADER
from tests.support.filters import NO_FILTERS, Row
from tests.support.prey import Prey
from tests.support.town import Town

NO_ROWS_FILTERED = {"limit", "cursor", "format", "bbox"}
MOST = 2000
"""So many rows of a list are looked at."""
LISTS_OF = {"/v1/permits/disclosure/downloads/limits": "/v1/permits/disclosure/permits"}
"""Downloads of what belongs to the rows of a list: narrowed as that one is."""
NOBODY = "Ж"
ALWAYS = {"/v1/permits/obligations/samplings": ("permit_number",)}
"""What a list cannot do without."""


@dataclass(frozen=True)
class Listing:
    """A GET that answers rows: a list, or a whole one as a file."""

    path: str
    parameters: dict[str, Any]
    """By name, the schema of each parameter in the query."""
    pages: bool

    @property
    def filters(self) -> list[str]:
        known = {name for path, name in NO_FILTERS if path == self.path}
        asked = {*ALWAYS.get(self.path, ())}
        return sorted(self.parameters.keys() - NO_ROWS_FILTERED - known - asked)


def listings(document: dict[str, Any]) -> list[Listing]:
    found = []
    for path, operations in document["paths"].items():
        if "get" not in operations:
            continue
        operation = operations["get"]
        named = {
            each["name"]: each["schema"] for each in operation.get("parameters", []) if each["in"] == "query"
        }
        pages = {"limit", "cursor"} <= named.keys()
        is_file = "ndjson" in json.dumps(named.get("format"))
        if pages or is_file or path.endswith("/map"):
            found.append(Listing(path, named, pages))
    return found


@dataclass
class Walk:
    town: Town
    first: Prey
    second: Prey
    tokens: list[str]
    """Whoever may read everything, then the first enterprise, for what nobody else reads."""
    document: dict[str, Any]
    whole: dict[str, tuple[str, list[Row]]] = field(default_factory=dict)

    async def get(self, url: str, token: str, params: dict[str, Any]) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", PURPOSE_HEADER: "supervision"}
        answer = await self.town.public.get(url, headers=headers, params=params)
        assert answer.status_code < 500, (url, params, answer.text)
        return answer

    async def rows(self, listing: Listing, prey: Prey, token: str, **params: Any) -> list[Row]:
        """The rows; none where there is no such thing or the caller may not."""
        url = url_of(listing.path, prey)
        params = self.always(listing) | params
        if not listing.pages:
            given = {"format": "ndjson"} if "format" in listing.parameters else {}
            answer = await self.get(url, token, {**given, **params})
            return [] if refuses_nobody(answer, params) else rows_of_file(answer)
        found: list[Row] = []
        cursor: dict[str, str] = {}
        while len(found) < MOST:
            answer = await self.get(url, token, {"limit": 500, **params, **cursor})
            if answer.status_code in (403, 404) or refuses_nobody(answer, params):
                return []
            assert answer.status_code == 200, (url, params, answer.text)
            body = answer.json()
            found += body["items"]
            if body["next_cursor"] is None:
                break
            cursor = {"cursor": body["next_cursor"]}
        return found

    async def all_of(self, listing: Listing) -> tuple[str, list[Row]]:
        """Who reads the list, and what stands in it."""
        if listing.path not in self.whole:
            for token in self.tokens:
                rows = await self.rows(listing, self.first, token)
                self.whole[listing.path] = token, rows
                if rows:
                    break
        return self.whole[listing.path]

    def always(self, listing: Listing) -> dict[str, str]:
        return {name: self.first.named[name][0] for name in ALWAYS.get(listing.path, ())}

    async def joined(self, listing: Listing, rows: list[Row]) -> list[Row]:
        """Rows with what the filters ask about, where that stands in another list."""
        of_list = LISTS_OF.get(listing.path)
        if of_list is None or not rows:
            return rows
        other = next(each for each in listings(self.document) if each.path == of_list)
        permits = {row["permit_number"]: row for row in (await self.all_of(other))[1]}
        return [{**permits[row["permit_number"]], **row} for row in rows]


def refuses_nobody(answer: httpx.Response, params: dict[str, Any]) -> bool:
    """A filter may say of a text that no row has that it never could."""
    return NOBODY in params.values() and answer.status_code == 400


def url_of(path: str, prey: Prey) -> str:
    names = re.findall(r"\{(\w+)\}", path)
    return path.format(**{name: (prey.named[name] or ["1"])[0] for name in names})


def rows_of_file(answer: httpx.Response) -> list[Row]:
    if answer.status_code in (403, 404):
        return []
    assert answer.status_code == 200, answer.text
    if "geo+json" in answer.headers["content-type"]:
        return [each["properties"] for each in answer.json()["features"]]
    return [json.loads(line) for line in answer.text.splitlines() if line]
