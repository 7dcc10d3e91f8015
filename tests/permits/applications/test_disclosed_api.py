"""The application of a key unit rests on the notice that it published before, through the gateway."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from services.kit import clock
from services.kit.auth import Principal
from services.kit.database import Database
from services.permits.notices import ending, service
from services.permits.notices.schemas import PreApplicationCreate
from tests.permits.applications.desk import PATH, Applicant, applicant, ok, proposal, refused
from tests.support.locks import beside, until_it_waits
from tests.support.town import Town

SOMEBODY = Principal(
    str(uuid.uuid4()), "企业", roles=("reviewer",), scopes=frozenset(), every_enterprise=True
)


@pytest.fixture
async def one(town: Town) -> Applicant:
    return await applicant(town)


async def published(one: Applicant, *, ago: int, days: int, ended_after: int | None = None) -> str:
    """A notice of the unit, opened so many days ago by the service itself: the stack's clock stands at today."""
    today = one.town.today
    content = PreApplicationCreate(
        uscc=one.uscc,
        title="热力厂排污许可证申请前信息公开",
        summary="拟申请重点管理排污许可证",
        opens_on=today - timedelta(days=ago),
        closes_on=today - timedelta(days=ago - days),
    )
    async with database_of(one) as database:
        with clock.at(datetime.combine(content.opens_on, time(4), tzinfo=UTC)):
            async with database.transaction() as session:
                notice = await service.announce(session, SOMEBODY, content)
    if ended_after is not None:
        async with cut_short(one, str(notice.id), ago=ago - ended_after):
            pass
    return str(notice.id)


@asynccontextmanager
async def cut_short(one: Applicant, notice: str, *, ago: int) -> AsyncIterator[None]:
    """A notice is ended so many days ago; not committed before the block is left."""
    day = datetime.combine(one.town.today - timedelta(days=ago), time(4), tzinfo=UTC)
    async with database_of(one) as database, database.transaction() as session:
        with clock.at(day):
            assert await ending.end(session, SOMEBODY, notice_id=uuid.UUID(notice), reason="内容有误")
        yield


@asynccontextmanager
async def database_of(one: Applicant) -> AsyncIterator[Database]:
    database = Database(one.town.stack.databases["permits"], pool_size=1)
    try:
        yield database
    finally:
        await database.close()


def key_unit(one: Applicant, **changes: Any) -> dict[str, Any]:
    return one.application(content=proposal(management_class="key"), **changes)


async def codes(one: Applicant, **changes: Any) -> set[tuple[str, str]]:
    found = refused(await one.caller.post(PATH, key_unit(one, **changes)), 422, "application_invalid")
    return {(each["pointer"], each["code"]) for each in found["errors"]}


async def test_the_days_are_those_that_the_notice_was_open(one: Applicant) -> None:
    notice = await published(one, ago=20, days=14)
    application = ok(await one.caller.post(PATH, key_unit(one, disclosure_notice_id=notice)))
    disclosed = application["disclosed"]
    first = one.town.today - timedelta(days=20)
    assert (disclosed["source"], disclosed["notice_id"]) == ("notice", notice)
    assert (disclosed["first_day"], disclosed["last_day"]) == (
        first.isoformat(),
        (first + timedelta(days=14)).isoformat(),
    )
    assert application["newest"]["document"]["disclosed"] == disclosed


async def test_one_that_runs_was_ended_or_is_anothers_does_not_serve(town: Town, one: Applicant) -> None:
    running = await published(one, ago=3, days=14)
    assert await codes(one, disclosure_notice_id=running) == {
        ("/disclosure_notice_id", "disclosure_not_over")
    }
    ended = await published(one, ago=20, days=14, ended_after=2)
    assert await codes(one, disclosure_notice_id=ended) == {("/disclosure_notice_id", "disclosure_too_short")}
    theirs = await published(await applicant(town), ago=20, days=14)
    for unknown in (theirs, str(uuid.uuid4())):
        assert await codes(one, disclosure_notice_id=unknown) == {
            ("/disclosure_notice_id", "disclosure_notice_unknown")
        }


async def test_a_disclosure_elsewhere_is_sealed_with_its_link(one: Applicant) -> None:
    days = {
        "first_day": (one.town.today - timedelta(days=20)).isoformat(),
        "last_day": (one.town.today - timedelta(days=2)).isoformat(),
        "where": "全国排污许可证管理信息平台",
    }
    shape = refused(
        await one.caller.post(PATH, key_unit(one, pre_disclosure={**days, "link": "javascript:alert(1)"})),
        422,
        "invalid_document",
    )
    assert ("/pre_disclosure/link", "string_pattern_mismatch") in {
        (each["pointer"], each["code"]) for each in shape["errors"]
    }
    application = ok(
        await one.caller.post(
            PATH, key_unit(one, pre_disclosure={**days, "link": "https://example.org/gs/1"})
        )
    )
    assert (application["disclosed"]["source"], application["disclosed"]["link"]) == (
        "stated",
        "https://example.org/gs/1",
    )


