"""A lost certificate is replaced, through the gateway."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from services.kit import clock
from tests.permits.endings.bureau import end
from tests.permits.reading import is_problem, named, walked
from tests.support.town import Holder, Town

PATH = "/v1/permits/certificate-replacements"


def asked(holder: Holder, **changes: Any) -> dict[str, Any]:
    content = {
        "permit_number": holder.permit["permit_number"],
        "cause": "lost",
        "happened_on": (clock.today() - timedelta(days=40)).isoformat(),
        "loss_statement": "排污许可证正本遗失，声明作废",
    }
    return {**content, **changes}


async def test_a_lost_certificate_is_stated_asked_for_late_and_issued_once(town: Town) -> None:
    holder, clerk = await town.holder(), await town.staff("clerk")
    answer = await holder.post(PATH, asked(holder))
    assert answer.status_code == 201, answer.text
    request = answer.json()
    assert (request["state"], request["days_late"]) == ("requested", 10)
    assert request["due_on"] > clock.today().isoformat()
    assert request["days_left"] >= 10
    assert is_problem(await holder.post(PATH, asked(holder)), 409, "replacement_open")
    waiting = await walked(clerk, PATH, state="requested", uscc=holder.uscc)
    assert [row["id"] for page in waiting for row in page] == [request["id"]]
    path = f"{PATH}/{request['id']}"
    assert is_problem(await holder.post(f"{path}/issue", None), 403, "forbidden")
    answers = await asyncio.gather(*(clerk.post(f"{path}/issue", None) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    issued = (await holder.get(path)).json()
    assert (issued["state"], issued["copy_number"], issued["days_left"]) == ("issued", 2, None)
    again = (await holder.post(PATH, asked(holder, cause="damaged", loss_statement=None))).json()
    third = (await clerk.post(f"{PATH}/{again['id']}/issue", None)).json()
    assert third["copy_number"] == 3
    kind = "permits.certificate_reissued.v1"
    events = (await (await town.holder()).get("/v1/permits/events", type=kind, wait=10, limit=1000)).json()
    told = [each["data"]["copy_number"] for each in events if each["data"]["uscc"] == holder.uscc]
    assert told == [2, 3]


async def test_what_is_missing_is_named_at_once(town: Town) -> None:
    holder = await town.holder()
    ahead = (clock.today() + timedelta(days=1)).isoformat()
    wrong = asked(holder, loss_statement=None, happened_on=ahead)
    answer = await holder.post(PATH, wrong)
    assert is_problem(answer, 422, "replacement_invalid")
    expected = {("/loss_statement", "loss_statement_required"), ("/happened_on", "day_ahead")}
    assert named(answer) == expected
    shape = await holder.post(PATH, {**wrong, "permit_number": "1"})
    assert named(shape) == {*expected, ("/permit_number", "permit_number_length")}


async def test_no_certificate_is_lost_before_its_permit_was_issued(town: Town) -> None:
    holder = await town.holder()
    early = await holder.post(PATH, asked(holder, loss_statement=None, happened_on="2024-12-19"))
    assert is_problem(early, 422, "replacement_invalid")
    assert named(early) == {
        ("/loss_statement", "loss_statement_required"),
        ("/happened_on", "day_before_permit"),
    }
    first_day = await holder.post(PATH, asked(holder, happened_on="2024-12-20"))
    assert first_day.status_code == 201, first_day.text


async def test_a_permit_that_has_ended_is_not_reissued_and_anothers_is_not_there(town: Town) -> None:
    holder, other = await town.holder(), await town.holder()
    request = (await holder.post(PATH, asked(holder))).json()
    await end(town, holder, kind="cancelled", ground="entity_ended")
    refused = await (await town.staff("clerk")).post(f"{PATH}/{request['id']}/issue", None)
    assert is_problem(refused, 409, "permit_not_in_force")
    assert refused.json()["standing"] == "cancelled"
    assert is_problem(await other.get(f"{PATH}/{request['id']}"), 404, "replacement_not_found")
    assert is_problem(await other.post(PATH, asked(holder)), 404, "permit_not_found")
