"""Permits end, through the gateway: proposed by a reviewer, decided by an approver, seen by everybody."""

from __future__ import annotations

import asyncio
import uuid
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from services.kit import clock
from services.kit.anniversaries import last_day_of_years
from services.kit.auth import Principal
from services.kit.database import Database
from services.permits.permits import service as permits
from services.permits.permits.errors import HolderBarred
from services.permits.permits.schemas import PermitCreate
from tests.permits.endings.bureau import (
    DOCUMENT,
    ENDINGS,
    NOTICE,
    decide,
    end,
    execute,
    proposal,
    propose,
    proposed_long_ago,
)
from tests.permits.reading import is_problem, named, walked
from tests.support.town import Holder, Town

PERMITS, DISCLOSED = "/v1/permits/permits", "/v1/permits/disclosure/permits"
OBLIGATIONS = "/v1/permits/obligations"
CLERK = Principal("clerk", "clerk", roles=("clerk",), scopes=frozenset(), every_enterprise=True)


@pytest.fixture(scope="module")
async def holder(town: Town) -> Holder:
    """Of a permit that no test ends."""
    return await town.holder()


async def standings(town: Town, holder: Holder, **query: str) -> tuple[Any, Any]:
    """How the permit stands, to its holder and to the public."""
    number = holder.permit["permit_number"]
    read = (await holder.get(f"{PERMITS}/{number}", **query)).json()
    disclosed = (await town.public.get(f"{DISCLOSED}/{number}")).json()
    listed = (await town.public.get(DISCLOSED, params={"uscc": holder.uscc})).json()["items"]
    assert [each["standing"] for each in listed] == [disclosed["standing"]]
    return read["standing"], disclosed["standing"]


async def entered_on(town: Town, day: date, content: dict[str, Any]) -> None:
    """The permit is issued and entered on that day, years ahead: by the service, whose server's clock stands."""
    database = Database(town.stack.databases["permits"], pool_size=1)
    issued = PermitCreate.model_validate({**content, "issued_on": day.isoformat()})
    try:
        with clock.at(clock.start_of(day)):
            async with database.transaction() as session:
                await permits.issue(session, CLERK, issued)
    finally:
        await database.close()


class TestAnnulment:
    async def test_a_permit_got_by_deceit_is_annulled_by_two_people_and_bars_its_holder(
        self, town: Town
    ) -> None:
        holder = await town.holder()
        assert await standings(town, holder) == ("in_force", "in_force")
        number = holder.permit["permit_number"]
        proposed = await propose(town, number)
        assert (proposed["state"], proposed["article"]) == ("proposed", "排污许可管理条例 第四十条")
        assert await standings(town, holder) == ("in_force", "in_force")
        decided = (await decide(town, proposed["id"])).json()
        today = clock.today()
        assert (decided["state"], decided["document_number"]) == ("approved", DOCUMENT)
        assert decided["effective_on"] == today.isoformat()
        assert await standings(town, holder) == ("annulled", "annulled")
        yesterday = (today - timedelta(days=1)).isoformat()
        assert (await standings(town, holder, as_of=yesterday))[0] == "in_force"
        assert (await holder.get(f"{ENDINGS}/{decided['id']}")).json() == decided
        bar = (await holder.get(f"/v1/permits/enterprises/{holder.uscc}/bar")).json()["bar"]
        assert bar["until"] == decided["barred_until"] == last_day_of_years(today, 3).isoformat()
        assert (bar["permit_number"], bar["article"]) == (number, "排污许可管理条例 第四十条")

    async def test_the_bar_ends_with_its_last_day(self, town: Town) -> None:
        holder = await town.holder()
        until = date.fromisoformat((await end(town, holder))["barred_until"])
        path = f"/v1/permits/enterprises/{holder.uscc}/bar"
        assert (await holder.get(path, on=until.isoformat())).json()["bar"] is not None
        last = until + timedelta(days=1)
        content = town.permit_content(holder.uscc, serial=2, valid_from=last.isoformat())
        content["valid_to"] = (last + timedelta(days=365)).isoformat()
        today = clock.today().isoformat()
        barred = await (await town.staff("clerk")).post(
            PERMITS, {**content, "valid_from": today, "issued_on": today}
        )
        assert is_problem(barred, 409, "holder_barred")
        assert barred.json()["until"] == until.isoformat()
        with pytest.raises(HolderBarred):
            await entered_on(town, until, content)
        await entered_on(town, last, content)
        after = (await holder.get(path, on=last.isoformat())).json()
        assert (after["uscc"], after["bar"]) == (holder.uscc, None)

    async def test_it_may_reach_back_to_the_first_day_but_no_further(self, town: Town) -> None:
        holder = await town.holder()
        proposed = await propose(town, holder.permit["permit_number"], ground="not_qualified")
        early = await decide(town, proposed["id"], effective_on="2024-12-31")
        assert is_problem(early, 422, "ending_invalid")
        assert named(early) == {("/effective_on", "effect_too_early")}
        answer = await decide(town, proposed["id"], effective_on="2025-01-01")
        assert answer.status_code == 201, answer.text
        assert answer.json()["barred_until"] is None
        assert (await standings(town, holder, as_of="2025-06-01"))[0] == "annulled"


