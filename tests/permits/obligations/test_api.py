"""Report obligations and their pre-filled blanks, over HTTP through the gateway."""

from __future__ import annotations

import uuid
from collections import Counter
from copy import deepcopy
from datetime import date, timedelta
from typing import Any, ClassVar

import pytest

from infra.journeys.reports import fill
from tests.permits.reading import is_problem, named, walked
from tests.support.town import Holder, Town

PATH = "/v1/permits/obligations"


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    return await town.holder()


async def with_permit(town: Town, **changes: Any) -> tuple[Holder, list[dict[str, Any]]]:
    """An enterprise, and the obligations of a second permit with these changes."""
    holder, clerk = await town.holder(), await town.staff("clerk")
    content = {**town.permit_content(holder.uscc, serial=2), **changes}
    issued = await clerk.post("/v1/permits/permits", content)
    assert issued.status_code == 201, issued.text
    pages = await walked(holder, PATH, permit_number=content["permit_number"])
    return holder, [row for page in pages for row in page]


class TestObligations:
    async def test_a_permit_brings_its_dated_obligations_with_it(self, town: Town) -> None:
        reporting = {"quarterly": True, "annual": True, "quarterly_due_day": 20}
        days = {"valid_from": "2025-03-01", "valid_to": "2026-12-31", "issued_on": "2025-02-20"}
        _, rows = await with_permit(town, reporting=reporting, **days)
        periods = [(row["kind"], row["period_start"], row["period_end"], row["due_on"]) for row in rows]
        assert periods[:3] == [
            ("quarterly", "2025-01-01", "2025-03-31", "2025-04-20"),
            ("quarterly", "2025-04-01", "2025-06-30", "2025-07-20"),
            ("quarterly", "2025-07-01", "2025-09-30", "2025-10-20"),
        ]
        assert set(periods[3:5]) == {
            ("quarterly", "2025-10-01", "2025-12-31", "2026-01-20"),
            ("annual", "2025-01-01", "2025-12-31", "2026-01-31"),
        }
        assert len(periods) == 10

    async def test_they_are_upcoming_until_the_period_is_over_then_open_until_reported(
        self, town: Town
    ) -> None:
        year = town.today.year
        days = {"valid_from": f"{year - 1}-01-01", "valid_to": f"{year + 3}-12-31"}
        holder, rows = await with_permit(town, issued_on=f"{year - 1}-01-01", **days)
        for row in rows:
            over = date.fromisoformat(row["period_end"]) < town.today
            late = (town.today - date.fromisoformat(row["due_on"])).days if over else 0
            assert (row["state"], row["days_late"]) == ("open" if over else "upcoming", max(0, late))
        assert {row["state"] for row in rows} == {"open", "upcoming"}
        for state in ("open", "upcoming"):
            number = rows[0]["permit_number"]
            found = (await walked(holder, PATH, permit_number=number, state=state))[0]
            assert found == [row for row in rows if row["state"] == state]

    async def test_a_reported_one_names_its_report_and_keeps_its_lateness(self, town: Town) -> None:
        holder = await town.holder()
        submitted = (await holder.submitted())["report"]
        read = (await holder.get(f"{PATH}/{submitted['obligation_id']}")).json()
        assert (read["state"], read["report_id"]) == ("reported", submitted["id"])
        assert read["days_late"] == submitted["days_late"]
        reported = await walked(holder, PATH, state="reported")
        assert read.pop("notices") == []
        assert reported == [[read]]

    async def test_a_walk_one_by_one_gives_every_row_once_in_a_stable_order(self, holder: Holder) -> None:
        (everything,) = await walked(holder, PATH, limit=500)
        keys = [(row["period_end"], row["id"]) for row in everything]
        assert keys == sorted(keys)
        assert len(everything) == 25
        for limit in (1, 7, 25):
            pages = await walked(holder, PATH, limit=limit)
            assert [row for page in pages for row in page] == everything

    async def test_the_filters_choose(self, holder: Holder) -> None:
        (everything,) = await walked(holder, PATH, limit=500)
        for filters, chosen in (
            ({"kind": "annual"}, lambda row: row["kind"] == "annual"),
            ({"due_before": "2026-04-15"}, lambda row: row["due_on"] < "2026-04-15"),
            ({"uscc": holder.uscc}, lambda row: True),
            ({"permit_number": f"{holder.uscc}009P"}, lambda row: False),
        ):
            pages = await walked(holder, PATH, limit=500, **filters)
            assert pages == [[row for row in everything if chosen(row)]], filters

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            *(("state", "owed"), ("kind", "weekly"), ("due_before", "2026-02-30"), ("due_before", "0")),
            *(
                ("uscc", "9" * 19),
                ("permit_number", "9" * 23),
                ("limit", "0"),
                ("limit", "501"),
                ("limit", "x"),
            ),
            *(("limit", "-1"), ("limit", "9" * 400), ("limit", "1.5"), ("limit", ""), ("cursor", "a" * 1001)),
        ],
    )
    async def test_a_filter_that_makes_no_sense_is_400(self, holder: Holder, name: str, value: str) -> None:
        answer = await holder.get(PATH, **{name: value})
        assert is_problem(answer, 400, "invalid_parameter")
        assert {where for where, _ in named(answer)} == {f"/query/{name}"}

    async def test_what_is_not_there_and_what_is_not_yours_are_404(self, town: Town, holder: Holder) -> None:
        other = await town.holder()
        foreign = (await other.obligations())[0]["id"]
        for obligation in (foreign, str(uuid.uuid4()), str(uuid.UUID(int=0))):
            for path in (f"{PATH}/{obligation}", f"{PATH}/{obligation}/blank"):
                assert is_problem(await holder.get(path), 404, "obligation_not_found")
        assert await walked(holder, PATH, uscc=other.uscc) == [[]]


