"""The bureau's radar, through the gateway. The city of the tests is shared: each test looks at its own enterprises."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from services.kit import clock
from tests.permits.endings.bureau import end
from tests.permits.reading import is_problem, walked
from tests.permits.registrations.forms import enterprise, registered
from tests.support.town import Caller, Holder, Town

RADAR = "/v1/permits/radar"


async def expiring(town: Town, holder: Holder, *, serial: int, days: int) -> str:
    """A second permit of the holder that ends so many days from today; its number."""
    last = clock.today() + timedelta(days=days)
    first = last - timedelta(days=900)
    content = town.permit_content(holder.uscc, serial=serial, site_name=f"{serial}号厂区")
    content |= {"valid_from": first.isoformat(), "valid_to": last.isoformat(), "issued_on": first.isoformat()}
    answer = await (await town.staff("clerk")).post("/v1/permits/permits", content)
    assert answer.status_code == 201, answer.text
    return answer.json()["permit_number"]


async def on_radar(caller: Caller, holder: Holder, **query: Any) -> dict[str, dict[str, Any]]:
    pages = await walked(caller, f"{RADAR}/renewals", limit=500, **query)
    return {row["permit_number"]: row for page in pages for row in page if row["uscc"] == holder.uscc}


class TestRenewals:
    async def test_each_permit_is_where_it_is_on_its_way_to_its_end(self, town: Town) -> None:
        holder, reviewer = await town.holder(), await town.staff("reviewer")
        days = {11: -1, 12: 0, 13: 59, 14: 60, 15: 61, 16: 181}
        numbers = {
            serial: await expiring(town, holder, serial=serial, days=ahead) for serial, ahead in days.items()
        }
        seen = await on_radar(reviewer, holder, within_days=180)
        assert {serial: seen[number]["stage"] for serial, number in numbers.items() if number in seen} == {
            11: "expired",
            12: "past_application_day",
            13: "past_application_day",
            14: "ahead",
            15: "ahead",
        }
        assert {serial: seen[numbers[serial]]["gap"] for serial in (11, 12)} == {11: "unlawful", 12: None}
        assert seen[numbers[11]]["article"] == "排污许可管理条例 第三十三条"
        assert [row["days_left"] for row in seen.values()] == [-1, 0, 59, 60, 61]
        for stage, serials in (("expired", {11}), ("past_application_day", {12, 13}), ("ahead", {14, 15})):
            found = await on_radar(reviewer, holder, within_days=180, stage=stage)
            assert set(found) == {numbers[serial] for serial in serials}
        one_by_one = await walked(reviewer, f"{RADAR}/renewals", limit=2, within_days=180)
        ends = [row["valid_to"] for page in one_by_one for row in page]
        assert ends == sorted(ends)

    async def test_what_has_ended_is_not_on_it(self, town: Town) -> None:
        holder, reviewer = await town.holder(), await town.staff("reviewer")
        assert list(await on_radar(reviewer, holder, within_days=1900)) == [holder.permit["permit_number"]]
        await end(town, holder)
        assert await on_radar(reviewer, holder, within_days=1900) == {}


class TestCoverage:
    async def test_permits_registrations_and_who_lacks_them(self, town: Town) -> None:
        reviewer = await town.staff("reviewer")
        before = (await reviewer.get(f"{RADAR}/coverage")).json()
        holder = await town.holder()
        await registered(town)
        _, lacking = await enterprise(town)
        after = (await reviewer.get(f"{RADAR}/coverage")).json()
        grown = {name: after[name] - before[name] for name, value in after.items() if type(value) is int}
        assert grown == {
            "permits_key": 1,
            "permits_simplified": 0,
            "registrations": 1,
            "registrations_for_review": 0,
            "enterprises": 3,
            "uncovered": 1,
        }
        assert (after["target"]["permits"], after["target"]["registrations"]) == (35, 110)
        assert "35家企业发放了排污许可证" in after["target"]["source"]
        pages = await walked(reviewer, f"{RADAR}/uncovered", limit=500)
        uncovered = {row["uscc"] for page in pages for row in page}
        assert lacking in uncovered
        assert holder.uscc not in uncovered
        await end(town, holder)
        ended = (await reviewer.get(f"{RADAR}/coverage")).json()
        assert (ended["permits_key"], ended["uncovered"]) == (
            after["permits_key"] - 1,
            after["uncovered"] + 1,
        )

    async def test_before_any_target_there_is_none(self, town: Town) -> None:
        found = (await (await town.staff("reviewer")).get(f"{RADAR}/coverage", on="2020-12-30")).json()
        assert found["target"] is None


class TestCompletion:
    async def test_reports_that_came_and_did_not_by_quarter_and_kind(self, town: Town) -> None:
        holder, reviewer = await town.holder(), await town.staff("reviewer")

        async def rows() -> dict[tuple[int, int, str], dict[str, Any]]:
            found = (await reviewer.get(f"{RADAR}/completion")).json()["items"]
            return {(row["year"], row["quarter"], row["kind"]): row for row in found}

        owed = (await holder.obligations())[0]
        last = date.fromisoformat(owed["period_end"])
        key = (last.year, (last.month + 2) // 3, owed["kind"])
        before = (await rows())[key]
        await holder.submitted(0)
        after = (await rows())[key]
        assert (after["missing"], after["late"]) == (before["missing"] - 1, before["late"] + 1)
        assert after["due"] == before["due"] == after["in_time"] + after["late"] + after["missing"]
        year = (await reviewer.get(f"{RADAR}/completion", year=last.year)).json()["items"]
        assert {row["year"] for row in year} == {last.year}


async def test_a_holder_sees_the_clock_of_its_own_renewals_and_of_nobody_elses(town: Town) -> None:
    holder, other = await town.holder(), await town.holder()
    own, _ = [await expiring(town, each, serial=2, days=70) for each in (holder, other)]
    pages = await walked(holder, f"{RADAR}/renewals", limit=1)
    (seen,) = [row for page in pages for row in page]
    assert (seen["permit_number"], seen["days_left"], seen["stage"]) == (own, 70, "ahead")
    assert seen["apply_by"] == (town.today + timedelta(days=10)).isoformat()


@pytest.mark.parametrize("path", ["coverage", "uncovered", "completion"])
async def test_the_radar_is_for_who_sees_the_whole_city_past_the_gateway_as_well(
    town: Town, path: str
) -> None:
    holder = await town.holder()
    assert (await holder.get(f"{RADAR}/{path}")).status_code == 403
    direct = await town.direct("permits", holder.token)
    assert is_problem(await direct.get(f"{RADAR}/{path}"), 403, "of_the_city_only")
