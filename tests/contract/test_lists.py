"""Every list and download shows what it says: of the one asked for, narrowed by each filter, in one order.

Walks the OpenAPI document. Two enterprises have something of everything; whoever may read every row asks, so that a
list that forgets its filter, or the variable of its path, shows the other one's.
"""

from __future__ import annotations

import base64
import json
import re
import time
import uuid
from datetime import timedelta
from typing import Any

import pytest

from gateway.identity.rules import ALL_SCOPES, RESTRICTED
from gateway.policy.rules import AUDIENCE_OF_ROLE
from services.kit.identifiers.make import make_uscc
from services.kit.ids import new_id_text
from tests.contract.tokens import claims, signed
from tests.contract.walking import NOBODY, Listing, Walk, listings, url_of
from tests.support.emergency import ask, response_team
from tests.support.filters import Filter, Row, meaning
from tests.support.prey import Prey, make_prey
from tests.support.town import Town
from tests.support.waste import done

pytestmark = pytest.mark.hunt
OWNERS = {
    "uscc",
    "permit_number",
    "enterprise",
    "holder_uscc",
    "hospital_uscc",
    "responsible_uscc",
    "report_id",
}
EMPTY = {
    "/v1/auth/sessions",
    "/v1/departments",
    "/v1/permits/applications/overdue",
    "/v1/permits/disclosure/notices/{notice_id}/answers",
    "/v1/permits/endings/awaiting-cancellation",
    "/v1/permits/greenhouse/disclosure",
    "/v1/permits/ledger/completeness",
    "/v1/permits/obligations/due-overrides",
    "/v1/permits/obligations/samplings",
    "/v1/permits/obligations/samplings/notices",
    "/v1/permits/performance/disclosure",
    "/v1/permits/performance/notices",
    "/v1/permits/radar/uncovered",
    "/v1/waste/notices",
}
"""Lists of which the two enterprises have no row. Three of them have filters, which tests of their parts ask for."""


async def filled(town: Town, *preys: Prey) -> None:
    """What the enterprises do not have as prey: what is public once it was accepted, and goods, which are nobody's."""
    reviewer, clerk = await town.staff("reviewer"), await town.staff("clerk")
    for prey in preys:
        report = (await prey.holder.submitted())["report"]
        accepted = {"version": 1, "decision": "accept"}
        done(await reviewer.post(f"/v1/permits/reports/{report['id']}/reviews", accepted))
        (application,) = prey.named["application_id"]
        path = f"/v1/permits/applications/{application}/completeness"
        done(await clerk.post(path, {"outcome": "accept"}, **{"If-Match": "*"}))
        await town.holder(valid_to=(town.today + timedelta(days=40)).isoformat())
        team = await response_team(town)
        incident = await team.new_incident()
        await team.on_site(incident, await team.stocked("20"), "5")
        assert (await team.reserve(incident, ask(await team.stocked("20"), "5"))).status_code == 201


@pytest.fixture(scope="module")
async def walk(town: Town, document: dict[str, Any]) -> Walk:
    first, second = await make_prey(town), await make_prey(town)
    await filled(town, first, second)

    def token(**changes: Any) -> str:
        subject = str(uuid.uuid4())
        made = claims(
            town, first.holder, sub=subject, client_id=subject, scope=" ".join(sorted(ALL_SCOPES)), **changes
        )
        return signed(town, {**made, "iat": int(time.time()), "exp": int(time.time()) + 3600})

    staff = sorted(
        {*AUDIENCE_OF_ROLE} - {RESTRICTED, "enterprise", "agent", "carrier", "receiver", "hospital"}
    )
    everything = token(roles=staff, usccs=[], every_enterprise=True)
    owner = token(roles=["enterprise", "carrier", "receiver", "hospital"], usccs=first.usccs)
    return Walk(town, first, second, [everything, owner], document)


def key(row: Row) -> str:
    return json.dumps(row, sort_keys=True)


def asked_for(listing: Listing, name: str, said: Filter, rows: list[Row]) -> list[Any]:
    """What to ask a filter for: what rows have, what its schema names, and what no row has."""
    schema = listing.parameters[name]
    options = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
    kinds = {each.get("format", each["type"]) for each in options}
    if "boolean" in kinds:
        return [True, False]
    named = [value for each in options for value in each.get("enum", [])]
    return [*dict.fromkeys([*said.values(rows), *named, *nobodys(name, kinds, options)])]


def nobodys(name: str, kinds: set[str], options: list[dict[str, Any]]) -> list[Any]:
    """A value that no row has, where one can be made up."""
    if kinds == {"uuid"}:
        return [new_id_text()]
    if name in ("enterprise", "uscc") or name.endswith("_uscc"):
        return [make_uscc(region="152501", serial=600_001)]
    free = kinds == {"string"} and all({"pattern", "enum", "const"}.isdisjoint(each) for each in options)
    return [NOBODY] if free else []


def test_there_are_lists_to_walk(document: dict[str, Any]) -> None:
    assert len(listings(document)) > 80