class TestWhatIsNotOwed:
    SHORT: ClassVar[dict[str, Any]] = {
        "valid_from": "2024-10-10",
        "valid_to": "2029-10-09",
        "issued_on": "2024-10-01",
        "reporting": {"quarterly": True, "annual": True, "monthly": True, "merge_upward": True},
    }

    async def test_it_is_listed_with_its_reason_and_what_covers_it(self, town: Town) -> None:
        holder, rows = await with_permit(town, **self.SHORT)
        by_key = {(row["kind"], row["period_start"]): row for row in rows}
        first, second = by_key["annual", "2024-01-01"], by_key["annual", "2025-01-01"]
        assert (first["state"], first["covered_by"]) == ("waived", second["id"])
        assert "不足3个月" in first["reason"]
        merged = by_key["monthly", "2025-03-01"]
        assert (merged["state"], merged["covered_by"]) == ("merged", by_key["quarterly", "2025-01-01"]["id"])
        assert (second["state"], second["reason"], second["covered_by"]) == ("open", None, None)
        assert second["due_basis"] == "排污许可证载明: 次年1月31日前"
        for state in ("waived", "merged", "void"):
            pages = await walked(holder, PATH, permit_number=first["permit_number"], state=state)
            assert pages == [[row for row in rows if row["state"] == state]]

    async def test_a_report_or_a_draft_for_it_is_409_and_names_what_covers_it(self, town: Town) -> None:
        holder, rows = await with_permit(town, **self.SHORT)
        waived = next(row for row in rows if row["kind"] == "annual" and row["state"] == "waived")
        blank = (await holder.get(f"{PATH}/{waived['id']}/blank")).json()
        for path in ("/v1/permits/reports", "/v1/permits/drafts"):
            answer = await holder.post(path, fill(blank))
            assert is_problem(answer, 409, "not_owed"), answer.text
            assert answer.json()["covered_by"] == f"{PATH}/{waived['covered_by']}"
            assert answer.json()["reason"] == waived["reason"]

    async def test_only_what_is_owed_counts_as_late(self, town: Town) -> None:
        holder, rows = await with_permit(town, **self.SHORT)
        (late,) = await walked(holder, PATH, permit_number=rows[0]["permit_number"], state="late", limit=500)
        today = town.today.isoformat()
        assert late == [row for row in rows if row["state"] == "open" and row["due_on"] < today]
        assert late


