"""What the law makes public (排污许可管理条例 art. 23), read without signing in."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from services.permits.disclosure import service
from tests.permits.reading import is_problem, walked
from tests.support.alerts import red_alert
from tests.support.town import Holder, Town

PERMITS, REPORTS = "/v1/permits/disclosure/permits", "/v1/permits/disclosure/reports"


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    return await town.holder()


async def accepted(town: Town, holder: Holder) -> dict[str, Any]:
    """A report of the holder that was accepted: the answer to its submission."""
    submitted, reviewer = await holder.submitted(), await town.staff("reviewer")
    path = f"/v1/permits/reports/{submitted['report']['id']}/reviews"
    assert (await reviewer.post(path, {"version": 1, "decision": "accept"})).status_code == 201
    return submitted


@pytest.fixture(scope="module")
async def eventful(town: Town) -> dict[str, Any]:
    """An accepted annual report of an eventful year: over the plant's total, on a day of alert, with hours."""
    await red_alert(town)
    limit = {
        "pollutant_code": "a21026",
        "pollutant_name": "二氧化硫",
        "valid_from": "2024-01-01",
        "standard": "x",
    }
    special = {"period": "heavy_pollution", "kind": "daily_amount", "unit": "kg/d", "alert_level": "orange"}
    holder, reviewer = (
        await town.holder(
            reporting={"quarterly": False, "annual": True},
            plant_limits=[{**limit, "scope": "plant", "value": "20"}],
            special_limits=[{**limit, **special, "outlet_code": "DA001", "value": "20"}],
            terms={
                "production_facilities": [{"code": "MF0001", "name": "锅炉"}],
                "treatment_facilities": [
                    {"code": "TA001", "name": "脱硫塔", "process": "石灰石—石膏法", "outlets": ["DA001"]}
                ],
            },
        ),
        await town.staff("reviewer"),
    )
    report = {
        **await holder.report(),
        "totals": [{"scope": "plant", "pollutant_code": "a21026", "amount_t": "25"}],
        "special_values": [
            {"day": "2025-02-10", "outlet_code": "DA001", "pollutant_code": "a21026", "amount_kg": "25"}
        ],
        "facilities": [
            {"facility_code": "MF0001", "run_hours": "7001"},
            {"facility_code": "TA001", "run_hours": "7000"},
        ],
        "production_days": 300,
        "exceedance_explanation": "脱硫设施检修",
        "override_reason": "台账另附",
    }
    answer = await holder.post("/v1/permits/reports", report)
    assert answer.status_code == 201, answer.text
    path = f"/v1/permits/reports/{answer.json()['report']['id']}/reviews"
    assert (await reviewer.post(path, {"version": 1, "decision": "accept"})).status_code == 201
    submitted: dict[str, Any] = answer.json()
    return submitted


class TestPermits:
    async def test_a_permit_is_public_with_its_outlets_and_limits(self, town: Town, holder: Holder) -> None:
        number = holder.permit["permit_number"]
        answer = await town.public.get(f"{PERMITS}/{number}")
        assert answer.status_code == 200
        assert answer.json()["outlets"] == holder.permit["outlets"]
        assert set(answer.json()) == {
            *("permit_number", "enterprise_name", "site_name", "management_class", "industry_code"),
            *("version", "valid_from", "valid_to", "issued_on", "outlets", "withheld", "standing"),
            *("plant_limits", "special_limits", "monitoring", "terms", "published_on", "uscc"),
        }
        assert (answer.json()["published_on"], answer.json()["uscc"]) == (town.today.isoformat(), holder.uscc)
        (listed,) = (await town.public.get(PERMITS, params={"uscc": holder.uscc})).json()["items"]
        assert listed["published_on"] == town.today.isoformat()

    async def test_permits_are_found_by_name_and_by_uscc(self, town: Town, holder: Holder) -> None:
        (found,) = await walked(town.public, PERMITS, uscc=holder.uscc)
        assert [row["permit_number"] for row in found] == [holder.permit["permit_number"]]
        assert await walked(town.public, PERMITS, uscc=holder.uscc, name="热力") == [found]
        assert await walked(town.public, PERMITS, uscc=holder.uscc, name="%") == [[]]

    async def test_a_walk_one_by_one_gives_every_row_once(self, town: Town) -> None:
        holder, clerk = await town.holder(), await town.staff("clerk")
        permit = town.permit_content(holder.uscc, serial=2)
        assert (await clerk.post("/v1/permits/permits", permit)).status_code == 201
        pages = await walked(town.public, PERMITS, uscc=holder.uscc, limit=1)
        assert [row["permit_number"][-4:] for page in pages for row in page] == ["001P", "002P"]

    async def test_one_that_is_not_there_is_404(self, town: Town, holder: Holder) -> None:
        for number in (f"{holder.uscc}009P", "x"):
            assert is_problem(await town.public.get(f"{PERMITS}/{number}"), 404, "permit_not_found")