async def test_every_filter_of_every_list_is_honoured(walk: Walk) -> None:
    wrong, empty = [], set()
    for listing in listings(walk.document):
        rows = await walk.joined(listing, (await walk.all_of(listing))[1])
        if not rows:
            empty.add(listing.path)
            continue
        for name in listing.filters:
            said = meaning(listing.path, name, frozenset(rows[0]))
            if said is None:
                wrong.append(f"{listing.path}: nobody said what {name} means")
                continue
            for value in asked_for(listing, name, said, rows):
                if await amiss(walk, listing, name, value, said):
                    del walk.whole[listing.path]  # once more: a round of the services may have changed a row
                    if found := await amiss(walk, listing, name, value, said):
                        wrong.append(f"{listing.path}?{name}={value}: {found}")
    assert wrong == [], "\n".join(wrong)
    assert empty <= EMPTY, "\n".join(sorted(empty - EMPTY))


async def amiss(walk: Walk, listing: Listing, name: str, value: Any, said: Filter) -> str:
    """A row that the filter should not have let through, or one that it should."""
    token, rows = await walk.all_of(listing)
    got = await walk.rows(listing, walk.first, token, **{name: value})
    strangers = [row for row in await walk.joined(listing, got) if not said.lets(row, value)]
    there, of_rows = {key(row) for row in got}, await walk.joined(listing, rows)
    kept = [row for row, whole in zip(rows, of_rows, strict=True) if said.lets(whole, value)]
    lost = [row for row in kept if key(row) not in there]
    return f"strangers {strangers[:1]}, lost {lost[:1]}" if strangers or lost else ""


async def test_what_stands_under_one_enterprise_names_no_other(walk: Walk) -> None:
    """Whoever may read both asks for the one's."""
    wrong, shown = [], set()
    for path, operations in walk.document["paths"].items():
        names = re.findall(r"\{(\w+)\}", path)
        if "get" not in operations or not names:
            continue
        for prey, other in ((walk.first, walk.second), (walk.second, walk.first)):
            for token in walk.tokens:
                params = {"from": 1, "to": 1} if path.endswith("/comparison") else {}
                answer = await walk.get(url_of(path, prey), token, params)
                if answer.status_code != 200:
                    continue
                shown.add(path)
                found = [mark for mark in other.marks if mark in answer.text]
                if found:
                    wrong.append(f"{path}: {found[:3]}")
    assert wrong == [], "\n".join(wrong)
    assert len(shown) > 60, sorted(shown)


async def test_a_list_of_one_enterprise_names_no_other(walk: Walk) -> None:
    """As above, where a filter in place of the path says whose: `uscc`, `permit_number` and their like."""
    wrong = []
    for listing in listings(walk.document):
        token, _ = await walk.all_of(listing)
        if listing.path.endswith("/read-log"):
            continue  # one read names everybody whom its answer showed
        for name in sorted(OWNERS & listing.parameters.keys()):
            own = walk.first.named[name]
            got = await walk.rows(listing, walk.first, token, **{name: own[0]}) if own else []
            text = json.dumps(got, ensure_ascii=False)
            if found := [mark for mark in walk.second.marks if mark in text]:
                wrong.append(f"{listing.path}?{name}: {found[:3]}")
    assert wrong == [], "\n".join(wrong)


async def test_small_pages_are_the_list(walk: Walk) -> None:
    """Three rows at a time: each row once, in the same order."""
    wrong = []
    for listing in listings(walk.document):
        token, rows = await walk.all_of(listing)
        if not listing.pages or len(rows) < 4:
            continue
        got = await few_at_a_time(walk, listing, token)
        if listing.path.endswith(("/audit", "/read-log")):  # they grow by what is asked here
            same = len({key(row) for row in got}) == len(got)
        else:
            rows = await walk.rows(listing, walk.first, token)
            same = [key(row) for row in got] == [key(row) for row in rows[: len(got)]]
        if not same:
            wrong.append(listing.path)
    assert wrong == []


async def few_at_a_time(walk: Walk, listing: Listing, token: str) -> list[Row]:
    got: list[Row] = []
    params: dict[str, Any] = {"limit": 3, **walk.always(listing)}
    for _ in range(4):
        body = (await walk.get(url_of(listing.path, walk.first), token, params)).json()
        got += body["items"]
        if body["next_cursor"] is None:
            break
        params["cursor"] = body["next_cursor"]
    return got


async def test_a_cursor_is_a_place_in_the_order_and_of_another_list_no_more(walk: Walk) -> None:
    """With other filters a list goes on from there; a cursor of another order is refused, and none is ever a 500."""
    paged = [listing for listing in listings(walk.document) if listing.pages]
    cursors = set()
    for listing in paged:
        token, rows = await walk.all_of(listing)
        if len(rows) > 1:
            params = {"limit": 1, **walk.always(listing)}
            cursors.add(
                (await walk.get(url_of(listing.path, walk.first), token, params)).json()["next_cursor"]
            )
    taken = refused = 0
    for listing in paged:
        token, _ = await walk.all_of(listing)
        for cursor in sorted(of_each_order(cursors)):
            params = {**walk.always(listing), "cursor": cursor}
            answer = await walk.get(url_of(listing.path, walk.first), token, params)
            if answer.status_code == 200:
                taken += 1
            elif answer.status_code != 403:
                refused += 1
                assert answer.json()["code"] == "bad_cursor", answer.text
    assert min(taken, refused) > 0


def of_each_order(cursors: set[str]) -> set[str]:
    """One of each kind of keys."""

    def shape(cursor: str) -> tuple[str, ...]:
        texts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return tuple(re.sub(r"[0-9a-f]", "0", text)[:12] for text in texts)

    return set({shape(cursor): cursor for cursor in sorted(cursors)}.values())