class TestStopOfProduction:
    async def test_it_is_reported_before_the_period_ends_and_closes_its_own_period(self, town: Town) -> None:
        holder, rows = await with_permit(town)
        start = next(row for row in rows if row["state"] == "upcoming" and row["kind"] == "quarterly")
        content = await self.nothing(holder, start)
        assert is_problem(await holder.post("/v1/permits/reports", content), 409, "period_not_over")
        future = {**content, "stopped_from": (town.today + timedelta(days=1)).isoformat()}
        assert is_problem(await holder.post("/v1/permits/reports", future), 409, "period_not_over")
        content["stopped_from"] = start["period_start"]
        working = {**content, "production_days": 1}
        answer = await holder.post("/v1/permits/reports", working)
        assert named(answer) == {("/production_days", "produced_while_stopped")}
        answer = await holder.post("/v1/permits/reports", content)
        assert answer.status_code == 201, answer.text
        assert answer.json()["document"]["stopped_from"] == start["period_start"]
        read = (await holder.get(f"{PATH}/{start['id']}")).json()
        assert (read["state"], read["days_late"]) == ("reported", 0)

    async def nothing(self, holder: Holder, obligation: dict[str, Any]) -> dict[str, Any]:
        blank = (await holder.get(f"{PATH}/{obligation['id']}/blank")).json()
        values = [{**value, "no_data_code": "stopped_production"} for value in blank["submission"]["values"]]
        return {**blank["submission"], "production_days": 0, "values": values}


class TestLateByEnterprise:
    async def test_each_report_that_is_not_submitted_counts_once_article_37(self, town: Town) -> None:
        holder, reviewer = await town.holder(), await town.staff("reviewer")
        (late,) = await walked(holder, PATH, state="late")
        own = await walked(holder, f"{PATH}/late")
        (row,) = own[0]
        oldest = min(each["due_on"] for each in late)
        assert (row["uscc"], row["late"], row["oldest_due_on"]) == (holder.uscc, len(late), oldest)
        assert row["by_kind"] == dict(Counter(each["kind"] for each in late))
        assert row["days_late"] == max(each["days_late"] for each in late)
        assert (row["level"], row["article"]) == ("inspector", "排污许可管理条例 第三十七条")
        await holder.submitted()
        ((after,),) = await walked(holder, f"{PATH}/late")
        assert after["late"] == row["late"] - 1
        pages = await walked(reviewer, f"{PATH}/late", limit=40)
        everybody = [each for page in pages for each in page]
        assert after in everybody
        usccs = [each["uscc"] for each in everybody]
        assert usccs == sorted(set(usccs))

    async def test_only_where_the_oldest_is_late_for_as_long_as_asked_for(self, holder: Holder) -> None:
        ((row,),) = await walked(holder, f"{PATH}/late")
        assert await walked(holder, f"{PATH}/late", late_since=row["days_late"]) == [[row]]
        assert await walked(holder, f"{PATH}/late", late_since=row["days_late"] + 1) == [[]]
        assert is_problem(await holder.get(f"{PATH}/late", late_since="0"), 400, "invalid_parameter")