class TestDuties:
    async def test_what_fell_due_before_stays_owed_and_the_rest_is_void(self, town: Town) -> None:
        holder = await town.holder()
        (before,) = await walked(holder, OBLIGATIONS, limit=500)
        await end(town, holder, kind="cancelled", ground="entity_ended")
        (after,) = await walked(holder, OBLIGATIONS, limit=500)
        today = clock.today().isoformat()
        assert [each["id"] for each in after] == [each["id"] for each in before]
        void = [each for each in after if each["state"] == "void"]
        assert (await walked(holder, OBLIGATIONS, limit=500, state="void"))[0] == void
        assert all("行政许可法 第七十条第三项" in each["reason"] for each in void)
        assert all(each["period_end"] >= today for each in void)
        assert all(each["state"] == "void" for each in after if each["period_start"] > today)
        for was, now in zip(before, after, strict=True):
            if was["state"] == "open":
                assert now == was

    async def test_what_is_void_cannot_be_reported_or_filed(self, town: Town) -> None:
        holder = await town.holder()
        report = await holder.report(0)
        await end(town, holder, kind="cancelled", ground="force_majeure")
        (void, *_) = (await walked(holder, OBLIGATIONS, limit=500, state="void"))[0]
        wrong = {**report, "obligation_id": void["id"]}
        assert is_problem(await holder.post("/v1/permits/reports", wrong), 409, "not_owed")
        assert is_problem(await holder.post("/v1/permits/drafts", wrong), 409, "not_owed")
        still = await holder.post("/v1/permits/reports", report)
        assert still.status_code == 201, still.text


class TestFourEyes:
    async def test_whoever_proposed_cannot_decide_and_the_attempt_is_in_the_trail(self, town: Town) -> None:
        holder = await town.holder()
        both = await town.caller(f"both.{uuid.uuid4().hex[:8]}", roles=["reviewer", "approver"], usccs=[])
        proposed = (await both.post(ENDINGS, proposal(holder.permit["permit_number"]))).json()
        assert (await both.post(f"{ENDINGS}/{proposed['id']}/notice", NOTICE)).status_code == 201
        content = {"decision": "approve", "document_number": DOCUMENT}
        answer = await both.post(f"{ENDINGS}/{proposed['id']}/decision", content)
        assert is_problem(answer, 409, "ending_four_eyes")
        rows = await execute(
            town, "SELECT refusal FROM audit_log WHERE entity_id = $1 AND duty = 'approve'", proposed["id"]
        )
        assert [row["refusal"] for row in rows] == ["ending_four_eyes"]
        assert (await decide(town, proposed["id"])).status_code == 201

    async def test_a_reviewer_cannot_decide_and_an_approver_cannot_propose(
        self, town: Town, holder: Holder
    ) -> None:
        content = proposal(holder.permit["permit_number"])
        for role in ("approver", "clerk", "inspector"):
            assert is_problem(await (await town.staff(role)).post(ENDINGS, content), 403, "forbidden")
        assert is_problem(await holder.post(ENDINGS, content), 403, "forbidden")
        for role in ("reviewer", "clerk"):
            path = f"{ENDINGS}/{uuid.uuid4()}/decision"
            answer = await (await town.staff(role)).post(path, {"decision": "reject", "comment": "否"})
            assert is_problem(answer, 403, "forbidden")


