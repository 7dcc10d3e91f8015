"""Versions of a permit and every kind of limit, over HTTP through the gateway."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.permits.endings.bureau import end
from tests.permits.reading import is_problem, named, walked
from tests.support.town import Caller, Holder, Town

PATH = "/v1/permits/permits"
ART_13, ART_14 = "排污许可管理条例 第十三条", "排污许可管理条例 第十四条"


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    """Whose permit is refused many new versions and gets none."""
    return await town.holder()


@pytest.fixture(scope="module")
async def clerk(town: Town) -> Caller:
    return await town.staff("clerk")


def limit(**changes: Any) -> dict[str, Any]:
    return {
        "pollutant_code": "a21026",
        "pollutant_name": "二氧化硫",
        "kind": "hourly_concentration",
        "value": "300",
        "unit": "mg/m3",
        "valid_from": "2025-01-01",
        "standard": "GB 13271-2014",
        **changes,
    }


def special(**changes: Any) -> dict[str, Any]:
    return {
        **limit(kind="daily_amount", value="20", unit="kg/d", standard="重污染天气应急预案"),
        "period": "heavy_pollution",
        "alert_level": "orange",
        **changes,
    }


def versions_of(holder: Holder) -> str:
    return f"{PATH}/{holder.permit['permit_number']}/versions"


class TestAmend:
    async def test_a_new_version_holds_from_its_day_and_the_one_before_stays_as_it_was(
        self, town: Town, clerk: Caller
    ) -> None:
        own = await town.holder()
        path = f"{PATH}/{own.permit['permit_number']}"
        answer = await clerk.post(versions_of(own), town.version_content(own.uscc))
        assert answer.status_code == 201, answer.text
        second = answer.json()
        assert (await own.get(answer.headers["location"])).json() == second
        assert (second["version"], second["current_version"], second["site_name"]) == (2, 2, "新厂区")
        assert second["basis"] == {
            "kind": "change",
            "effective_from": "2026-07-01",
            "article": "排污许可管理办法（生态环境部令第32号）",
            "application": None,
            "reason": None,
        }
        first = {**own.permit, "current_version": 2}
        assert (await own.get(f"{path}/versions/1")).json() == first
        for day, expected in (
            ("2025-01-01", first),
            ("2026-06-30", first),
            ("2026-07-01", second),
            ("2029-12-31", second),
        ):
            assert (await own.get(path, as_of=day)).json() == expected
        pages = await walked(own, versions_of(own), limit=1)
        assert [[row["version"] for row in page] for page in pages] == [[1], [2]]
        assert [page[0]["basis"]["kind"] for page in pages] == ["first_issue", "change"]

    async def test_duties_follow_the_version_that_held_at_the_end_of_the_period(
        self, town: Town, clerk: Caller
    ) -> None:
        own = await town.holder()
        report = await own.submitted()
        number = own.permit["permit_number"]
        before = (await walked(own, "/v1/permits/obligations", permit_number=number, limit=100))[0]
        annual_only = town.version_content(
            own.uscc, reporting={"quarterly": False, "annual": True, "annual_due_month": 2}
        )
        assert (await clerk.post(versions_of(own), annual_only)).status_code == 201
        after = (await walked(own, "/v1/permits/obligations", permit_number=number, limit=100))[0]
        ended = [row for row in before if row["period_end"] < "2026-07-01"]
        assert [row for row in after if row["period_end"] < "2026-07-01"] == ended
        assert report["report"]["id"] in {row["report_id"] for row in after}
        later = [row for row in after if row["period_end"] >= "2026-07-01"]
        assert {row["state"] for row in later if row["kind"] == "quarterly"} == {"void"}
        annual = [row for row in later if row["kind"] == "annual"]
        assert {row["due_on"] for row in annual} == {f"{year}-02-28" for year in (2027, 2029, 2030)} | {
            "2028-02-29"
        }

    async def test_a_version_made_on_an_older_one_is_refused_and_of_two_at_once_one_wins(
        self, town: Town, clerk: Caller
    ) -> None:
        own = await town.holder()
        answers = await asyncio.gather(
            *(
                clerk.post(versions_of(own), town.version_content(own.uscc, site_name=f"{n}号"))
                for n in range(3)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
        for answer in answers:
            assert answer.status_code == 201 or is_problem(answer, 409, "permit_changed")
        assert (await clerk.get(f"{PATH}/{own.permit['permit_number']}")).json()["version"] == 2

    @pytest.mark.parametrize(
        ("changes", "where", "code"),
        [
            ({"basis": {"effective_from": "2024-12-31"}}, "/basis/effective_from", "version_backdated"),
            ({"basis": {"effective_from": "2030-01-01"}}, "/basis/effective_from", "outside_validity"),
            ({"valid_to": "2029-12-30"}, "/valid_to", "term_changed"),
            ({"basis": {"kind": "adjustment"}}, "/basis/reason", "reason_missing"),
            (
                {"basis": {"kind": "renewal", "effective_from": "2030-01-02"}}
                | {"valid_from": "2030-01-02", "valid_to": "2035-01-01"},
                "/valid_from",
                "renewal_gap",
            ),
        ],
    )
    async def test_every_rule_of_a_new_version_is_held(
        self, town: Town, clerk: Caller, holder: Holder, changes: dict[str, Any], where: str, code: str
    ) -> None:
        answer = await clerk.post(versions_of(holder), town.version_content(holder.uscc, **changes))
        assert is_problem(answer, 422, "invalid_document")
        assert (where, code) in named(answer)

    async def test_what_is_wrong_with_its_shape_is_named_beside_what_breaks_a_rule(
        self, town: Town, clerk: Caller, holder: Holder
    ) -> None:
        wrong = town.version_content(holder.uscc, valid_to="2029-12-30", issued_on=20260701)
        wrong["basis"]["kind"] = "repair"
        answer = await clerk.post(versions_of(holder), wrong)
        assert named(answer) == {("/issued_on", "date_expected"), ("/basis/kind", "literal_error")}
        wrong["basis"] = {"kind": "adjustment", "effective_from": "2024-01-01"}
        answer = await clerk.post(versions_of(holder), wrong)
        assert named(answer) == {
            ("/issued_on", "date_expected"),
            ("/valid_to", "term_changed"),
            ("/basis/effective_from", "version_backdated"),
            ("/basis/effective_from", "outside_validity"),
            ("/basis/reason", "reason_missing"),
        }

    async def test_a_permit_whose_end_was_decided_changes_no_more_article_70(
        self, town: Town, clerk: Caller
    ) -> None:
        own = await town.holder()
        await end(town, own)
        answer = await clerk.post(versions_of(own), town.version_content(own.uscc))
        assert is_problem(answer, 409, "permit_ended")
        assert answer.json()["article"] == "行政许可法 第七十条"

    async def test_only_a_clerk_enters_one_and_what_is_not_there_has_none(
        self, town: Town, clerk: Caller, holder: Holder
    ) -> None:
        sent = town.version_content(holder.uscc)
        assert is_problem(await holder.post(versions_of(holder), sent), 403, "forbidden")
        missing = f"{PATH}/{holder.uscc}099P/versions"
        assert is_problem(await clerk.post(missing, sent), 404, "permit_not_found")
        other = await town.holder()
        for path in (versions_of(other), f"{versions_of(other)}/1", f"{versions_of(holder)}/9"):
            assert is_problem(await holder.get(path), 404, "permit_not_found")


class TestLimits:
    async def test_a_permit_keeps_every_kind_of_limit_as_it_was_entered(
        self, town: Town, clerk: Caller
    ) -> None:
        own = await town.holder()
        sent = town.version_content(own.uscc)
        ph = limit(
            **{"pollutant_code": "w01001", "pollutant_name": "pH值", "kind": "instant_value"},
            **{"value": "9", "lower_value": "6", "unit": "dimensionless"},
        )
        monthly = {"period": "month", "statistic": "mean", "source": "GB 18485-2014"}
        sent["outlets"] = [
            {
                **sent["outlets"][0],
                "limits": [
                    limit(promised_value="200"),
                    limit(kind="daily_concentration", value="250"),
                    limit(kind="concentration", value="0.1", unit="ng-TEQ/m3", averaging=monthly),
                    limit(kind="emission_rate", value="4.3", unit="kg/h"),
                    limit(kind="grade", value="1", unit="grade", text="林格曼黑度1级"),
                    *(
                        limit(kind="annual_amount", value=f"{20 - n}", unit="t/a", permit_year=n)
                        | {"valid_from": f"{2024 + n}-01-01", "valid_to": f"{2024 + n}-12-31"}
                        for n in (1, 2, 3, 4, 5)
                    ),
                ],
            },
            {"code": "DW001", "name": "总排口", "medium": "water", "kind": "main", "limits": [ph]},
        ]
        named_so = {"pollutant_code": "a21026", "pollutant_name": "二氧化硫", "standard": "环评批复"}
        sent["plant_limits"] = [{**named_so, "value": "12", "valid_from": "2025-01-01"}]
        sent["special_limits"] = [
            special(outlet_code="DA001"),
            special(alert_level="red", value=None, prohibited=True),
            special(kind="monthly_amount", value="0.5", unit="t/month"),
            special(period="attainment_plan", alert_level=None, outlet_code="DA001")
            | {"kind": "hourly_concentration", "value": "35", "unit": "mg/m3", "valid_to": "2027-12-31"},
        ]
        answer = await clerk.post(versions_of(own), sent)
        assert answer.status_code == 201, answer.text
        kept = answer.json()
        for before, after in zip(sent["outlets"], kept["outlets"], strict=True):
            assert len(before["limits"]) == len(after["limits"])
            for each in before["limits"]:
                said = {name: value for name, value in each.items() if name != "averaging"}
                assert any(found.items() >= said.items() for found in after["limits"]), each
        assert kept["plant_limits"] == [
            {**sent["plant_limits"][0], "scope": "plant", "permit_year": None, "valid_to": None}
        ]
        for each in sent["special_limits"]:
            assert any(found.items() >= each.items() for found in kept["special_limits"]), each
        by_kind = {each["kind"]: each for each in kept["outlets"][0]["limits"]}
        assert by_kind["hourly_concentration"]["averaging"]["minimum_valid"] == 45
        assert by_kind["concentration"]["averaging"]["source"] == "GB 18485-2014"
        assert kept["outlets"][1]["limits"][0]["averaging"]["period"] == "instant"

    @pytest.mark.parametrize("value", ["0", "-1", None])
    async def test_a_blank_is_no_limit_and_a_zero_is_none_either(
        self, town: Town, clerk: Caller, holder: Holder, value: str | None
    ) -> None:
        sent = town.version_content(holder.uscc)
        sent["outlets"][0]["limits"][0]["value"] = value
        answer = await clerk.post(versions_of(holder), sent)
        assert is_problem(answer, 422, "invalid_document")
        assert "/outlets/0/limits/0/value" in {where for where, _ in named(answer)}

    async def test_everything_that_breaks_a_rule_is_named_at_once(
        self, town: Town, clerk: Caller, holder: Holder
    ) -> None:
        sent = town.version_content(holder.uscc)
        sent["outlets"][0]["limits"] = [
            limit(promised_value="300"),
            limit(kind="emission_rate", permit_year=2),
            limit(kind="grade", value="1", unit="grade"),
            limit(kind="concentration"),
            limit(kind="annual_amount", unit="t/a", permit_year=1),
        ]
        sent["special_limits"] = [
            special(value=None),
            special(outlet_code="DA002", unit="kg/h"),
            special(period="attainment_plan"),
        ]
        sent["plant_limits"] = [{**limit(), "value": "1"} for _ in range(2)]
        for each in sent["plant_limits"]:
            del each["kind"], each["unit"]
        answer = await clerk.post(versions_of(holder), sent)
        assert named(answer) == {
            ("/outlets/0/limits/0/promised_value", "promise_not_stricter"),
            ("/outlets/0/limits/1/unit", "unit_mismatch"),
            ("/outlets/0/limits/1/permit_year", "permit_year_not_expected"),
            ("/outlets/0/limits/2/text", "text_missing"),
            ("/outlets/0/limits/3/averaging", "averaging_missing"),
            ("/outlets/0/limits/4/valid_to", "permit_year_open"),
            ("/special_limits/0/value", "value_blank"),
            ("/special_limits/1/outlet_code", "outlet_not_permitted"),
            ("/special_limits/1/unit", "unit_mismatch"),
            ("/special_limits/2/alert_level", "alert_level_not_expected"),
            ("/plant_limits/1", "limit_repeated"),
        }
