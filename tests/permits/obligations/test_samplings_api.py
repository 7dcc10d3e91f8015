"""Sampling duties of a permit's monitoring plan (条例 art. 19), over HTTP through the gateway."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.kit.ids import new_id_text
from tests.permits.endings.bureau import end
from tests.permits.monitoring.test_api import record
from tests.permits.reading import is_problem, walked
from tests.support.town import Holder, Town

PATH = "/v1/permits/obligations/samplings"
SPAN = {"since": "2026-04-01", "until": "2026-06-30"}


def plan_row(per: str | None, code: str = "a21026", **changes: Any) -> dict[str, Any]:
    return {
        "outlet_code": "DA001",
        "pollutant_code": code,
        "pollutant_name": "二氧化硫",
        "means": "manual" if per else "automatic",
        "frequency": {"count": 2, "per": per} if per else None,
        **changes,
    }


async def planned(town: Town, *rows: dict[str, Any]) -> Holder:
    """An enterprise with a second permit that has this plan."""
    holder, clerk = await town.holder(), await town.staff("clerk")
    content = town.permit_content(holder.uscc, serial=2, monitoring=list(rows))
    answer = await clerk.post("/v1/permits/permits", content)
    assert answer.status_code == 201, answer.text
    holder.permit = answer.json()
    return holder


async def samplings(holder: Holder, **changes: Any) -> list[dict[str, Any]]:
    found = {"permit_number": holder.permit["permit_number"], **SPAN, **changes}
    return [row for page in await walked(holder, PATH, **found) for row in page]


async def test_each_window_of_each_frequency_is_a_duty_and_what_has_no_date_is_none(town: Town) -> None:
    holder = await planned(
        town,
        plan_row("quarter"),
        plan_row("month", "a21002"),
        plan_row(None, "a34013"),
        plan_row("batch", "a21005"),
        plan_row("year", "a21028", outlet_code=None, point="厂界"),
    )
    rows = await samplings(holder)
    assert [(row["place"], row["pollutant_code"], row["first"], row["last"]) for row in rows] == [
        ("DA001", "a21002", "2026-04-01", "2026-04-30"),
        ("DA001", "a21002", "2026-05-01", "2026-05-31"),
        ("DA001", "a21002", "2026-06-01", "2026-06-30"),
        ("DA001", "a21026", "2026-04-01", "2026-06-30"),
        ("厂界", "a21028", "2026-01-01", "2026-12-31"),
    ]
    assert {row["wanted"] for row in rows} == {2}
    assert rows[0]["basis"] == "排污许可管理条例 第十九条; HJ 819-2017: 2次/月"
    assert {row["taken"] for row in rows} == {0}
    assert {row["state"] for row in rows} <= {"open", "short"}
    for limit in (1, 2):
        assert await samplings(holder, limit=limit) == rows


async def test_records_of_samples_fulfil_the_duty_of_their_window_and_a_corrected_one_counts_once(
    town: Town,
) -> None:
    holder = await planned(town, plan_row("quarter"), plan_row("month", "a21002"))
    number = holder.permit["permit_number"]
    first = record(id=new_id_text(), sampled_at="2026-04-01T00:30:00+08:00")  # the day before in UTC
    corrected = record(id=new_id_text(), value="99", supersedes=first["id"], reason="抄录有误")
    corrected["sampled_at"] = first["sampled_at"]
    automatic = record(means="automatic", sampled_at="2026-05-02T08:00:00+08:00")
    second = record(sampled_at="2026-06-30T23:30:00+08:00")

    async def taken() -> list[tuple[int, str]]:
        rows = await samplings(holder)
        return [(row["taken"], row["state"]) for row in rows if row["pollutant_code"] == "a21026"]

    for sent, count in ((first, 1), (corrected, 1), (automatic, 1), (second, 2)):
        answer = await holder.post(f"/v1/permits/monitoring/{number}/records", sent)
        assert answer.status_code == 201, answer.text
        assert await taken() == [(count, "met" if count == 2 else "short")]


async def test_an_ended_permit_asks_for_nothing_after_its_end(town: Town) -> None:
    holder, today = await planned(town, plan_row("day")), town.today
    span = {
        "since": (today - timedelta(days=3)).isoformat(),
        "until": (today + timedelta(days=3)).isoformat(),
    }
    assert len(await samplings(holder, **span)) == 7
    number = holder.permit["permit_number"]
    assert len((await walked(holder, PATH, permit_number=number, limit=100))[0]) == 63
    await end(town, holder)
    assert [row["last"] for row in await samplings(holder, **span)] == [
        (today - timedelta(days=days)).isoformat() for days in (3, 2, 1)
    ]


async def test_a_new_version_changes_what_comes_after_it(town: Town) -> None:
    holder, clerk = await planned(town, plan_row("quarter")), await town.staff("clerk")
    number = holder.permit["permit_number"]
    second = town.version_content(holder.uscc, monitoring=[plan_row("month")])
    answer = await clerk.post(f"/v1/permits/permits/{number}/versions", second)
    assert answer.status_code == 201, answer.text
    assert second["basis"]["effective_from"] == "2026-07-01"
    rows = await samplings(holder, until="2026-07-01")
    assert [(row["first"], row["last"]) for row in rows] == [
        ("2026-04-01", "2026-06-30"),
        ("2026-07-01", "2026-07-31"),
    ]


async def test_the_days_are_in_order_and_not_too_many(town: Town) -> None:
    holder = await planned(town)
    number = holder.permit["permit_number"]
    assert await samplings(holder) == []
    for since, until in (("2026-04-02", "2026-04-01"), ("2026-01-01", "2026-04-04")):
        answer = await holder.get(PATH, permit_number=number, since=since, until=until)
        assert is_problem(answer, 400, "span_too_long")
    for name, value in (("since", "9999-12-31"), ("until", "0001-01-01"), ("cursor", "x")):
        answer = await holder.get(PATH, **{"permit_number": number, **SPAN, name: value})
        assert answer.status_code == 400, answer.text


async def test_a_permit_is_named(town: Town) -> None:
    holder = await planned(town)
    assert is_problem(await holder.get(PATH, **SPAN), 400, "permit_number_needed")


async def test_another_enterprise_has_no_such_permit(town: Town) -> None:
    holder, other = await planned(town, plan_row("month")), await town.holder()
    answer = await other.get(PATH, permit_number=holder.permit["permit_number"], **SPAN)
    assert is_problem(answer, 404, "permit_not_found")
    reviewer = await town.staff("reviewer")
    assert (await reviewer.get(PATH, permit_number=holder.permit["permit_number"], **SPAN)).status_code == 200
