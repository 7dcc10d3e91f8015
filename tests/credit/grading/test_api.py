"""Rule packs, scores, explanations and evaluations through the gateway."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from services.credit.grading import repository
from services.credit.grading.pack_file import read_pack
from services.credit.grading.rules import Entry, score
from services.credit.grading.scoring import replay
from services.kit.auth import RowScope
from services.kit.canonical import document_digest
from services.kit.database import Database
from services.kit.schemas import _exact
from tests.support.credit import PACK, Bureau, body, compliance, violation


async def scored(bureau: Bureau, uscc: str, **times: str) -> dict[str, Any]:
    return body(await bureau.approver.get(f"/v1/credit/subjects/{uscc}/score", **times))


class TestPacks:
    async def test_the_rules_are_public_and_hash_to_their_name(self, bureau: Bureau) -> None:
        listed = body(await bureau.town.public.get("/v1/credit/rule-packs"))["items"]
        pack = body(await bureau.town.public.get(f"/v1/credit/rule-packs/{listed[0]['sha256']}"))
        assert pack["pack"] == PACK
        assert document_digest(pack["document"]) == pack["sha256"]

    async def test_the_same_rules_are_published_once(self, bureau: Bureau) -> None:
        answers = await asyncio.gather(
            *(bureau.approver.post("/v1/credit/rule-packs", {"pack": PACK}) for _ in range(3))
        )
        assert [body(answer, 409)["code"] for answer in answers] == ["rule_pack_published"] * 3

    async def test_a_pack_that_is_not_shipped_and_one_that_was_not_published_are_404(
        self, bureau: Bureau
    ) -> None:
        answer = await bureau.approver.post("/v1/credit/rule-packs", {"pack": "../jiangsu-2020"})
        assert body(answer, 404)["code"] == "rule_pack_not_found"
        assert (await bureau.town.public.get(f"/v1/credit/rule-packs/{'0' * 64}")).status_code == 404

    async def test_only_an_approver_publishes(self, bureau: Bureau) -> None:
        assert (await bureau.clerk.post("/v1/credit/rule-packs", {"pack": PACK})).status_code == 403


class TestScore:
    async def test_three_points_are_gone_and_the_grade_with_them(self, bureau: Bureau) -> None:
        uscc = bureau.new_uscc()
        record = await bureau.admitted(violation(bureau.town, uscc))
        found = await scored(bureau, uscc)
        assert (found["score"], found["grade"], found["counted"]) == ("6", "blue", [record["log_index"]])
        await bureau.admitted(violation(bureau.town, uscc, clause="warning_or_order", fine_cny=None))
        found = await scored(bureau, uscc)
        assert (found["score"], found["grade"], found["grade_name"]) == ("5", "yellow", "黄色")

    async def test_the_score_is_asked_as_of_a_day_and_by_what_was_known_at_a_moment(
        self, bureau: Bureau
    ) -> None:
        uscc = bureau.new_uscc()
        first = await bureau.admitted(violation(bureau.town, uscc))
        second = await bureau.admitted(violation(bureau.town, uscc))
        assert (await scored(bureau, uscc))["score"] == "3"
        before = (datetime.fromisoformat(second["recorded_at"]) - timedelta(microseconds=1)).isoformat()
        assert (await scored(bureau, uscc, known_at=before))["counted"] == [first["log_index"]]
        assert (await scored(bureau, uscc, known_at=second["recorded_at"]))["score"] == "3"
        long_after = (bureau.town.today + timedelta(days=400)).isoformat()
        assert (await scored(bureau, uscc, valid_at=long_after))["score"] == "9"
        assert (await scored(bureau, uscc, valid_at=first["decision_date"]))["score"] == "9"
        unknown = (datetime.fromisoformat(first["recorded_at"]) - timedelta(seconds=1)).isoformat()
        answer = await bureau.approver.get(f"/v1/credit/subjects/{uscc}/score", known_at=unknown)
        assert body(answer, 404)["code"] == "subject_not_found"

    async def test_every_point_is_traced_to_entry_clause_and_validity(self, bureau: Bureau) -> None:
        uscc = bureau.new_uscc()
        record = await bureau.admitted(violation(bureau.town, uscc))
        clean = await bureau.admitted(compliance(bureau.town, uscc))
        fresh = await bureau.admitted(
            violation(
                bureau.town, uscc, act_date=record["act_date"], decision_date=bureau.town.today.isoformat()
            )
        )
        told = body(await bureau.approver.get(f"/v1/credit/subjects/{uscc}/explain"))
        assert (told["start"], told["sum"], told["score"], told["maximum"]) == ("9", "6", "6", "12")
        lines = {line["index"]: line for line in told["lines"]}
        assert lines.keys() == {each["log_index"] for each in (record, clean, fresh)}
        line = lines[record["log_index"]]
        assert line["record"] == f"/v1/credit/records/{record['id']}"
        assert (line["clause"], line["points"], line["standing"]) == ("air_exceedance_fined", "-3", "counts")
        assert "扣3分" in line["article"]
        assert line["effective_to"] == record["effective_to"]
        assert lines[clean["log_index"]]["points"] == "0"
        assert lines[fresh["log_index"]]["standing"] == "not_yet_effective"

    async def test_anybody_can_compute_the_score_again_from_what_was_answered(self, bureau: Bureau) -> None:
        uscc = bureau.new_uscc()
        for _ in range(2):
            await bureau.admitted(violation(bureau.town, uscc))
        told = body(await bureau.approver.get(f"/v1/credit/subjects/{uscc}/explain"))
        document = body(await bureau.town.public.get(f"/v1/credit/rule-packs/{told['rule_hash']}"))[
            "document"
        ]
        entries = [
            Entry(
                line["index"],
                line["kind"],
                line["clause"],
                _exact(line["points"]),
                datetime.fromisoformat(line["effective_from"]).date(),
                datetime.fromisoformat(line["effective_to"]).date() if line["effective_to"] else None,
            )
            for line in told["lines"]
        ]
        again = score(read_pack(document), entries, datetime.fromisoformat(told["valid_at"]).date())
        assert (str(again.value), again.band.code) == (told["score"], told["grade"])

    async def test_an_enterprise_reads_its_own_score_only(self, bureau: Bureau) -> None:
        uscc, enterprise = await bureau.enterprise()
        await bureau.admitted(violation(bureau.town, uscc))
        assert body(await enterprise.get(f"/v1/credit/subjects/{uscc}/score"))["score"] == "6"
        other = bureau.new_uscc()
        await bureau.admitted(violation(bureau.town, other))
        for path in ("score", "explain"):
            assert (await enterprise.get(f"/v1/credit/subjects/{other}/{path}")).status_code == 404


class TestEvaluation:
    async def test_an_evaluation_stores_grade_rules_and_what_counted(self, bureau: Bureau) -> None:
        uscc = bureau.new_uscc()
        record = await bureau.admitted(violation(bureau.town, uscc))
        evaluation = await bureau.evaluated(uscc)
        assert (evaluation["score"], evaluation["grade"], evaluation["previous_grade"]) == ("6", "blue", None)
        assert evaluation["counted"] == [record["log_index"]]
        assert evaluation["tree_size"] == evaluation["log_index"]
        assert body(await bureau.approver.get(f"/v1/credit/evaluations/{evaluation['id']}")) == evaluation
        listed = body(await bureau.approver.get("/v1/credit/evaluations", uscc=uscc))["items"]
        assert listed == [evaluation]

    async def test_computed_again_every_evaluation_comes_out_the_same(
        self, bureau: Bureau, ledger: Database
    ) -> None:
        uscc = bureau.new_uscc()
        made = []
        for _ in range(3):
            await bureau.admitted(violation(bureau.town, uscc))
            made.append((await bureau.evaluated(uscc))["id"])
        for evaluation_id in made:
            async with ledger.transaction() as session:
                stored = await repository.evaluation(session, evaluation_id, rows=RowScope(everything=True))
                assert stored is not None
                assert await replay(session, stored)
                session.expunge(stored)
                stored.score += 1
                assert not await replay(session, stored)

    async def test_a_changed_grade_is_told_once_with_what_it_replaces(self, bureau: Bureau) -> None:
        uscc, enterprise = await bureau.enterprise()
        await bureau.evaluated(uscc)
        await bureau.evaluated(uscc)
        await bureau.admitted(violation(bureau.town, uscc, clause="environmental_crime"))
        last = await bureau.evaluated(uscc)
        told: list[dict[str, Any]] = []
        for _ in range(50):
            answer = await enterprise.get("/v1/credit/events", type="credit.grade_changed.v1", wait=1)
            told = answer.json()
            if len(told) >= 2:
                break
        assert [event["data"]["grade"] for event in told] == ["blue", "black"]
        assert told[1]["data"] == {
            "uscc": uscc,
            "grade": "black",
            "grade_name": "黑色",
            "previous_grade": "blue",
            "score": "-3",
            "rule_pack": PACK,
            "rule_hash": last["rule_hash"],
            "evaluated_at": last["evaluated_at"],
            "evaluation_index": last["log_index"],
        }
        assert told[1]["subject"] == f"/v1/credit/evaluations/{last['id']}"

    async def test_only_an_approver_evaluates(self, bureau: Bureau) -> None:
        uscc, enterprise = await bureau.enterprise()
        for caller in (enterprise, bureau.clerk):
            assert (await caller.post("/v1/credit/evaluations", {"uscc": uscc})).status_code == 403