class TestRevocation:
    async def test_it_waits_for_the_hearing_that_the_holder_may_ask_for(self, town: Town) -> None:
        holder = await town.holder()
        number = holder.permit["permit_number"]
        proposed = await propose(town, number, kind="revoked", ground="serious_breach")
        assert proposed["hearing_until"] > clock.today().isoformat()
        answer = await decide(town, proposed["id"])
        assert is_problem(answer, 409, "hearing_open")
        assert answer.json()["not_before"] > proposed["hearing_until"]
        told = await holder.get("/v1/permits/events", type="permits.ending_notified.v1", wait=10)
        assert [each["data"]["hearing_until"] for each in told.json()] == [proposed["hearing_until"]]
        rejected = await decide(
            town, proposed["id"], decision="reject", document_number=None, comment="证据不足"
        )
        assert (rejected.status_code, rejected.json()["state"]) == (201, "rejected")
        assert await standings(town, holder) == ("in_force", "in_force")

    async def test_then_it_is_revoked_and_struck_from_the_register(self, town: Town) -> None:
        holder = await town.holder()
        number = holder.permit["permit_number"]
        ending = await proposed_long_ago(town, holder, kind="revoked", ground="forged_or_transferred")
        decided = (await decide(town, ending)).json()
        assert decided["barred_until"] is not None
        assert (await standings(town, holder))[0] == "revoked"
        for wrong in (
            {"kind": "cancelled", "ground": "expired_not_renewed"},
            {"kind": "withdrawn", "ground": "law_changed"},
            {"kind": "annulled", "ground": "procedure"},
        ):
            answer = await (await town.staff("reviewer")).post(ENDINGS, proposal(number, **wrong))
            assert is_problem(answer, 409, "ending_not_open")
            assert answer.json()["standing"] == "revoked"
        await end(town, holder, kind="cancelled", ground="ended_before")
        assert (await standings(town, holder))[1] == "cancelled"
        overview = (await holder.get(f"/v1/permits/enterprises/{holder.uscc}/overview")).json()
        assert [each["standing"] for each in overview["permits"]] == ["cancelled"]
        (kinds,) = [[each["kind"] for each in page] for page in await walked(holder, ENDINGS)]
        assert kinds == ["cancelled", "revoked"]
        ended = await town.public.get(DISCLOSED, params={"uscc": holder.uscc})
        assert ended.json()["items"][0]["standing"] == "cancelled"

    async def test_a_withdrawal_that_is_ahead_is_not_effective_yet_but_blocks_another_end(
        self, town: Town
    ) -> None:
        holder = await town.holder()
        day = clock.today() + timedelta(days=40)
        await end(town, holder, kind="withdrawn", ground="law_changed", effective_on=day)
        assert await standings(town, holder) == ("in_force", "in_force")
        assert (await standings(town, holder, as_of=day.isoformat()))[0] == "withdrawn"
        again = proposal(holder.permit["permit_number"], kind="revoked", ground="serious_breach")
        answer = await (await town.staff("reviewer")).post(ENDINGS, again)
        assert is_problem(answer, 409, "ending_not_open")
        late = await propose(town, holder.permit["permit_number"], kind="cancelled", ground="ended_before")
        too_early = await decide(town, late["id"], effective_on=clock.today().isoformat())
        assert named(too_early) == {("/effective_on", "effect_too_early")}


class TestCancellation:
    async def test_what_was_revoked_waits_in_the_list_until_it_is_struck_from_the_register(
        self, town: Town, holder: Holder
    ) -> None:
        ended, reviewer = await town.holder(), await town.staff("reviewer")
        number = ended.permit["permit_number"]
        await end(town, ended, kind="withdrawn", ground="law_changed")

        async def waiting() -> dict[str, Any]:
            pages = await walked(reviewer, f"{ENDINGS}/awaiting-cancellation", limit=500)
            return {each["permit_number"]: each for page in pages for each in page}

        listed = await waiting()
        assert holder.permit["permit_number"] not in listed
        assert (listed[number]["standing"], listed[number]["proposal"]) == ("withdrawn", None)
        assert listed[number]["since"] == clock.today().isoformat()
        assert listed[number]["article"] == "行政许可法 第七十条"
        proposed = await propose(town, number, kind="cancelled", ground="ended_before")
        assert (await waiting())[number]["proposal"] == proposed["id"]
        assert (await decide(town, proposed["id"])).status_code == 201
        assert number not in await waiting()
        assert (await holder.get(f"{ENDINGS}/awaiting-cancellation")).status_code == 403


