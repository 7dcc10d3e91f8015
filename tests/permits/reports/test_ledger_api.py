"""A report is compared with the ledger of its period; through the gateway."""

from __future__ import annotations

from tests.permits.reading import named
from tests.support.town import Town

REPORTS = "/v1/permits/reports"
TERMS = {
    "production_facilities": [{"code": "MF0001", "name": "1#锅炉"}],
    "treatment_facilities": [
        {
            "code": "TA001",
            "name": "脱硫塔",
            "process": "石灰石-石膏湿法",
            "serves": ["MF0001"],
            "outlets": ["DA001"],
        }
    ],
}


async def test_article_21_what_differs_from_the_ledger_needs_a_reason(town: Town) -> None:
    holder = await town.holder(terms=TERMS)
    entries = f"/v1/permits/ledger/{holder.permit['permit_number']}/entries"
    at = {"happened_at": "2025-02-01T08:00:00+08:00"}
    for content in (
        {"kind": "production", "facility_code": "MF0001", "name": "蒸汽", "quantity": "1", "unit": "t"}
        | {"run_hours": "1000"},
        {"kind": "treatment", "facility_code": "TA001", "run_hours": "900"},
        {"kind": "materials", "name": "燃煤", "quantity": "500", "unit": "t"},
    ):
        answer = await holder.post(entries, {**content, **at})
        assert answer.status_code == 201, answer.text
    report = await holder.report()
    assert (await holder.obligations())[0]["period_start"] == "2025-01-01"
    stated = {
        "production_days": 41,
        "facilities": [{"facility_code": "MF0001", "run_hours": "800"}],
        "materials": [{"name": "燃煤", "quantity": "490", "unit": "t"}],
    }
    refused = await holder.post(REPORTS, {**report, **stated})
    assert named(refused) == {
        ("/production_days", "fewer_days_than_ledger"),
        ("/facilities/0/run_hours", "differs_from_ledger"),
        ("", "treatment_ran_less"),
    }
    answer = await holder.post(REPORTS, {**report, **stated, "override_reason": "台账有误，已更正"})
    assert answer.status_code == 201, answer.text
    assert len(answer.json()["warnings"]) == 3
    assert answer.json()["document"]["facilities"] == stated["facilities"]
