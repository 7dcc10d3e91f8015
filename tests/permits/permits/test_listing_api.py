"""The list of permits, for whoever is signed in: what each is, until when it holds, and how it stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.permits.endings.bureau import decide, propose
from tests.permits.reading import is_problem, walked
from tests.support.town import Caller, Holder, Town

PATH = "/v1/permits/permits"


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    """001P holds, 002P expired yesterday, 003P begins tomorrow, 004P was annulled, 005P was, and then struck off."""
    holder, clerk = await town.holder(), await town.staff("clerk")
    today = town.today
    for serial, first, last in (
        (2, today - timedelta(days=700), today - timedelta(days=1)),
        (3, today + timedelta(days=1), today + timedelta(days=700)),
        (4, today - timedelta(days=700), today + timedelta(days=700)),
        (5, today - timedelta(days=700), today + timedelta(days=700)),
    ):
        content = town.permit_content(
            holder.uscc,
            serial=serial,
            management_class="simplified",
            valid_from=first.isoformat(),
            valid_to=last.isoformat(),
            issued_on=min(first, today).isoformat(),
            terms={"site_region_code": "152502"},
        )
        answer = await clerk.post(PATH, content)
        assert answer.status_code == 201, answer.text
    for number, kind, ground in (
        ("004P", "annulled", "procedure"),
        ("005P", "annulled", "procedure"),
        ("005P", "cancelled", "ended_before"),
    ):
        proposed = await propose(town, f"{holder.uscc}{number}", kind=kind, ground=ground)
        answer = await decide(town, proposed["id"])
        assert answer.status_code == 201, answer.text
    return holder


async def found(caller: Caller, **filters: Any) -> dict[str, dict[str, Any]]:
    pages = await walked(caller, PATH, limit=1, **filters)
    return {row["permit_number"][-4:]: row for page in pages for row in page}


async def test_each_says_what_it_is_and_until_when_it_holds(holder: Holder) -> None:
    rows = await found(holder)
    first, permit = rows["001P"], holder.permit
    same = ("id", "permit_number", "uscc", "site_name", "version", "management_class", "industry_code")
    for name in (*same, "valid_from", "valid_to", "issued_on", "standing", "current_version"):
        assert first[name] == permit[name], name
    assert "热力" in first["enterprise_name"]
    assert {number: row["region_code"] for number, row in rows.items()} == {
        **{"001P": "152501", "002P": "152502", "003P": "152502", "004P": "152502", "005P": "152502"}
    }


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"standing": "in_force"}, {"001P"}),
        ({"standing": "expired"}, {"002P"}),
        ({"standing": "not_yet"}, {"003P"}),
        ({"standing": "annulled"}, {"004P"}),
        ({"standing": "cancelled"}, {"005P"}),
        ({"standing": "revoked"}, set()),
        ({"management_class": "key"}, {"001P"}),
        ({"region_code": "152502", "standing": "not_yet"}, {"003P"}),
        ({"name": "热力", "industry_code": "44"}, {"001P", "002P", "003P", "004P", "005P"}),
    ],
)
async def test_staff_and_holder_find_them_by_what_they_are(
    town: Town, holder: Holder, filters: dict[str, str], expected: set[str]
) -> None:
    rows = await found(holder, **filters)
    assert set(rows) == expected
    assert all(row["standing"] == filters.get("standing", row["standing"]) for row in rows.values())
    inspector = await town.staff("inspector")
    assert await found(inspector, uscc=holder.uscc, **filters) == rows
    public = await walked(town.public, "/v1/permits/disclosure/permits", uscc=holder.uscc, **filters)
    assert {row["permit_number"][-4:] for page in public for row in page} == expected


async def test_the_name_of_the_site_is_that_of_the_version_shown(town: Town) -> None:
    holder, clerk = await town.holder(), await town.staff("clerk")
    later = town.version_content(holder.uscc, site_name="东厂区")
    later["basis"]["effective_from"] = (town.today + timedelta(days=1)).isoformat()
    made = await clerk.post(f"{PATH}/{holder.permit['permit_number']}/versions", later)
    assert made.status_code == 201, made.text
    for caller in (holder, clerk):
        row = (await found(caller, uscc=holder.uscc))["001P"]
        assert (row["version"], row["current_version"], row["site_name"]) == (1, 2, "一号厂区")


async def test_nobody_finds_the_permits_of_another(town: Town, holder: Holder) -> None:
    other = await town.holder()
    assert await found(other, uscc=holder.uscc) == {}
    assert is_problem(await other.get(PATH, standing="fine"), 400, "invalid_parameter")