class TestRefusals:
    async def test_a_ground_of_another_kind_is_named_beside_what_is_wrong_with_the_shape(
        self, town: Town, holder: Holder
    ) -> None:
        reviewer = await town.staff("reviewer")
        wrong = proposal(holder.permit["permit_number"], kind="withdrawn", ground="deceit")
        assert named(await reviewer.post(ENDINGS, wrong)) == {("/ground", "ground_unknown")}
        answer = await reviewer.post(ENDINGS, {**wrong, "reason": 7})
        assert named(answer) == {("/ground", "ground_unknown"), ("/reason", "string_type")}

    async def test_a_permit_that_is_in_force_has_not_expired(self, town: Town, holder: Holder) -> None:
        wrong = proposal(holder.permit["permit_number"], kind="cancelled", ground="expired_not_renewed")
        answer = await (await town.staff("reviewer")).post(ENDINGS, wrong)
        assert is_problem(answer, 409, "ending_not_open")
        assert (answer.json()["standing"], answer.json()["article"]) == ("in_force", "行政许可法 第七十条")

    async def test_an_approval_needs_a_document_and_a_rejection_a_comment(self, town: Town) -> None:
        holder = await town.holder()
        proposed = await propose(town, holder.permit["permit_number"])
        bare = await decide(town, proposed["id"], document_number=None, effective_on="2031-01-01")
        assert named(bare) == {
            ("/document_number", "document_number_required"),
            ("/effective_on", "effect_too_late"),
        }
        bare = await decide(town, proposed["id"], decision="reject")
        assert named(bare) == {("/comment", "comment_required"), ("/document_number", "not_of_a_rejection")}

    async def test_one_proposal_at_a_time_and_one_decision(self, town: Town) -> None:
        holder = await town.holder()
        proposed = await propose(town, holder.permit["permit_number"])
        again = await (await town.staff("reviewer")).post(ENDINGS, proposal(holder.permit["permit_number"]))
        assert is_problem(again, 409, "ending_proposal_open")
        assert (await decide(town, proposed["id"])).status_code == 201
        assert is_problem(await decide(town, proposed["id"]), 409, "ending_decided")

    async def test_what_is_not_there_and_what_is_not_yours_are_404(self, town: Town, holder: Holder) -> None:
        foreign = (await propose(town, (await town.holder()).permit["permit_number"]))["id"]
        for ending in (foreign, str(uuid.uuid4())):
            assert is_problem(await holder.get(f"{ENDINGS}/{ending}"), 404, "ending_not_found")
        other = await town.holder()
        bar = await holder.get(f"/v1/permits/enterprises/{other.uscc}/bar")
        assert is_problem(bar, 404, "enterprise_not_found")
        unknown = proposal(f"{town.new_uscc()}001P")
        answer = await (await town.staff("reviewer")).post(ENDINGS, unknown)
        assert is_problem(answer, 404, "permit_not_found")


class TestRaces:
    async def test_of_two_approvers_at_once_one_ends_the_permit(self, town: Town) -> None:
        holder = await town.holder()
        proposed = await propose(town, holder.permit["permit_number"])
        answers = await asyncio.gather(*(decide(town, proposed["id"]) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
        codes = {answer.json()["code"] for answer in answers if answer.status_code == 409}
        assert codes == {"ending_decided"}

    async def test_of_two_proposals_decided_at_once_one_ends_it(self, town: Town) -> None:
        """Two open proposals cannot be made over HTTP; the permit's lock holds all the same."""
        holder = await town.holder()
        first = await proposed_long_ago(town, holder, kind="revoked", ground="serious_breach")
        second = await proposed_long_ago(town, holder, kind="annulled", ground="procedure")
        answers = await asyncio.gather(decide(town, first), decide(town, second))
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        refused = next(answer for answer in answers if answer.status_code == 409)
        assert refused.json()["code"] == "ending_not_open"

    async def test_of_proposals_at_once_one_is_made(self, town: Town) -> None:
        holder = await town.holder()
        reviewer, content = await town.staff("reviewer"), proposal(holder.permit["permit_number"])
        answers = await asyncio.gather(*(reviewer.post(ENDINGS, content) for _ in range(3)))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_the_database_refuses_to_change_what_was_decided(town: Town) -> None:
    decided = await end(town, await town.holder())
    for statement in (
        "UPDATE ending_decision SET document_number = 'x' WHERE proposal_id = $1",
        "DELETE FROM ending_decision WHERE proposal_id = $1",
        "UPDATE ending_proposal SET reason = 'x' WHERE id = $1",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await execute(town, statement, uuid.UUID(decided["id"]))


async def test_the_end_is_told_to_everybody_once(town: Town) -> None:
    holder, other = await town.holder(), await town.holder()
    decided = await end(town, holder)
    told: list[dict[str, Any]] = []
    for _ in range(300):  # those of other tests are there at once, this one when it has its place in the feed
        events = await other.get("/v1/permits/events", type="permits.permit_ended.v1", limit=1000)
        told = [each["data"] for each in events.json() if each["data"]["uscc"] == holder.uscc]
        if told:
            break
        await asyncio.sleep(0.1)
    assert [(each["ending_id"], each["document_number"]) for each in told] == [(decided["id"], DOCUMENT)]


async def test_the_grounds_are_public_with_their_articles(town: Town) -> None:
    listed = (await town.public.get("/v1/permits/ending-grounds")).json()
    by_name = {each["name"]: each for each in listed["items"]}
    assert by_name["deceit"]["bar_years"] == 3
    assert {each["kind"] for each in listed["items"]} == {"annulled", "withdrawn", "revoked", "cancelled"}
    assert listed["hearing_working_days"] == 5


async def test_the_certificate_of_a_permit_that_was_ended_is_no_proof(town: Town) -> None:
    holder = await town.holder()
    path = f"{DISCLOSED}/{holder.permit['permit_number']}/original"
    assert (await town.public.get(path)).status_code == 200
    await end(town, holder)
    assert is_problem(await town.public.get(path), 404, "no_permit_in_force")
