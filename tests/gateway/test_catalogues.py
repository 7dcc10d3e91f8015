"""One list of events and one of refusals out of several services."""

from __future__ import annotations

from gateway.catalogues import merged_events, merged_problems
from tests.support.stack import TestStack
from tests.support.town import Town

BUSY = {"code": "busy", "status": 409, "title_zh": "忙", "title_en": "Busy"}
MISSING = {"code": "not_found", "status": 404, "title_zh": "没有", "title_en": "None"}


def test_events_follow_each_other_service_by_service() -> None:
    documents = {
        "gateway": {},
        "permits": {"x-steppe-events": [{"name": "a"}]},
        "waste": {"x-steppe-events": [{"name": "b"}]},
    }
    assert [entry["name"] for entry in merged_events(documents)] == ["a", "b"]


def test_a_refusal_of_several_services_is_one_entry_that_names_them() -> None:
    documents = {"gateway": {"x-steppe-problems": [BUSY]}, "permits": {"x-steppe-problems": [BUSY, MISSING]}}
    assert merged_problems(documents) == [
        {**MISSING, "services": ["permits"]},
        {**BUSY, "services": ["gateway", "permits"]},
    ]


def test_one_code_with_two_meanings_is_two_entries() -> None:
    other = {**BUSY, "title_en": "Being weighed"}
    merged = merged_problems(
        {"permits": {"x-steppe-problems": [BUSY]}, "waste": {"x-steppe-problems": [other]}}
    )
    assert [(entry["title_en"], entry["services"]) for entry in merged] == [
        ("Busy", ["permits"]),
        ("Being weighed", ["waste"]),
    ]


async def test_the_merged_document_of_the_real_services_has_both(town: Town, stack: TestStack) -> None:
    document = (await town.public.get("/openapi.json")).json()
    assert {entry["service"] for entry in document["x-steppe-events"]} == {*stack.urls} - {"gateway"}
    named = {entry["name"]: entry for entry in document["x-steppe-events"]}
    assert named["permits.report_accepted.v1"]["readers"] == "public"
    assert "permit_number" in named["permits.report_accepted.v1"]["payload"]["properties"]
    findings = {entry["code"]: entry["services"] for entry in document["x-steppe-findings"]}
    assert findings["negative_value"] == ["permits"]
    assert findings["missing"] == ["permits", "waste", "credit", "emergency"]
    codes = {(entry["code"], *entry["services"]) for entry in document["x-steppe-problems"]}
    assert ("invalid_grant", "gateway") in codes
    assert ("busy", "gateway", "permits", "waste", "credit", "emergency") in codes