class TestBlank:
    async def test_it_has_a_line_for_every_outlet_and_pollutant_with_a_limit(self, holder: Holder) -> None:
        obligation = (await holder.obligations(kind="quarterly"))[0]
        blank = (await holder.get(f"{PATH}/{obligation['id']}/blank")).json()
        assert blank["obligation"] == obligation
        assert blank["submission"]["obligation_id"] == obligation["id"]
        lines = {(line["outlet_code"], line["pollutant_code"]): line for line in blank["reference"]}
        assert {key: [limit["kind"] for limit in line["limits"]] for key, line in lines.items()} == {
            ("DA001", "a21026"): ["annual_amount", "hourly_concentration"],
            ("DA001", "a21002"): ["hourly_concentration"],
        }
        assert [
            (value["outlet_code"], value["pollutant_code"]) for value in blank["submission"]["values"]
        ] == [(line["outlet_code"], line["pollutant_code"]) for line in blank["reference"]]

    async def test_it_shows_the_figures_of_the_period_before_of_the_same_kind(self, town: Town) -> None:
        holder = await town.holder()
        first, second = (await holder.obligations(kind="quarterly"))[:2]
        blank = (await holder.get(f"{PATH}/{first['id']}/blank")).json()
        assert {line["previous_concentration_max"] for line in blank["reference"]} == {None}
        assert (await holder.submitted())["report"]["obligation_id"] == first["id"]
        blank = (await holder.get(f"{PATH}/{second['id']}/blank")).json()
        previous = {
            line["pollutant_code"]: (line["previous_concentration_max"], line["previous_amount_t"])
            for line in blank["reference"]
        }
        assert previous == {"a21026": ("150.0000", "1.2500"), "a21002": ("150.0000", None)}
        (annual, *_) = await holder.obligations(kind="annual")
        blank = (await holder.get(f"{PATH}/{annual['id']}/blank")).json()
        assert {line["previous_concentration_max"] for line in blank["reference"]} == {None}

    async def test_a_corrected_report_gives_the_corrected_figures(self, town: Town) -> None:
        holder = await town.holder()
        submitted = await holder.submitted()
        correction = {
            "corrects_version": 1,
            "reason": "抄录有误",
            **{name: submitted["document"][name] for name in ("production_days", "values")},
        }
        correction["values"] = [{**value, "concentration_max": "149"} for value in correction["values"]]
        path = f"/v1/permits/reports/{submitted['report']['id']}/versions"
        assert (await holder.post(path, correction)).status_code == 201
        second = (await holder.obligations(kind="quarterly"))[0]
        blank = (await holder.get(f"{PATH}/{second['id']}/blank")).json()
        assert {line["previous_concentration_max"] for line in blank["reference"]} == {"149"}

    async def test_it_holds_the_limits_that_were_valid_at_the_end_of_the_period(self, town: Town) -> None:
        outlets = deepcopy(town.permit_content("")["outlets"])
        tighter = {**outlets[0]["limits"][0], "value": "200", "valid_from": "2025-07-01"}
        outlets[0]["limits"][0]["valid_to"] = "2025-06-30"
        outlets[0]["limits"].append(tighter)
        holder, rows = await with_permit(town, outlets=outlets)
        quarters = [row for row in rows if row["kind"] == "quarterly"]
        values = []
        for row in quarters[1:3]:
            blank = (await holder.get(f"{PATH}/{row['id']}/blank")).json()
            (line,) = [line for line in blank["reference"] if line["pollutant_code"] == "a21026"]
            values.append({limit["value"] for limit in line["limits"] if limit["kind"].startswith("hourly")})
        assert values == [{"300"}, {"200"}]

    async def test_the_blank_of_the_last_period_of_a_permit_that_ended_within_it(self, town: Town) -> None:
        days = {"valid_from": "2025-01-01", "valid_to": "2025-08-15", "issued_on": "2024-12-20"}
        holder, rows = await with_permit(town, **days)
        last = next(row for row in rows if row["period_end"] == "2025-09-30")
        blank = (await holder.get(f"{PATH}/{last['id']}/blank")).json()
        assert len(blank["reference"]) == 2

    async def test_every_obligation_is_due_after_its_period(self, holder: Holder) -> None:
        (rows,) = await walked(holder, PATH, limit=500)
        day = timedelta(days=1)
        for row in rows:
            start, end, due = (date.fromisoformat(row[n]) for n in ("period_start", "period_end", "due_on"))
            assert start < end < due
            assert (end + day).day == 1
