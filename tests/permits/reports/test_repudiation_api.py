"""A report is repudiated, and its receipt is verified by anybody; through the gateway."""

from __future__ import annotations

import asyncio
import uuid

from tests.kit.feed_tools import read_from, settled
from tests.permits.reading import is_problem
from tests.support.town import Town

PATH = "/v1/permits/reports"
RECEIPTS = "/v1/permits/disclosure/receipts"
STATEMENT = {"version": 1, "statement": "账号被盗用，非本单位报送"}


async def test_a_repudiated_report_is_not_public_and_its_period_owes_a_new_version(town: Town) -> None:
    holder, reviewer = await town.holder(), await town.staff("reviewer")
    before = await settled(town)
    submitted = await holder.submitted()
    path = f"{PATH}/{submitted['report']['id']}"
    assert (await reviewer.post(f"{path}/reviews", {"version": 1, "decision": "accept"})).status_code == 201
    public = f"/v1/permits/disclosure/reports/{submitted['report']['id']}"
    assert (await town.public.get(public)).status_code == 200

    twice = await asyncio.gather(*(holder.post(f"{path}/repudiations", STATEMENT) for _ in range(2)))
    assert sorted(answer.status_code for answer in twice) == [201, 409]
    assert (await holder.get(path)).json()["state"] == "repudiated"
    direct = await (await town.direct("permits")).get(public)
    assert is_problem(direct, 404, "report_not_found")
    await settled(town)
    events = await read_from(holder.http, before)
    assert [each["type"] for each in events].count("permits.report_repudiated.v1") == 1
    again = await reviewer.post(f"{path}/reviews", {"version": 1, "decision": "accept"})
    assert is_problem(again, 409, "step_not_open")

    document = submitted["document"]
    content = {name: document[name] for name in ("production_days", "values")}
    anew = await holder.post(f"{path}/versions", {**content, "corrects_version": 1, "reason": "本单位报送"})
    assert (anew.status_code, anew.json()["report"]["state"]) == (201, "submitted")
    assert anew.json()["receipt"]["receipt_id"] != submitted["receipt"]["receipt_id"]


async def test_only_the_enterprise_itself_repudiates_and_only_the_newest_version(town: Town) -> None:
    holder = await town.holder()
    path = f"{PATH}/{(await holder.submitted())['report']['id']}/repudiations"
    assert is_problem(await (await town.holder()).post(path, STATEMENT), 404, "report_not_found")
    assert is_problem(await (await town.staff("reviewer")).post(path, STATEMENT), 403, "forbidden")
    assert is_problem(await holder.post(path, {**STATEMENT, "version": 2}), 409, "version_superseded")


async def test_anybody_verifies_a_receipt_by_its_number_and_sees_no_figure(town: Town) -> None:
    holder, reviewer = await town.holder(), await town.staff("reviewer")
    submitted = await holder.submitted()
    path, receipt = f"{PATH}/{submitted['report']['id']}", submitted["receipt"]
    services = await town.direct("permits")
    seen = (await town.public.get(f"{RECEIPTS}/{receipt['receipt_id']}")).json()
    assert (seen["kind"], seen["document_sha256"]) == ("permits.execution_report", receipt["document_sha256"])
    assert (seen["superseded"], seen["repudiated"], seen["report"]) == (False, False, None)
    assert "values" not in seen
    assert (await reviewer.post(f"{path}/reviews", {"version": 1, "decision": "accept"})).status_code == 201
    seen = (await services.get(f"{RECEIPTS}/{receipt['receipt_id']}")).json()
    assert (await town.public.get(seen["report"])).status_code == 200
    assert (await holder.post(f"{path}/repudiations", STATEMENT)).status_code == 201
    seen = (await services.get(f"{RECEIPTS}/{receipt['receipt_id']}")).json()
    assert (seen["repudiated"], seen["report"]) == (True, None)
    for unknown in (str(uuid.uuid4()), "x"):
        assert is_problem(await town.public.get(f"{RECEIPTS}/{unknown}"), 404, "receipt_not_found")


async def test_article_22_a_repudiated_period_is_owed_again_and_late_until_a_report_of_its_own(
    town: Town,
) -> None:
    holder = await town.holder()
    before = await settled(town)
    report = await holder.report()
    submitted = (await holder.post(PATH, report)).json()
    repudiation = f"{PATH}/{submitted['report']['id']}/repudiations"
    assert (await holder.post(repudiation, STATEMENT)).status_code == 201

    place = f"/v1/permits/obligations/{report['obligation_id']}"
    owed = (await holder.get(place)).json()
    assert (owed["state"], owed["report_id"]) == ("open", None)
    assert owed["repudiated_report_id"] == submitted["report"]["id"]
    assert owed["days_late"] == submitted["report"]["days_late"] > 0
    violations = "/v1/permits/violations"
    (late,) = (await holder.get(violations, kind="non_receipt")).json()["items"]
    assert (late["state"], late["report_id"]) == ("open", None)
    await settled(town)
    types = [each["type"] for each in await read_from(holder.http, before)]
    assert types.count("permits.obligation_reopened.v1") == 1

    both = await asyncio.gather(*(holder.post(PATH, report) for _ in range(2)))
    assert sorted(answer.status_code for answer in both) == [201, 409]
    anew = next(answer for answer in both if answer.status_code == 201).json()
    assert (anew["report"]["id"], anew["version"]) == (submitted["report"]["id"], 2)
    owed = (await holder.get(place)).json()
    assert (owed["state"], owed["report_id"], owed["repudiated_report_id"]) == (
        "reported",
        anew["report"]["id"],
        None,
    )
    (late,) = (await holder.get(violations, kind="non_receipt")).json()["items"]
    assert (late["state"], late["resolution"]) == ("resolved", "received")
    again = await holder.post(repudiation, {**STATEMENT, "version": 2})
    assert again.status_code == 201
    assert (await holder.get(place)).json()["state"] == "open"
