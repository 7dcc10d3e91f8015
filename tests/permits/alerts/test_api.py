"""Declared alerts and the limits that they put in force, over HTTP through the gateway."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from services.kit import rounds
from services.kit.ids import new_id
from services.permits.alerts import service
from tests.permits.reading import is_problem, named
from tests.support.town import Caller, Holder, Town

PATH = "/v1/permits/alert-periods"
REGIONS = ("152501", "152500", "150000", "150100")
LIMITS = "/v1/permits/permits/{}/limits"


@pytest.fixture(scope="module")
async def officer(town: Town) -> Caller:
    return await town.staff("duty_officer")


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    """With a limit for orange alerts and a prohibition for red ones, from 2026-07-01."""
    own, clerk = await town.holder(), await town.staff("clerk")
    second = town.version_content(own.uscc, special_limits=special_limits())
    second["outlets"][0]["limits"][0]["promised_value"] = "280"
    path = f"/v1/permits/permits/{own.permit['permit_number']}/versions"
    assert (await clerk.post(path, second)).status_code == 201
    return own


@pytest.fixture(scope="module")
async def elsewhere(town: Town) -> Holder:
    """Whose permit says that its site lies in another division than the enterprise (152501)."""
    own, clerk = await town.holder(), await town.staff("clerk")
    second = town.version_content(
        own.uscc, special_limits=special_limits(), terms={"site_region_code": "152502"}
    )
    path = f"/v1/permits/permits/{own.permit['permit_number']}/versions"
    assert (await clerk.post(path, second)).status_code == 201
    return own


def special_limits() -> list[dict[str, Any]]:
    of = {"period": "heavy_pollution", "pollutant_code": "a21026", "pollutant_name": "二氧化硫"}
    of |= {"kind": "daily_amount", "unit": "kg/d", "valid_from": "2026-07-01", "standard": "应急预案"}
    return [
        {**of, "alert_level": "orange", "value": "20"},
        {**of, "alert_level": "red", "prohibited": True},
    ]


def alert(begins: str, ends: str | None, **changes: Any) -> dict[str, Any]:
    return {
        "level": "orange",
        "region_code": "152500",
        "begins_at": f"{begins}:00+08:00",
        "ends_at": f"{ends}:00+08:00" if ends else None,
        "basis": "盟行署重污染天气应急指挥部〔2027〕3号",
        **changes,
    }


async def held(holder: Holder, **asked: str) -> dict[str, Any]:
    answer = await holder.get(LIMITS.format(holder.permit["permit_number"]), **asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def special(body: dict[str, Any]) -> list[tuple[str | None, bool, bool]]:
    return [
        (each["value"], each["prohibited"], each["binding"])
        for each in body["limits"]
        if each["ground"] == "heavy_pollution"
    ]


class TestAlerts:
    async def test_an_alert_that_was_declared_puts_its_limits_in_force_on_its_days(
        self, officer: Caller, holder: Holder
    ) -> None:
        answer = await officer.post(PATH, alert("2027-12-03T20:00", None))
        assert answer.status_code == 201, answer.text
        read = await officer.http.get(answer.headers["location"])
        assert read.json() == answer.json()
        before, during = await held(holder, on="2027-12-02"), await held(holder, on="2027-12-05")
        assert (before["alert_level"], special(before)) == (None, [])
        assert (during["alert_level"], during["alert_source"]) == ("orange", "declared")
        assert special(during) == [("20", False, True)]
        lifting = {"ends_at": "2027-12-04T18:00:00+08:00", "reason": "空气质量转好"}
        lifted = await officer.post(f"{PATH}/{answer.json()['id']}/lifting", lifting)
        assert lifted.status_code == 200, lifted.text
        assert special(await held(holder, on="2027-12-04")) == [("20", False, True)]
        assert special(await held(holder, on="2027-12-05")) == []

    async def test_of_two_who_lift_at_once_one_does(self, officer: Caller) -> None:
        declared = (await officer.post(PATH, alert("2025-01-03T20:00", "2025-01-04T20:00"))).json()
        lifting = {"ends_at": "2025-01-04T00:00:00+08:00", "reason": "提前解除"}
        path = f"{PATH}/{declared['id']}/lifting"
        answers = await asyncio.gather(*(officer.post(path, lifting) for _ in range(2)))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        assert any(is_problem(answer, 409, "alert_lifted") for answer in answers if answer.status_code == 409)

    async def test_air_act_95_a_lifting_makes_no_alert_longer(self, officer: Caller) -> None:
        declared = (await officer.post(PATH, alert("2025-01-05T20:00", "2025-01-06T20:00"))).json()
        path = f"{PATH}/{declared['id']}/lifting"
        longer = await officer.post(path, {"ends_at": "2030-01-01T00:00:00+08:00", "reason": "解除"})
        assert named(longer) == {("/ends_at", "alert_lifted_late")}
        assert longer.json()["errors"][0]["article"] == "大气污染防治法 第九十五条"
        whole = await officer.post(path, {"ends_at": "2025-01-06T20:00:00+08:00", "reason": "解除"})
        assert whole.status_code == 200, whole.text

    async def test_alerts_are_public(self, town: Town, officer: Caller) -> None:
        declared = (await officer.post(PATH, alert("2025-02-03T20:00", "2025-02-04T20:00"))).json()
        answer = await town.public.get(PATH, params={"state": "open", "limit": 100})
        assert declared["id"] in {each["id"] for each in answer.json()["items"]}
        lifted = await town.public.get(PATH, params={"state": "lifted", "limit": 100})
        assert declared["id"] not in {each["id"] for each in lifted.json()["items"]}

    async def test_those_of_a_division_are_its_own_its_citys_and_its_provinces(
        self, town: Town, officer: Caller
    ) -> None:
        of = {region: alert("2033-01-10T00:00", "2033-01-12T00:00", region_code=region) for region in REGIONS}
        made = {region: (await officer.post(PATH, content)).json()["id"] for region, content in of.items()}
        mistaken = (await officer.post(PATH, alert("2033-01-10T09:00", None))).json()["id"]
        lifting = {"ends_at": "2033-01-10T09:00:00+08:00", "reason": "误报"}
        assert (await officer.post(f"{PATH}/{mistaken}/lifting", lifting)).status_code == 200

        async def listed(**query: str) -> dict[str, str | None]:
            found = (await town.public.get(PATH, params={"limit": 500, **query})).json()["items"]
            own = {*made.values(), mistaken}
            return {each["id"]: each["region_name"] for each in found if each["id"] in own}

        held = await listed(region_code="152501", on="2033-01-11")
        assert held == {
            made["152501"]: "二连浩特市",
            made["152500"]: "锡林郭勒盟",
            made["150000"]: "内蒙古自治区",
        }
        assert set(await listed(region_code="152502", on="2033-01-11")) == set(held) - {made["152501"]}
        assert mistaken not in await listed(on="2033-01-10")
        assert await listed(region_code="152501", on="2033-01-12") == {}
        wrong = await town.public.get(PATH, params={"region_code": "15250"})
        assert is_problem(wrong, 400, "invalid_parameter"), wrong.text

    async def test_what_ends_before_it_begins_is_refused(self, officer: Caller) -> None:
        answer = await officer.post(PATH, alert("2027-12-03T20:00", "2027-12-03T19:59"))
        assert named(answer) == {("/ends_at", "alert_reversed")}
        assert answer.json()["errors"][0]["article"] == "大气污染防治法 第九十五条"

    async def test_only_who_is_on_duty_declares(self, town: Town, holder: Holder) -> None:
        for caller in (holder, await town.staff("clerk"), await town.staff("inspector")):
            answer = await caller.post(PATH, alert("2027-12-03T20:00", None))
            assert is_problem(answer, 403, "forbidden")

    async def test_what_is_not_there_is_404(self, town: Town, officer: Caller) -> None:
        lifting = {"ends_at": "2025-01-04T00:00:00+08:00", "reason": "解除"}
        answer = await officer.post(f"{PATH}/{new_id()}/lifting", lifting)
        assert is_problem(answer, 404, "alert_not_found")
        assert is_problem(await town.public.get(f"{PATH}/{new_id()}"), 404, "alert_not_found")


class TestLevels:
    async def test_a_raised_alert_is_a_period_that_follows_and_both_days_keep_their_limits(
        self, town: Town, officer: Caller, holder: Holder
    ) -> None:
        declared = (await officer.post(PATH, alert("2028-01-10T00:00", "2028-01-16T00:00"))).json()
        change = {"level": "red", "begins_at": "2028-01-12T00:00:00+08:00", "basis": "红色预警〔2028〕1号"}
        answer = await officer.post(f"{PATH}/{declared['id']}/level", change)
        assert answer.status_code == 201, answer.text
        raised = answer.json()
        assert (raised["level"], raised["state"]) == ("red", "open")
        assert (raised["follows"], raised["ends_at"]) == (declared["id"], declared["ends_at"])
        before = (await town.public.get(f"{PATH}/{declared['id']}")).json()
        assert (before["state"], before["followed_by"]) == ("changed", raised["id"])
        assert before["ends_at"] == raised["begins_at"]
        assert [(await held(holder, on=f"2028-01-{day}"))["alert_level"] for day in (11, 12, 15, 16)] == [
            "orange",
            "red",
            "red",
            None,
        ]
        again = await officer.post(f"{PATH}/{declared['id']}/level", change)
        assert is_problem(again, 409, "alert_changed")
        assert again.json()["followed_by"] == f"{PATH}/{raised['id']}"
        lifting = {"ends_at": "2028-01-13T00:00:00+08:00", "reason": "解除"}
        assert is_problem(
            await officer.post(f"{PATH}/{declared['id']}/lifting", lifting), 409, "alert_changed"
        )
        lower = {**change, "level": "yellow", "begins_at": "2028-01-14T00:00:00+08:00"}
        lowered = (await officer.post(f"{PATH}/{raised['id']}/level", lower)).json()
        lifting |= {"ends_at": "2028-01-15T00:00:00+08:00"}
        lifted = await officer.post(f"{PATH}/{lowered['id']}/lifting", lifting)
        assert lifted.status_code == 200, lifted.text
        assert is_problem(await officer.post(f"{PATH}/{lowered['id']}/level", change), 409, "alert_lifted")
        changed = await town.public.get(PATH, params={"state": "changed", "limit": 100})
        assert {declared["id"], raised["id"]} <= {each["id"] for each in changed.json()["items"]}
        told = await holder.get(
            "/v1/permits/events", type="permits.alert_level_changed.v1", wait=10, limit=100
        )
        said = {each["data"]["alert_period_id"]: each["data"] for each in told.json()}
        assert (said[raised["id"]]["direction"], said[raised["id"]]["previous_level"]) == ("raised", "orange")

    async def test_a_change_is_to_another_level_and_within_the_period(self, officer: Caller) -> None:
        declared = (await officer.post(PATH, alert("2028-02-10T00:00", "2028-02-12T00:00"))).json()
        path = f"{PATH}/{declared['id']}/level"
        change = {"level": "orange", "begins_at": "2028-02-13T00:00:00+08:00", "basis": "预警"}
        assert named(await officer.post(path, change)) == {
            ("/level", "alert_level_same"),
            ("/begins_at", "alert_change_outside"),
            ("/ends_at", "alert_reversed"),
        }

    async def test_of_two_who_change_at_once_one_does(self, officer: Caller) -> None:
        declared = (await officer.post(PATH, alert("2028-03-10T00:00", "2028-03-14T00:00"))).json()
        change = {"level": "red", "begins_at": "2028-03-11T00:00:00+08:00", "basis": "红色预警"}
        answers = await asyncio.gather(
            *(officer.post(f"{PATH}/{declared['id']}/level", change) for _ in range(2))
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409]

    async def test_an_alert_is_given_another_end_while_it_holds(self, officer: Caller) -> None:
        declared = (await officer.post(PATH, alert("2028-04-10T00:00", "2028-04-12T00:00"))).json()
        later = {"ends_at": "2028-04-14T00:00:00+08:00", "basis": "延长〔2028〕2号"}
        answer = await officer.post(f"{PATH}/{declared['id']}/end", later)
        assert (answer.status_code, answer.json()["basis"]) == (200, "延长〔2028〕2号")
        assert answer.json()["ends_at"] == "2028-04-13T16:00:00Z"
        over = (await officer.post(PATH, alert("2025-03-03T20:00", "2025-03-04T20:00"))).json()
        red = {"level": "red", "begins_at": "2025-03-04T00:00:00+08:00", "basis": "预警"}
        for step, body in (("end", later), ("level", red)):
            assert is_problem(await officer.post(f"{PATH}/{over['id']}/{step}", body), 409, "alert_over")

    async def test_that_one_ended_as_declared_is_told_once(self, town: Town, officer: Caller) -> None:
        over = (await officer.post(PATH, alert("2025-04-03T20:00", "2025-04-04T20:00"))).json()
        database, work = town.stack.apps["permits"].state.kit.database, service.ends()
        for _ in range(2):
            await rounds.make(database, work)
        assert work.progress.failed == 0
        said = []
        for _ in range(300):
            told = await officer.get("/v1/permits/events", type="permits.alert_ended.v1", limit=1000)
            said = [each["data"]["alert_period_id"] for each in told.json()]
            if over["id"] in said:
                break
            await asyncio.sleep(0.1)
        assert said.count(over["id"]) == 1


class TestLimitsInForce:
    async def test_a_promise_and_the_limit_that_it_makes_stricter_are_both_shown(
        self, holder: Holder
    ) -> None:
        found = [
            (each["ground"], each["value"], each["binding"])
            for each in (await held(holder, on="2026-08-01"))["limits"]
            if (each["pollutant_code"], each["kind"]) == ("a21026", "hourly_concentration")
        ]
        assert sorted(found) == [("permit", "300", False), ("stricter_promise", "280", True)]

    async def test_a_level_can_be_asked_for_to_see_what_it_would_mean(self, holder: Holder) -> None:
        red = await held(holder, on="2026-08-01", alert="red")
        assert (red["alert_level"], red["alert_source"]) == ("red", "asked")
        assert sorted(special(red), key=str) == [("20", False, False), (None, True, True)]
        assert all(each["why_zh"] and each["why_en"] for each in red["limits"])
        assert special(await held(holder, on="2026-08-01", alert="yellow")) == []

    async def test_the_version_of_the_day_counts(self, holder: Holder) -> None:
        assert (await held(holder, on="2026-06-30"))["version"] == 1
        assert (await held(holder, on="2026-07-01"))["version"] == 2
        number = holder.permit["permit_number"]
        assert is_problem(await holder.get(LIMITS.format(number), on="2030-01-01"), 404, "permit_not_found")

    async def test_limits_of_a_permit_that_is_not_yours_are_404(self, town: Town, holder: Holder) -> None:
        other = await town.holder()
        answer = await holder.get(LIMITS.format(other.permit["permit_number"]))
        assert is_problem(answer, 404, "permit_not_found")


class TestWhereTheSiteLies:
    """An alert holds where the permit says that the site is, wherever its enterprise is registered."""

    async def test_the_limits_in_force(self, officer: Caller, holder: Holder, elsewhere: Holder) -> None:
        for region, day, at_home, at_the_site in (
            ("152502", "2028-06-10", None, "orange"),
            ("152501", "2028-06-12", "orange", None),
            ("152500", "2028-06-14", "orange", "orange"),
        ):
            declared = alert(f"{day}T00:00", f"{day}T12:00", region_code=region)
            assert (await officer.post(PATH, declared)).status_code == 201
            assert (await held(holder, on=day))["alert_level"] == at_home
            assert (await held(elsewhere, on=day))["alert_level"] == at_the_site

    async def test_the_days_of_a_report(self, officer: Caller, holder: Holder, elsewhere: Holder) -> None:
        declared = alert("2026-08-10T00:00", "2026-08-11T12:00", region_code="152502")
        assert (await officer.post(PATH, declared)).status_code == 201
        days = {"2026-08-10", "2026-08-11"}
        for one, wanted in ((holder, set()), (elsewhere, days)):
            (owed,) = [
                each
                for each in await one.obligations()
                if (each["kind"], each["period_start"]) == ("quarterly", "2026-07-01")
            ]
            blank = (await one.get(f"/v1/permits/obligations/{owed['id']}/blank")).json()
            assert {each["day"] for each in blank["special_days"]} & days == wanted

    async def test_the_measures_of_a_day(self, officer: Caller, holder: Holder, elsewhere: Holder) -> None:
        declared = alert("2028-07-10T00:00", "2028-07-10T12:00", region_code="152502")
        assert (await officer.post(PATH, declared)).status_code == 201
        for one, wanted in ((holder, None), (elsewhere, "orange")):
            path = f"/v1/permits/performance/permits/{one.permit['permit_number']}/measures"
            assert (await one.get(path, on="2028-07-10")).json().get("alert") == wanted


class TestWhatIsDeclared:
    """大气污染防治法 art. 95: an alert is declared for an area that there is, and once."""

    @pytest.mark.parametrize("region", ["999999", "159900"])
    async def test_a_division_that_there_is_not(self, officer: Caller, region: str) -> None:
        declared = alert("2034-01-10T00:00", "2034-01-09T00:00", region_code=region)
        answer = await officer.post(PATH, declared)
        assert is_problem(answer, 422, "invalid_document")
        assert named(answer) == {("/region_code", "region_unknown"), ("/ends_at", "alert_reversed")}
        assert {each["article"] for each in answer.json()["errors"]} == {"大气污染防治法 第九十五条"}

    async def test_a_development_zone_outside_the_table(self, officer: Caller) -> None:
        declared = alert("2034-01-10T00:00", "2034-01-11T00:00", region_code="150291")
        assert (await officer.post(PATH, declared)).status_code == 201

    async def test_the_same_alert_twice_and_at_once(self, officer: Caller) -> None:
        declared = alert("2034-02-10T00:00", "2034-02-12T00:00")
        answers = await asyncio.gather(*(officer.post(PATH, declared) for _ in range(4)))
        assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]
        (made,) = [each.json() for each in answers if each.status_code == 201]
        for refused in (each for each in answers if each.status_code == 409):
            assert is_problem(refused, 409, "alert_exists")
            assert refused.json()["alert"] == f"{PATH}/{made['id']}"
            assert refused.json()["article"] == "大气污染防治法 第九十五条"
        for other in ({"level": "red"}, {"region_code": "152501"}, {"ends_at": None}):
            assert (await officer.post(PATH, {**declared, **other})).status_code == 201

    async def test_one_that_was_lifted_may_be_declared_again(self, officer: Caller) -> None:
        declared = alert("2034-03-10T00:00", None)
        made = (await officer.post(PATH, declared)).json()
        lifting = {"ends_at": declared["begins_at"], "reason": "误录"}
        assert (await officer.post(f"{PATH}/{made['id']}/lifting", lifting)).status_code == 200
        assert (await officer.post(PATH, declared)).status_code == 201
