"""Where the ledger lacks entries that the permit asks for (条例 art. 21), over HTTP through the gateway."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from services.kit.database import Database
from services.kit.ids import new_id_text
from tests.permits.reading import is_problem, walked
from tests.support.town import Holder, Town

SPAN = {"since": "2026-07-01", "until": "2026-07-10"}
COMPLETENESS = "/v1/permits/ledger/completeness"


def requirement(per: str, category: str = "treatment", **changes: Any) -> dict[str, Any]:
    frequency = {"count": 1, "per": per, "every": 1}
    return {"category": category, "content": "运行记录", "frequency": frequency, **changes}


TERMS = {
    "production_facilities": [{"code": "MF0001", "name": "锅炉"}],
    "treatment_facilities": [
        {"code": code, "name": name, "process": "湿法", "serves": ["MF0001"], "outlets": ["DA001"]}
        for code, name in (("TA001", "脱硫塔"), ("TA002", "除尘器"))
    ],
    "ledger": [
        requirement("day", kept_years=8),
        requirement("shift", "production"),
        requirement("month", "monitoring"),
        requirement("batch", "other", form="paper"),
    ],
}


async def asked(town: Town) -> Holder:
    """An enterprise with a second permit that asks for a ledger."""
    holder, clerk = await town.holder(), await town.staff("clerk")
    content = town.permit_content(holder.uscc, serial=2, terms=TERMS)
    answer = await clerk.post("/v1/permits/permits", content)
    assert answer.status_code == 201, answer.text
    holder.permit = answer.json()
    return holder


def path(holder: Holder, rest: str) -> str:
    return f"/v1/permits/ledger/{holder.permit['permit_number']}/{rest}"


async def write(holder: Holder, day: str, facility: str = "TA001", **changes: Any) -> dict[str, Any]:
    moment = f"2026-07-{day}T00:10:00+08:00"  # the day before in UTC
    content = {"kind": "treatment", "facility_code": facility, "happened_at": moment, "run_hours": "24"}
    answer = await holder.post(path(holder, "entries"), {**content, **changes})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def gaps(holder: Holder, **changes: str) -> dict[tuple[str, str | None], dict[str, Any]]:
    answer = await holder.get(path(holder, "gaps"), **{**SPAN, **changes})
    assert answer.status_code == 200, answer.text
    return {(each["category"], each["facility_code"]): each for each in answer.json()["items"]}


async def test_each_facility_has_its_days_and_a_corrected_entry_counts_once(town: Town) -> None:
    holder = await asked(town)
    first = await write(holder, "01")
    await write(holder, "01", id=new_id_text(), supersedes=first["id"], reason="抄录有误", run_hours="23")
    for day in ("02", "05"):
        await write(holder, day)
    found = await gaps(holder)
    own = found["treatment", "TA001"]
    assert (own["frequency"], own["state"], own["entries"], own["periods"], own["missing"]) == (
        *("1次/日", "incomplete"),
        *(3, 10, 7),
    )
    assert [(each["first"], each["last"], each["periods"]) for each in own["gaps"]] == [
        ("2026-07-03", "2026-07-04", 2),
        ("2026-07-06", "2026-07-10", 5),
    ]
    assert found["treatment", "TA002"]["missing"] == 10
    assert (found["production", None]["frequency"], found["production", None]["missing"]) == ("1次/班", 10)
    assert found["monitoring", None]["periods"] == 0  # July is not over on the 10th
    assert found["other", None]["state"] == "on_paper"
    assert first["kept_until"] == "2034-07-01"  # the permit says eight years


async def test_the_city_sees_whose_ledgers_have_gaps_and_an_enterprise_its_own(town: Town) -> None:
    holder, reviewer = await asked(town), await town.staff("reviewer")
    number = holder.permit["permit_number"]
    for caller in (holder, reviewer):
        rows = [row for page in await walked(caller, COMPLETENESS, **SPAN, limit=1) for row in page]
        [own] = [row for row in rows if row["permit_number"] == number]
        assert (own["periods"], own["missing"], own["missing_since"]) == (30, 30, "2026-07-01")
        assert len(rows) == 1 or caller is reviewer
    assert (await reviewer.get(path(holder, "gaps"), **SPAN)).status_code == 200
    other = await town.holder()
    assert is_problem(await other.get(path(holder, "gaps"), **SPAN), 404, "permit_not_found")


@pytest.mark.parametrize(
    "span",
    [
        {"since": "2026-07-02", "until": "2026-06-30"},
        {"since": "2025-01-01", "until": "2026-06-30"},
        {"since": "2099-01-01"},
    ],
)
async def test_the_days_are_in_order_over_and_not_too_many(town: Town, span: dict[str, str]) -> None:
    holder = await asked(town)
    for where in (path(holder, "gaps"), COMPLETENESS):
        assert is_problem(await holder.get(where, **span), 400, "ledger_span_too_long")


async def test_the_blank_shows_the_gaps_and_a_report_on_them_says_why(town: Town) -> None:
    holder = await asked(town)
    due = await holder.obligations(permit_number=holder.permit["permit_number"], kind="quarterly")
    blank = (await holder.get(f"/v1/permits/obligations/{due[0]['id']}/blank")).json()
    assert {(each["category"], each["facility_code"]) for each in blank["ledger_gaps"]} == {
        ("treatment", "TA001"),
        ("treatment", "TA002"),
        ("production", None),
        ("monitoring", None),
    }
    every = await holder.obligations()
    report = await holder.report([each["id"] for each in every].index(due[0]["id"]))
    refused = await holder.post("/v1/permits/reports", report)
    assert is_problem(refused, 422, "report_invalid")
    codes = [each["code"] for each in refused.json()["errors"]]
    assert codes == ["ledger_incomplete"] * 4
    taken = await holder.post("/v1/permits/reports", {**report, "override_reason": "台账在企业自有系统中"})
    assert taken.status_code == 201, taken.text
    assert [each["code"] for each in taken.json()["warnings"]] == ["ledger_incomplete"] * 4


async def test_article_21_nothing_takes_an_entry_away(town: Town) -> None:
    holder = await asked(town)
    made = await write(holder, "01")
    database = Database(town.stack.databases["permits"], pool_size=1)
    try:
        for statement in ("DELETE FROM ledger_entry WHERE id = '{}'", "TRUNCATE ledger_entry"):
            with pytest.raises(sa.exc.DBAPIError):
                async with database.engine.begin() as connection:
                    await connection.execute(sa.text(statement.format(made["id"])))
    finally:
        await database.close()
    assert (await holder.get(path(holder, f"entries/{made['id']}"))).status_code == 200
