"""Notices: anybody comments without signing in, the bureau answers in public, and no person is named."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.kit.ids import new_id
from services.permits.notices import rules
from services.permits.notices.rules import Flood
from tests.permits.reading import is_problem, named, walked
from tests.support.town import Town

NOTICES = "/v1/permits/disclosure/notices"
CONTACT = "张某某 13800001111"


def content(town: Town, *, first: int = 0, last: int = 9, **changes: Any) -> dict[str, Any]:
    made = {
        "kind": "pre_application",
        "subject": "/v1/permits/applications/0199",
        "title": "热力厂排污许可证申请前信息公开",
        "summary": "拟申请重点管理排污许可证",
        "opens_on": (town.today + timedelta(days=first)).isoformat(),
        "closes_on": (town.today + timedelta(days=last)).isoformat(),
    }
    return {**made, **changes}


async def opened(town: Town, **changes: Any) -> dict[str, Any]:
    answer = await (await town.staff("reviewer")).post("/v1/permits/notices", content(town, **changes))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def says(town: Town, notice: str, text: str, *, key: str | None = None, **more: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key or str(new_id())}
    return await town.public.post(
        f"{NOTICES}/{notice}/comments", json={"text": text, **more}, headers=headers
    )


async def test_one_that_was_wrong_is_ended_in_public_once(town: Town) -> None:
    notice, reviewer = await opened(town), await town.staff("reviewer")
    path = f"/v1/permits/notices/{notice['id']}/ending"
    wrong = await reviewer.post(path, {"reason": "误公开了13800001111"})
    assert is_problem(wrong, 422, "notice_ending_invalid")
    assert named(wrong) == {("/reason", "names_a_person")}
    assert is_problem(await (await town.holder()).post(path, {"reason": "x"}), 403, "forbidden")
    answers = await asyncio.gather(
        *(reviewer.post(path, {"reason": "公示内容有误，另行公示"}) for _ in range(2))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert is_problem(next(each for each in answers if each.status_code == 409), 409, "notice_over")
    read = (await town.public.get(f"{NOTICES}/{notice['id']}")).json()
    assert (read["state"], read["ended_on"]) == ("ended", town.today.isoformat())
    assert read["end_reason"] == "公示内容有误，另行公示"
    assert is_problem(await says(town, notice["id"], "还有意见"), 409, "notice_not_open")
    missing = await reviewer.post(f"/v1/permits/notices/{new_id()}/ending", {"reason": "误"})
    assert is_problem(missing, 404, "notice_not_found")


async def test_what_was_said_is_answered_in_public_and_nobody_is_named(town: Town) -> None:
    notice, reviewer = await opened(town), await town.staff("reviewer")
    given = await says(town, notice["id"], "夜间噪声大，我是张某某", contact=CONTACT)
    assert given.status_code == 201, given.text
    path = f"/v1/permits/notices/{notice['id']}/comments"
    ((comment,),) = await walked(reviewer, path)
    assert (comment["contact"], comment["answer"]) == (CONTACT, None)
    reply = {"matter": "反映夜间噪声", "answer": "已要求整改"}
    answered = await reviewer.post(f"{path}/{comment['id']}/answer", reply)
    assert answered.status_code == 201, answered.text
    again = await reviewer.post(f"{path}/{comment['id']}/answer", reply)
    assert is_problem(again, 409, "comment_answered")
    ((public,),) = await walked(town.public, f"{NOTICES}/{notice['id']}/answers")
    assert reply.items() <= public.items()
    read = (await town.public.get(f"{NOTICES}/{notice['id']}")).json()
    assert (read["comments"], read["answers"], read["state"]) == (1, 1, "open")
    feed = (await reviewer.get("/v1/permits/events", limit=1000, after=0)).text
    for said in (json.dumps([public, read, given.json()], ensure_ascii=False), feed):
        assert "夜间噪声大" not in said
        assert "张某某" not in said
        assert CONTACT not in said


async def test_an_answer_that_names_a_person_is_refused(town: Town) -> None:
    notice, reviewer = await opened(town), await town.staff("reviewer")
    comment = (await says(town, notice["id"], "意见")).json()["comment_id"]
    reply = {"matter": "居民13800001111反映", "answer": "请致电a@b.cn"}
    answer = await reviewer.post(f"/v1/permits/notices/{notice['id']}/comments/{comment}/answer", reply)
    assert is_problem(answer, 422, "answer_invalid")
    assert named(answer) == {("/matter", "names_a_person"), ("/answer", "names_a_person")}
    answer = await reviewer.post(
        f"/v1/permits/notices/{notice['id']}/comments/{comment}/answer",
        {"matter": "", "answer": "请致电a@b.cn"},
    )
    assert ("/answer", "names_a_person") in named(answer), "beside what is wrong in shape"


async def test_a_comment_is_taken_once_whatever_is_sent_again(town: Town) -> None:
    notice = await opened(town)
    first = await says(town, notice["id"], "意见", key="k-1" + notice["id"])
    assert (await says(town, notice["id"], "意见", key="k-1" + notice["id"])).json() == first.json()
    assert is_problem(await says(town, notice["id"], "意见"), 409, "comment_repeated")
    assert is_problem(
        await says(town, notice["id"], "另一意见", key="k-1" + notice["id"]), 422, "idempotency_key_reused"
    )
    without = await town.public.post(f"{NOTICES}/{notice['id']}/comments", json={"text": "x"})
    assert without.status_code == 400


async def test_comments_are_taken_while_it_is_open_and_not_before_or_of_no_notice(town: Town) -> None:
    coming = await opened(town, first=1)
    assert is_problem(await says(town, coming["id"], "意见"), 409, "notice_not_open")
    assert is_problem(await says(town, str(new_id()), "意见"), 404, "notice_not_found")
    pages = await walked(town.public, NOTICES, open="true")
    assert coming["id"] not in {row["id"] for page in pages for row in page}


async def test_a_flood_is_stopped_for_the_day_however_it_is_sent(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "FLOOD", Flood(comments_a_day=3))
    notice = await opened(town)
    answers = await asyncio.gather(*(says(town, notice["id"], f"意见{index}") for index in range(8)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201] * 3 + [429] * 5
    assert is_problem(next(each for each in answers if each.status_code == 429), 429, "notice_full")


async def test_only_the_bureau_opens_reads_and_answers(town: Town) -> None:
    notice, holder = await opened(town), await town.holder()
    path = f"/v1/permits/notices/{notice['id']}/comments"
    assert (await holder.get(path)).status_code == 403
    assert (await town.public.get(path)).status_code == 401
    assert (await holder.post("/v1/permits/notices", content(town))).status_code == 403
    reply = {"matter": "a", "answer": "b"}
    assert (await holder.post(f"{path}/{new_id()}/answer", reply)).status_code == 403
    reviewer = await town.staff("reviewer")
    assert is_problem(await reviewer.post(f"{path}/{new_id()}/answer", reply), 404, "comment_not_found")


async def test_a_notice_that_breaks_rules_is_refused_with_all_of_them(town: Town) -> None:
    reviewer = await town.staff("reviewer")
    answer = await reviewer.post("/v1/permits/notices", content(town, first=-1, last=-2))
    assert is_problem(answer, 422, "notice_invalid")
    assert named(answer) == {("/opens_on", "opens_in_the_past"), ("/closes_on", "closes_before_it_opens")}


async def test_no_notice_is_open_for_ever(town: Town) -> None:
    holder, reviewer = await town.holder(), await town.staff("reviewer")
    answer = await reviewer.post("/v1/permits/notices", content(town, closes_on="9999-12-31"))
    assert is_problem(answer, 422, "notice_invalid")
    assert named(answer) == {("/closes_on", "open_too_long")}
    announced = content(town, opens_on="9999-12-30", closes_on="9999-12-31", uscc=holder.uscc)
    del announced["kind"], announced["subject"]
    answer = await holder.post("/v1/permits/notices/pre-application", announced)
    assert named(answer) == {("/opens_on", "opens_too_late")}


async def test_notices_are_found_by_what_they_are_about(town: Town) -> None:
    subject = f"/v1/permits/applications/{new_id()}"
    notice = await opened(town, subject=subject)
    for filters in ({"subject": subject}, {"subject": subject, "open": "true"}):
        assert [[row["id"] for row in page] for page in await walked(town.public, NOTICES, **filters)] == [
            [notice["id"]]
        ]
    assert await walked(town.public, NOTICES, subject=subject, kind="performance") == [[]]


async def test_a_notice_names_an_enterprise_of_the_register_or_none(town: Town) -> None:
    reviewer, holder = await town.staff("reviewer"), await town.holder()
    assert (await opened(town, uscc=holder.uscc))["uscc"] == holder.uscc
    answer = await reviewer.post("/v1/permits/notices", content(town, uscc=town.new_uscc()))
    assert is_problem(answer, 404, "enterprise_not_found")


async def test_a_unit_announces_its_own_application_and_nobody_elses_art_8(town: Town) -> None:
    holder, other = await town.holder(), await town.holder()
    said = {name: content(town)[name] for name in ("title", "summary", "opens_on", "closes_on")}
    path = "/v1/permits/notices/pre-application"
    answer = await holder.post(path, {**said, "uscc": holder.uscc})
    assert answer.status_code == 201, answer.text
    assert (answer.json()["kind"], answer.json()["uscc"]) == ("pre_application", holder.uscc)
    assert (await says(town, answer.json()["id"], "意见")).status_code == 201
    refused = await holder.post(path, {**said, "uscc": other.uscc})
    assert is_problem(refused, 404, "enterprise_not_found")


async def test_a_notice_names_a_permit_of_its_own_enterprise(town: Town) -> None:
    holder, other, reviewer = await town.holder(), await town.holder(), await town.staff("reviewer")
    number = other.permit["permit_number"]
    said = content(town, uscc=holder.uscc, permit_number=number)
    mixed = await reviewer.post("/v1/permits/notices", said)
    assert named(mixed) == {("/permit_number", "permit_of_another")}
    nobodys = await reviewer.post("/v1/permits/notices", {**said, "permit_number": f"{holder.uscc}009P"})
    assert is_problem(nobodys, 404, "permit_not_found")
    own = {name: value for name, value in said.items() if name not in ("kind", "subject")}
    announced = await holder.post("/v1/permits/notices/pre-application", own)
    assert is_problem(announced, 404, "permit_not_found")
    own["permit_number"] = holder.permit["permit_number"]
    answer = await holder.post("/v1/permits/notices/pre-application", own)
    assert answer.status_code == 201, answer.text
