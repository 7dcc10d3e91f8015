"""What is stated beside the permit's content (条例 art. 8), through the gateway."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.permits.applications.desk import PATH, Applicant, applicant, ok, proposal, refused
from tests.support.town import OUTLETS, Town

SEWERAGE = {"catchment": "二连浩特市城区", "pipe_layout": "见附件", "final_destination": "市政中水管网"}


@pytest.fixture
async def one(town: Town) -> Applicant:
    return await applicant(town)


@pytest.fixture
async def holder(town: Town, one: Applicant) -> Applicant:
    content = town.permit_content(one.uscc, management_class="simplified")
    content["reporting"] = {"quarterly": False, "annual": True}
    ok(await (await town.staff("clerk")).post("/v1/permits/permits", content))
    return one


def of_oxides(value: str) -> list[dict[str, Any]]:
    """The outlets, with so many tonnes of nitrogen oxides a year."""
    outlets = deepcopy(OUTLETS)
    limit = {
        **outlets[0]["limits"][1],
        "pollutant_code": "a21002",
        "pollutant_name": "氮氧化物",
        "value": value,
    }
    outlets[0]["limits"].append(limit)
    return outlets


async def test_article_8_a_sewage_plant_says_where_its_sewage_comes_from_and_goes(one: Applicant) -> None:
    plant = proposal(industry_code="4620")
    found = refused(await one.caller.post(PATH, one.application(content=plant)), 422, "application_invalid")
    assert [(each["pointer"], each["code"]) for each in found["errors"]] == [
        ("/sewerage", "sewerage_missing")
    ]
    application = await one.applied(content=plant, sewerage=SEWERAGE)
    assert application["newest"]["document"]["sewerage"] == SEWERAGE


async def test_article_8_more_of_a_key_pollutant_rests_on_a_quota(town: Town, holder: Applicant) -> None:
    about = {"kind": "reapplication", "permit_number": holder.number}
    more = holder.application(content=proposal(outlets=of_oxides("8")), **about)
    found = refused(await holder.caller.post(PATH, more), 422, "application_invalid")
    assert [(each["pointer"], each["code"]) for each in found["errors"]] == [
        ("/quota_source", "quota_source_missing")
    ]
    assert "氮氧化物" in found["errors"][0]["detail_zh"]
    unknown = {"explanation": "由关停锅炉削减", "offset_ids": [holder.eia_id]}
    found = refused(
        await holder.caller.post(PATH, {**more, "quota_source": unknown}), 422, "application_invalid"
    )
    assert [each["pointer"] for each in found["errors"]] == ["/quota_source/offset_ids/0"]
    offset = {
        "permit_number": holder.number,
        "pollutant": "nitrogen_oxides",
        "needed_t": "8",
        "from_year": town.today.year,
        "project": "二期锅炉扩建",
        "sources": [{"permit_number": None, "tonnes": "16", "measure": "市级储备", "evidence": "储备台账"}],
    }
    stated = ok(await holder.caller.post("/v1/permits/totals/offsets", offset))
    source = {"explanation": "由市级储备指标解决", "offset_ids": [stated["id"]]}
    ok(await holder.caller.post(PATH, {**more, "quota_source": source}))


async def test_article_8_a_first_application_is_told_of_it(one: Applicant) -> None:
    outlets = {"content": proposal(outlets=of_oxides("8"))}
    application = await one.applied(**outlets)
    assert [each["code"] for each in application["remarks"]] == ["quota_source_if_new"]
