"""Withholding over HTTP: asked by the enterprise, decided by the bureau, and kept from every public answer."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from gateway.policy.loading import load
from services.kit.auth import EVERY_ROW
from services.kit.receipt_keys import ReceiptOffice
from services.permits.documents import service as documents
from services.permits.documents.press import Press
from services.permits.documents.rules import Audience, Kind
from services.permits.permits import service as permits
from tests.permits.reading import is_problem, named, walked
from tests.support.town import Holder, Town

SECRET_SITE, SECRET_OUTLET, SECRET_PROCESS = "绝密的七号厂区", "绝密的合成工段", "绝密的催化工艺"
PERSON = "赵某某"
SECRETS = (SECRET_SITE, SECRET_OUTLET, SECRET_PROCESS, PERSON)
SITE = "七号厂区"
PUBLIC = "/v1/permits/disclosure"


async def holder_with_secrets(
    town: Town, *, site: str = SITE, outlet: str = "合成工段排口", process: str = "合成"
) -> Holder:
    holder, clerk = await town.holder(), await town.staff("clerk")
    content = town.permit_content(holder.uscc, serial=2, site_name=site)
    content["outlets"][0]["name"] = outlet
    content["terms"] = {
        "holder": {"name": "热力公司", "address": "示例路2号", "legal_representative": PERSON},
        "production_facilities": [{"code": "MF0001", "name": "反应釜", "process": process}],
    }
    permit = await clerk.post("/v1/permits/permits", content)
    assert permit.status_code == 201, permit.text
    holder.permit = permit.json()
    return holder


async def asks(holder: Holder, *pointers: str, version: int = 1) -> httpx.Response:
    path = f"/v1/permits/permits/{holder.permit['permit_number']}/withholdings"
    body = {"version": version, "pointers": list(pointers), "reason": "合成工段为专有技术"}
    return await holder.post(path, body)


async def asked(holder: Holder, *pointers: str) -> dict[str, Any]:
    answer = await asks(holder, *pointers)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def decided(town: Town, request: dict[str, Any], **decision: Any) -> httpx.Response:
    reviewer = await town.staff("reviewer")
    return await reviewer.post(f"/v1/permits/withholdings/{request['id']}/decision", decision)


async def shown(town: Town, holder: Holder) -> dict[str, Any]:
    answer = await town.public.get(f"{PUBLIC}/permits/{holder.permit['permit_number']}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_granted_text_is_withheld_with_its_reason_until_it_is_lifted(town: Town) -> None:
    holder = await holder_with_secrets(town)
    request = await asked(holder, "/site_name", "/outlets/0/name")
    assert request["hidden"] is True
    pending = await shown(town, holder)
    assert pending["site_name"] == "〔不予公开：企业申请不予公开，正在审查〕"
    granted = await decided(town, request, decision="grant", public_reason="商业秘密")
    assert granted.status_code == 201, granted.text
    public = await shown(town, holder)
    assert public["site_name"] == public["outlets"][0]["name"] == "〔不予公开：商业秘密〕"
    assert [each["pointer"] for each in public["withheld"]] == ["/outlets/0/name", "/site_name"]
    assert public["outlets"][0]["limits"] == holder.permit["outlets"][0]["limits"]
    reviewer = await town.staff("reviewer")
    lifting = f"/v1/permits/withholdings/{request['id']}/lifting"
    assert (await reviewer.post(lifting, {"comment": "已申请专利"})).status_code == 201
    again = await shown(town, holder)
    assert (again["site_name"], again["withheld"]) == (SITE, [])
    assert is_problem(await reviewer.post(lifting, {"comment": "x"}), 409, "withholding_step_not_open")


async def test_a_refused_text_is_public_and_asking_again_does_not_hide_it(town: Town) -> None:
    holder = await holder_with_secrets(town)
    request = await asked(holder, "/site_name")
    assert (await decided(town, request, decision="refuse", comment="地名不是秘密")).status_code == 201
    assert (await shown(town, holder))["site_name"] == SITE
    assert (await asked(holder, "/site_name"))["hidden"] is False
    assert (await shown(town, holder))["site_name"] == SITE


async def test_what_the_law_opens_is_refused_art_23(town: Town) -> None:
    holder = await holder_with_secrets(town)
    answer = await asks(holder, "/outlets/0/limits/0/value", "/outlets/0/code", "/nowhere")
    assert is_problem(answer, 422, "withholding_invalid")
    assert named(answer) == {
        ("/pointers/0", "always_public"),
        ("/pointers/1", "always_public"),
        ("/pointers/2", "place_unknown"),
    }
    path = f"/v1/permits/permits/{holder.permit['permit_number']}/withholdings"
    both = await holder.post(path, {"version": 1, "pointers": ["/outlets/0/code"], "reason": ""})
    assert ("/pointers/0", "always_public") in named(both), "beside what is wrong in shape"
    old = await asks(holder, "/site_name", version=7)
    assert is_problem(old, 409, "permit_version_superseded")


async def test_a_decision_says_why_and_is_taken_once(town: Town) -> None:
    holder = await holder_with_secrets(town)
    request = await asked(holder, "/site_name")
    bare = await decided(town, request, decision="grant")
    assert named(bare) == {("/public_reason", "reason_needed")}
    assert named(await decided(town, request, decision="refuse")) == {("/comment", "comment_needed")}
    both = await asyncio.gather(
        decided(town, request, decision="grant", public_reason="商业秘密"),
        decided(town, request, decision="refuse", comment="否"),
    )
    assert sorted(answer.status_code for answer in both) == [201, 409]


async def test_another_enterprise_sees_no_request_and_asks_nothing(town: Town) -> None:
    holder, other = await holder_with_secrets(town), await town.holder()
    request = await asked(holder, "/site_name")
    assert is_problem(
        await other.get(f"/v1/permits/withholdings/{request['id']}"), 404, "withholding_not_found"
    )
    other.permit = holder.permit
    assert is_problem(await asks(other, "/site_name"), 404, "permit_not_found")
    assert await walked(other, "/v1/permits/withholdings") == [[]]
    ((mine,),) = await walked(holder, "/v1/permits/withholdings", state="requested")
    assert mine == request


@pytest.fixture(scope="module")
async def secretive(town: Town) -> Holder:
    """With texts that are withheld and stand nowhere else, one granted and two pending."""
    holder = await holder_with_secrets(town, site=SECRET_SITE, outlet=SECRET_OUTLET, process=SECRET_PROCESS)
    granted = await asked(holder, "/site_name")
    assert (await decided(town, granted, decision="grant", public_reason="商业秘密")).status_code == 201
    await asked(holder, "/outlets/0/name", "/terms/production_facilities/0/process")
    return holder


def public_routes() -> list[str]:
    """Every public read of the permits service, but for those about no enterprise."""
    return [
        route.template
        for route in load()
        if route.public and route.method == "GET" and route.template.startswith(PUBLIC)
    ]


@pytest.mark.parametrize("template", public_routes())
async def test_no_public_answer_holds_a_withheld_text(town: Town, secretive: Holder, template: str) -> None:
    number = secretive.permit["permit_number"]
    path = template.replace("{permit_number}", number)
    if "{" in path:
        return  # a report, a notice or a document of another record: each has its own test
    for params in ({}, {"permit_number": number}, {"uscc": secretive.uscc}, {"format": "ndjson"}):
        answer = await town.public.get(path, params=params)
        for secret in SECRETS:
            assert secret not in answer.text, path
        if answer.status_code == 400:  # not a filter of this one
            assert {each["code"] for each in answer.json()["errors"]} == {"unknown_parameter"}
            continue
        assert answer.status_code == 200, (path, answer.text)


async def test_the_public_original_is_made_of_what_is_public(town: Town, secretive: Holder) -> None:
    number = secretive.permit["permit_number"]
    assert (await town.public.get(f"{PUBLIC}/permits/{number}/original")).status_code == 200
    kit = town.stack.apps["permits"].state.kit
    async with kit.database.transaction() as session:
        permit = await permits.read(session, EVERY_ROW, number=number, as_of=None)
        office = ReceiptOffice(keys=kit.receipt_keys, issuer=kit.shared.issuer)
        press = Press(office, "某市生态环境局", "https://example.gov.cn", seal=None)
        for audience, secret_is_in in ((Audience.PUBLIC, False), (Audience.HOLDER, True)):
            said = str(await documents.said_of(session, press, permit, kind=Kind.ORIGINAL, audience=audience))
            assert {secret in said for secret in SECRETS} == {secret_is_in}


async def test_no_announced_event_holds_a_withheld_text(town: Town, secretive: Holder) -> None:
    other = await town.holder()
    feed = await other.get("/v1/permits/events", limit=1000, after=0)
    for secret in SECRETS:
        assert secret not in feed.text
