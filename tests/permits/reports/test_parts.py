"""HJ 944-2018: the parts of a report that are words."""

from __future__ import annotations

from services.kit.findings import Findings
from services.permits.reports.rules_parts import PARTS, Part, check_parts, check_unsaid, parts_of
from tests.permits.reading import named
from tests.support.town import Town

REPORTS = "/v1/permits/reports"
TOLD: list[Part] = [part for part in PARTS if part != "other_notes"]


def test_hj_944_each_part_is_said_once() -> None:
    found = Findings()
    check_parts(found, ["ledger", "tax", "ledger"])
    assert [(each.pointer, each.code, each.article) for each in found.errors] == [
        ("/parts/2", "value_repeated", "HJ 944-2018")
    ]


def test_hj_944_an_annual_report_has_all_of_its_parts_and_other_notes_only_if_there_are_any() -> None:
    for told, expected in ((TOLD, 0), ([*TOLD, "other_notes"], 0), (TOLD[1:], 1), ([], 1)):
        found = Findings()
        check_unsaid(found, told)
        assert len(found.errors) == expected
    (error,) = found.errors
    assert all(PARTS[part].zh in error.text.zh and PARTS[part].en in error.text.en for part in TOLD)
    assert PARTS["other_notes"].zh not in error.text.zh


def test_hj_944_a_shorter_report_tells_of_controls_and_of_what_was_discharged() -> None:
    assert set(parts_of("quarterly")) == set(parts_of("monthly")) == {"controls", "emissions"}
    assert list(parts_of("annual")) == list(PARTS)


async def test_an_annual_report_without_its_parts_shows_it_to_the_reviewer(town: Town) -> None:
    holder = await town.holder(reporting={"quarterly": True, "annual": True})
    owed = [each["kind"] for each in await holder.obligations()]
    annual, quarterly = (
        await holder.report(owed.index("annual")),
        await holder.report(owed.index("quarterly")),
    )
    blank = (await holder.get(f"/v1/permits/obligations/{annual['obligation_id']}/blank")).json()
    assert blank["parts"] == list(PARTS)

    async def warned(report: dict[str, object]) -> list[str]:
        checked = (await holder.post(f"{REPORTS}/checks", report)).json()
        return [each["severity"] for each in checked["warnings"] if each["code"] == "parts_unsaid"]

    assert await warned(quarterly) == []
    assert await warned(annual) == ["note"]
    parts = [{"part": part, "text": f"{PARTS[part].zh}：良好"} for part in TOLD]
    assert await warned({**annual, "parts": parts}) == []
    twice = await holder.post(REPORTS, {**annual, "parts": [*parts, parts[0]]})
    assert named(twice) == {(f"/parts/{len(parts)}", "value_repeated")}
    answer = await holder.post(REPORTS, {**annual, "parts": parts})
    assert answer.status_code == 201, answer.text
    reviewer = await town.staff("reviewer")
    read = (await reviewer.get(f"{REPORTS}/{answer.json()['report']['id']}")).json()
    assert read["newest"]["document"]["parts"] == parts
