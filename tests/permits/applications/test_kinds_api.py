"""Changes, re-applications, supplements and renewals: each is the next version of a permit (条例 art. 14, 15)."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest

from tests.permits.applications.desk import PATH, Applicant, applicant, days, ok, proposal, refused
from tests.permits.endings.bureau import decide, propose
from tests.support.town import OUTLETS, Town


@pytest.fixture
async def holder(town: Town) -> Applicant:
    """With a permit of its own since 2025, as the clerk entered it."""
    one = await applicant(town)
    content = town.permit_content(one.uscc, management_class="simplified")
    content["reporting"] = {"quarterly": False, "annual": True}
    ok(await (await town.staff("clerk")).post("/v1/permits/permits", content))
    return one


def later(one: Applicant, kind: str, **changes: Any) -> dict[str, Any]:
    return {"kind": kind, "permit_number": one.number, **changes}


async def permit(one: Applicant, **params: str) -> dict[str, Any]:
    answer = await one.caller.get(f"/v1/permits/permits/{one.number}", **params)
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


def stricter() -> list[dict[str, Any]]:
    outlets = deepcopy(OUTLETS)
    outlets[0]["limits"][0]["value"] = "200"
    return outlets


def looser() -> list[dict[str, Any]]:
    outlets = deepcopy(OUTLETS)
    outlets[0]["limits"][0]["value"] = "400"
    return outlets


async def test_article_14_a_change_of_name_is_a_version_and_stands_in_the_register(
    town: Town, holder: Applicant
) -> None:
    enterprise = {"name": "二连浩特市新热力有限责任公司"}
    changed_on = (town.today - timedelta(days=31)).isoformat()
    application = await holder.accepted(
        **later(holder, "change", enterprise=enterprise, changed_on=changed_on)
    )
    assert [each["code"] for each in application["remarks"]] == ["change_late"]
    assert (application["days_left"], application["basis"]) == (20, "行政许可法 第四十二条")
    unaffected = {"outcome": "unaffected", "comment": "名称变更不涉及"}
    found = [
        {"item": item, **unaffected} for item in ("standards", "total_control", "controls", "monitoring")
    ]
    body = {"findings": [{"item": "eia", "outcome": "met"}, *found]}
    ok(await holder.step("reviewer", application, "findings", body))
    ok(await holder.step("reviewer", application, "review", {"proposal": "grant"}))
    granted = ok(await holder.step("approver", application, "decision", {"outcome": "grant"}))
    now = await permit(holder)
    assert (granted["permit_version"], now["version"], now["basis"]["kind"]) == (2, 2, "basic_change")
    assert now["basis"]["application"] == f"{PATH}/{application['id']}"
    assert (now["valid_from"], now["valid_to"]) == ("2025-01-01", "2029-12-31")
    registered = (await holder.caller.get(f"/v1/permits/enterprises/{holder.uscc}")).json()
    assert registered["name"] == enterprise["name"]


async def test_article_15_what_lets_more_be_discharged_is_applied_for_anew(
    town: Town, holder: Applicant
) -> None:
    more = proposal(outlets=looser())
    answer = await holder.caller.post(PATH, holder.application(**later(holder, "change", content=more)))
    found = refused(answer, 422, "application_invalid")
    assert [(each["pointer"], each["code"]) for each in found["errors"]] == [
        ("/kind", "reapplication_needed")
    ]
    assert "第十五条" in found["errors"][0]["article"]
    await holder.granted(**later(holder, "reapplication", content=more))
    now = await permit(holder)
    assert (now["version"], now["valid_from"]) == (2, town.today.isoformat())
    assert now["basis"]["kind"] == "reapplication"
    (so2,) = [
        each["value"]
        for each in now["outlets"][0]["limits"]
        if (each["pollutant_code"], each["kind"]) == ("a21026", "hourly_concentration")
    ]
    assert so2 == "400"


async def test_a_key_unit_discloses_before_it_applies_anew(town: Town, holder: Applicant) -> None:
    content = proposal(management_class="key", outlets=looser())
    disclosed = {
        "first_day": (town.today - timedelta(days=20)).isoformat(),
        "last_day": (town.today - timedelta(days=1)).isoformat(),
        "where": "全国排污许可证管理信息平台",
        "link": "https://example.org/gs/1",
    }
    application = await holder.accepted(
        **later(holder, "reapplication", content=content, pre_disclosure=disclosed)
    )
    assert (application["days_left"], application["clock"]["period_days"]) == (30, 30)
    application = ok(await holder.step("reviewer", application, "site-check", {"reason": "新增锅炉"}))
    assert application["clock"]["period_days"] == 45
    assert (application["disclosed"]["source"], application["disclosed"]["last_day"]) == (
        "stated",
        disclosed["last_day"],
    )


async def test_a_supplement_is_a_version_within_the_term(holder: Applicant) -> None:
    outlets = [*OUTLETS, {**deepcopy(OUTLETS[0]), "code": "DA002", "name": "二号烟囱"}]
    await holder.granted(**later(holder, "supplement", content=proposal(outlets=outlets)))
    now = await permit(holder)
    assert (now["version"], now["valid_to"], len(now["outlets"])) == (2, "2029-12-31", 2)


async def test_article_14_a_renewal_follows_on_the_old_term(town: Town, holder: Applicant) -> None:
    application = await holder.granted(**later(holder, "renewal", content=proposal(outlets=stricter())))
    assert application["remarks"] == []
    assert (application["newest"]["document"]["permit_valid_to"]) == "2029-12-31"
    renewed = await permit(holder, as_of="2030-01-01")
    assert (renewed["version"], renewed["valid_from"], renewed["valid_to"]) == (2, "2030-01-01", "2034-12-31")
    present = await permit(holder, as_of=town.today.isoformat())
    assert (present["version"], days(present["valid_to"])) == (1, date(2029, 12, 31))


async def test_what_has_ended_is_not_renewed_and_a_site_with_a_permit_gets_no_second(
    town: Town, holder: Applicant
) -> None:
    second = await holder.caller.post(PATH, holder.application())
    found = refused(second, 422, "application_invalid")
    assert [each["code"] for each in found["errors"]] == ["site_has_permit"]
    ended = town.permit_content(
        holder.uscc,
        serial=2,
        management_class="simplified",
        site_name="旧厂区",
        valid_from="2019-01-01",
        valid_to="2023-12-31",
        issued_on="2018-12-20",
    )
    ok(await (await town.staff("clerk")).post("/v1/permits/permits", ended))
    content = {**later(holder, "renewal"), "permit_number": ended["permit_number"]}
    answer = await holder.caller.post(PATH, holder.application(**content))
    assert "permit_expired" in [
        each["code"] for each in refused(answer, 422, "application_invalid")["errors"]
    ]


async def test_article_40_a_permit_that_is_annulled_for_deceit_bars_its_holder_on_the_way(
    town: Town, holder: Applicant
) -> None:
    application = await holder.reviewed(**later(holder, "renewal"))
    proposed = await propose(town, holder.number)
    assert (await decide(town, proposed["id"])).status_code == 201
    grant = await holder.step("approver", application, "decision", {"outcome": "grant"})
    found = refused(grant, 409, "applicant_barred")
    assert found["obstacles"] == ["applicant_barred", "permit_ended"]
    refuse = {"outcome": "refuse", "reason": "许可证已撤销，三年内不得再次申请"}
    ok(await holder.step("approver", application, "decision", refuse))
    again = await holder.caller.post(PATH, holder.application(**later(holder, "renewal")))
    codes = [each["code"] for each in refused(again, 422, "application_invalid")["errors"]]
    assert codes == ["applicant_barred", "permit_ended"]
    anew = await holder.caller.post(PATH, holder.application())  # the site holds no permit any more
    codes = [each["code"] for each in refused(anew, 422, "application_invalid")["errors"]]
    assert codes == ["applicant_barred"]


async def test_a_permit_of_another_is_not_there(town: Town, holder: Applicant) -> None:
    other = await applicant(town)
    stolen = other.application(kind="renewal", permit_number=holder.number)
    refused(await other.caller.post(PATH, stolen), 404, "permit_not_found")
    unknown = other.application(kind="renewal", permit_number=f"{other.uscc}009P")
    refused(await other.caller.post(PATH, unknown), 404, "permit_not_found")