class TestReports:
    async def test_an_accepted_report_is_public_with_its_values_and_digest(self, town: Town) -> None:
        holder = await town.holder()
        submitted = await accepted(town, holder)
        answer = await town.public.get(f"{REPORTS}/{submitted['report']['id']}")
        assert answer.status_code == 200
        public = answer.json()
        assert public["document_sha256"] == submitted["receipt"]["document_sha256"]
        assert public["receipt_id"] == submitted["receipt"]["receipt_id"]
        by_key = {(value["outlet_code"], value["pollutant_code"]): value for value in public["values"]}
        sent = {
            (value["outlet_code"], value["pollutant_code"]): value
            for value in submitted["document"]["values"]
        }
        assert {key: {name: by_key[key][name] for name in line} for key, line in sent.items()} == sent
        assert by_key.keys() == sent.keys()
        shown = (*submitted["report"], "enterprise_name", "published_at")
        summary = {name: public[name] for name in shown if name in public}
        read = (await holder.get(f"/v1/permits/reports/{submitted['report']['id']}")).json()
        assert public["published_at"] == read["reviews"][0]["reviewed_at"]
        (listed,) = await walked(town.public, REPORTS, uscc=holder.uscc)
        assert listed == [summary]

    async def test_article_23_totals_special_days_and_how_controls_ran_are_public_too(
        self, town: Town, eventful: dict[str, Any]
    ) -> None:
        public = (await town.public.get(f"{REPORTS}/{eventful['report']['id']}")).json()
        document = eventful["document"]
        assert public["totals"] == [{"scope": "plant", "pollutant_code": "a21026", "amount_t": "25"}]
        (day,) = public["special_values"]
        assert {name: value for name, value in day.items() if value is not None} == {
            **{"day": "2025-02-10", "outlet_code": "DA001", "pollutant_code": "a21026", "amount_kg": "25"}
        }
        assert public["treatment"] == [{"facility_code": "TA001", "run_hours": "7000"}]
        assert "MF0001" not in json.dumps(public), "what production ran is not for everybody"
        assert (public["production_days"], public["stopped_from"]) == (document["production_days"], None)

    async def test_a_report_of_before_its_members_were_asked_for_is_shown_without_them(self) -> None:
        old = {"production_days": 80, "values": []}
        assert service.stated_in(old) == {
            **{"production_days": 80, "stopped_from": None, "totals": [], "special_values": []},
            "treatment": [],
        }

    @pytest.mark.parametrize(
        ("filters", "found"),
        [
            ({"year": 2025}, True),
            ({"year": 2024}, False),
            ({"kind": "annual"}, True),
            ({"kind": "quarterly"}, False),
            ({"name": "热力"}, True),
            ({"name": "%"}, False),
        ],
    )
    async def test_reports_are_found_by_year_kind_and_the_enterprises_name(
        self, town: Town, eventful: dict[str, Any], filters: dict[str, Any], found: bool
    ) -> None:
        asked = {"uscc": eventful["report"]["uscc"], **filters}
        pages = await walked(town.public, REPORTS, limit=1, **asked)
        wanted = [eventful["report"]["id"]] if found else []
        assert [row["id"] for page in pages for row in page] == wanted
        assert all("热力" in row["enterprise_name"] for page in pages for row in page)
        for file in ("reports", "report-values"):
            params = {"format": "ndjson", **asked}
            answer = await town.public.get(f"/v1/permits/disclosure/downloads/{file}", params=params)
            lines = [json.loads(line) for line in answer.text.splitlines()]
            assert {line.get("report_id", line.get("id")) for line in lines} == set(wanted)

    async def test_the_download_of_values_drops_neither_totals_nor_special_days(
        self, town: Town, eventful: dict[str, Any]
    ) -> None:
        params = {"format": "ndjson", "uscc": eventful["report"]["uscc"]}
        answer = await town.public.get("/v1/permits/disclosure/downloads/report-values", params=params)
        lines = [json.loads(line) for line in answer.text.splitlines()]
        figures = [(line["scope"], line["outlet_code"], line["day"], line["amount_t"]) for line in lines]
        outlets = [("outlet", "DA001", None)] * 2
        assert [figure[:3] for figure in figures] == [
            *outlets,
            ("plant", None, None),
            ("special", "DA001", "2025-02-10"),
        ]
        assert (figures[2][3], lines[3]["amount_kg"]) == ("25", "25")

    async def test_no_report_is_public_before_it_was_accepted(self, town: Town) -> None:
        holder, reviewer = await town.holder(), await town.staff("reviewer")
        report = (await holder.submitted())["report"]["id"]
        review = f"/v1/permits/reports/{report}/reviews"
        for decision in (None, "return"):
            if decision:
                content = {"version": 1, "decision": decision, "comment": "请核对"}
                assert (await reviewer.post(review, content)).status_code == 201
            assert is_problem(await town.public.get(f"{REPORTS}/{report}"), 404, "report_not_found")
            assert await walked(town.public, REPORTS, uscc=holder.uscc) == [[]]
        for number in (uuid.uuid4(), uuid.UUID(int=0)):
            assert is_problem(await town.public.get(f"{REPORTS}/{number}"), 404, "report_not_found")

    async def test_nothing_public_says_who_did_it_or_who_they_are(self, town: Town) -> None:
        holder, reviewer = await town.holder(), await town.staff("reviewer")
        submitted = await accepted(town, holder)
        number = submitted["report"]["permit_number"]
        pages = [
            await walked(town.public, PERMITS, uscc=holder.uscc),
            await walked(town.public, REPORTS, uscc=holder.uscc),
            (await town.public.get(f"{REPORTS}/{submitted['report']['id']}")).json(),
            (await town.public.get(f"{PERMITS}/{number}")).json(),
        ]
        said = json.dumps(pages, ensure_ascii=False)
        for personal in (str(holder.account), holder.login, str(reviewer.account), reviewer.login, "张某某"):
            assert personal not in said
        for name in ("legal_representative", "submitted_by", "reviewer", "address", "comment", "reason"):
            assert f'"{name}"' not in said

    async def test_a_walk_one_by_one_gives_every_row_once_newest_first(self, town: Town) -> None:
        holder = await town.holder()
        made = [(await accepted(town, holder))["report"]["id"] for _ in range(3)]
        number = holder.permit["permit_number"]
        for limit in (1, 2, 3):
            pages = await walked(town.public, REPORTS, permit_number=number, limit=limit)
            assert [row["id"] for page in pages for row in page] == made[::-1]

    async def test_bad_parameters_are_400(self, town: Town) -> None:
        assert is_problem(await town.public.get(REPORTS, params={"cursor": "x"}), 400, "bad_cursor")
        bad: list[dict[str, Any]] = [{"limit": 0}, {"uscc": "9" * 19}, {"permit_number": "9" * 23}]
        for params in (*bad, {"year": 1999}, {"year": 2101}, {"kind": "weekly"}):
            answer = await town.public.get(REPORTS, params=params)
            assert is_problem(answer, 400, "invalid_parameter"), params


async def test_an_unchanged_public_page_is_304(town: Town, holder: Holder) -> None:
    for path in (PERMITS, f"{PERMITS}/{holder.permit['permit_number']}", REPORTS):
        params = {"uscc": holder.uscc}
        etag = (await town.public.get(path, params=params)).headers["etag"]
        answer = await town.public.get(path, params=params, headers={"if-none-match": etag})
        assert answer.status_code == 304


async def test_a_visitor_with_a_token_sees_the_same(town: Town, holder: Holder) -> None:
    path = f"{PERMITS}/{holder.permit['permit_number']}"
    assert (await holder.get(path)).json() == (await town.public.get(path)).json()