async def test_a_notice_serves_one_permit(one: Applicant) -> None:
    notice = await published(one, ago=20, days=14)
    content = proposal(management_class="key")
    granted = await one.granted(content=content, disclosure_notice_id=notice)
    assert granted["state"] == "granted"
    second = {**content, "site_name": "二号厂区"}
    found = refused(
        await one.caller.post(PATH, one.application(content=second, disclosure_notice_id=notice)),
        422,
        "application_invalid",
    )
    assert [each["code"] for each in found["errors"]] == ["disclosure_notice_used"]


async def test_a_notice_serves_one_undecided_application_also_of_two_that_come_at_once(
    one: Applicant,
) -> None:
    notice = await published(one, ago=20, days=14)
    sites = [
        one.application(
            content=proposal(management_class="key", site_name=f"{each}号厂区"), disclosure_notice_id=notice
        )
        for each in "一二三四"
    ]
    answers = await asyncio.gather(*(one.caller.post(PATH, each) for each in sites))
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422]
    for answer in answers:
        if answer.status_code == 422:
            found = refused(answer, 422, "application_invalid")["errors"]
            assert [(each["pointer"], each["code"]) for each in found] == [
                ("/disclosure_notice_id", "disclosure_notice_used")
            ]
    taken = next(answer.json() for answer in answers if answer.status_code == 201)
    left = next(each for each in sites if each["content"]["site_name"] != taken["site_name"])
    ok(await one.caller.post(f"{PATH}/{taken['id']}/withdrawal", {"reason": "改由另一厂区申请"}))
    ok(await one.caller.post(PATH, left))


async def test_an_application_that_is_corrected_rests_on_its_own_notice_again(one: Applicant) -> None:
    notice = await published(one, ago=20, days=14)
    application = ok(await one.caller.post(PATH, key_unit(one, disclosure_notice_id=notice)))
    ask = {"outcome": "notify", "items": ["补充说明"]}
    ok(await one.step("clerk", application, "completeness", ask))
    said = key_unit(one, disclosure_notice_id=notice)
    correction = {name: said[name] for name in ("content", "eia_ids", "disclosure_notice_id")}
    path = f"{PATH}/{application['id']}/versions"
    corrected = ok(await one.caller.post(path, {**correction, "corrects_version": 1}))
    assert corrected["version"] == 2


async def reviewed(one: Applicant, **changes: Any) -> dict[str, Any]:
    return await one.reviewed(content=proposal(management_class="key"), **changes)


async def test_a_grant_asks_again_whether_the_notice_was_held(one: Applicant) -> None:
    """条例 art. 8(1): what was cut short, however late that is entered, is no disclosure."""
    notice = await published(one, ago=20, days=14)
    application = await reviewed(one, disclosure_notice_id=notice)
    async with cut_short(one, notice, ago=18):
        pass
    grant = {"outcome": "grant", "permit_number": one.number}
    problem = refused(await one.step("approver", application, "decision", grant), 409, "disclosure_unmet")
    assert problem["obstacles"] == ["disclosure_unmet"]
    assert problem["article"] == "排污许可管理条例 第八条第（一）项"
    assert problem["detail"].endswith("working days, 5 are needed")
    assert (await one.read(application))["permit_version"] is None

    again = ok(
        await one.step("approver", application, "decision", {"outcome": "return", "reason": "请核对公示"})
    )
    propose = {"proposal": "grant"}
    refused(await one.step("reviewer", again, "review", propose), 409, "disclosure_unmet")
    refuse = {"proposal": "refuse", "comment": "申请前信息公开未满规定期限"}
    again = ok(await one.step("reviewer", again, "review", refuse))
    decision = {"outcome": "refuse", "reason": "申请前信息公开未满规定期限"}
    assert ok(await one.step("approver", again, "decision", decision))["state"] == "refused"


async def test_a_grant_waits_for_an_ending_that_is_being_entered(one: Applicant) -> None:
    notice = await published(one, ago=20, days=14)
    application = await reviewed(one, disclosure_notice_id=notice)
    grant = {"outcome": "grant", "permit_number": one.number}
    await one.town.staff("approver")
    async with beside(one.town.stack.databases["permits"]) as watcher:
        async with cut_short(one, notice, ago=18):
            granting = asyncio.create_task(one.step("approver", application, "decision", grant))
            await until_it_waits(watcher, granting, table="pg_advisory_xact_lock")
        refused(await granting, 409, "disclosure_unmet")


async def test_a_grant_rests_on_what_was_stated_of_a_disclosure_elsewhere(one: Applicant) -> None:
    stated = {
        "first_day": (one.town.today - timedelta(days=20)).isoformat(),
        "last_day": (one.town.today - timedelta(days=2)).isoformat(),
        "where": "全国排污许可证管理信息平台",
        "link": "https://example.org/gs/1",
    }
    granted = await one.granted(content=proposal(management_class="key"), pre_disclosure=stated)
    assert granted["state"] == "granted"
