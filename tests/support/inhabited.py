"""A town with a record of each kind in it, and where they are: what stands for each variable of a path."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.credit import open_bureau, violation
from tests.support.emergency import ask, response_team
from tests.support.town import Town
from tests.support.waste import WasteTown

READERS = ("clerk", "approver", "duty_officer", "storekeeper")


@dataclass
class Inhabited:
    """`known[template]` holds, for a path with variables, the values of records that exist."""

    known: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))
    uscc: str = ""
    """An enterprise with permits, reports, manifests and records."""


async def inhabit(town: Town, document: dict[str, Any]) -> Inhabited:
    """Fills every service through its API, then reads its lists for what is there."""
    made = Inhabited()
    holder = await town.holder()
    await holder.submitted()
    made.uscc = holder.uscc
    chain = await WasteTown(town).chain()
    await chain.drafted()
    await chain.arrived()
    team = await response_team(town)
    incident = await team.new_incident()
    await team.on_site(incident, await team.stocked("20"), "5")
    line = await team.stocked("20")
    assert (await team.reserve(incident, ask(line, "5"))).status_code == 201
    bureau = await open_bureau(town)
    await bureau.admitted(violation(town, holder.uscc))
    await bureau.entered(violation(town, holder.uscc))
    await bureau.evaluated(holder.uscc)
    await _read_lists(town, document, made)
    return made


async def _read_lists(town: Town, document: dict[str, Any], made: Inhabited) -> None:
    """`/v1/waste/manifests/{manifest_id}` is what `/v1/waste/manifests` lists; deeper paths start with one of those."""
    for template in document["paths"]:
        variables = re.findall(r"\{([^}:]*)", template)
        if not variables:
            continue
        collection = template[: template.index("{")].rstrip("/")
        for record in await _records(town, collection):
            first = variables[0]
            value = record.get(first, record.get("id", record.get("code")))
            if value is not None:
                rest = dict.fromkeys(variables[1:], "1")
                made.known[template].append({first: str(value), **rest})
        if "uscc" in variables:
            made.known[template].append({name: made.uscc if name == "uscc" else "1" for name in variables})


async def _records(town: Town, collection: str) -> list[dict[str, Any]]:
    for role in READERS:
        reader = await town.staff(role)
        answer: httpx.Response = await reader.get(collection, limit=20)
        if answer.status_code == 200 and isinstance(answer.json(), dict):
            return [each for each in answer.json().get("items", []) if isinstance(each, dict)]
    return []
