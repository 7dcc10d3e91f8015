"""The credit journey: a record enters the log under four eyes, a grade follows, a bank checks a statement offline."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from typing import Any, cast

import httpx

from infra.client.api import credit, permits
from infra.client.api.models import credit as models
from infra.journeys.client import Caller, expect
from infra.journeys.offline import verify
from services.credit.log.note import Checkpoint, open_checkpoint, read_vkey
from services.credit.log.verify import consistency_holds
from services.kit import clock
from services.kit.ids import new_id

Say = Callable[[str], None]
LOGIN = "cement01"
CLERK, APPROVER, BANK = "clerk01", "approver01", "bank01"
PACK = "jiangsu-2020"


def run(gateway: str, password: str, say: Say) -> None:
    """Walks the journey against the gateway at this address; `JourneyError` at the first wrong answer."""
    with httpx.Client(base_url=gateway, timeout=30, trust_env=False) as http:
        journey = CreditJourney(http, password, say)
        for step in (
            journey.sign_in,
            journey.keep_a_checkpoint,
            journey.rules_in_force,
            journey.enter_wrong,
            journey.enter_right,
            journey.enter_twice,
            journey.approve,
            journey.the_log_only_grew,
            journey.explain,
            journey.evaluate,
            journey.state,
            journey.bank_checks_offline,
            journey.candidates,
        ):
            say(f"● {step.__doc__}")
            step()


class CreditJourney:
    """The steps in order; each leaves what the next needs."""

    def __init__(self, http: httpx.Client, password: str, say: Say) -> None:
        self._http, self._password, self._say = http, password, say
        self._enterprise = Caller(http, who="enterprise", say=say)
        self._clerk = Caller(http, who="clerk     ", say=say)
        self._approver = Caller(http, who="approver  ", say=say)
        self._bank = Caller(http, who="bank      ", say=say)
        self._public = Caller(http, who="public    ", say=say)
        self._content: models.RecordCreate
        self._record: models.RecordRead
        self._statement: models.StatementRead
        self._uscc = ""

    def sign_in(self) -> None:
        """登录 · the enterprise, two members of the bureau and a bank sign in"""
        self._enterprise.sign_in(LOGIN, self._password)
        self._clerk.sign_in(CLERK, self._password)
        self._approver.sign_in(APPROVER, self._password)
        self._bank.sign_in(BANK, self._password)
        self._uscc = self._enterprise(permits.list_permits())["items"][0]["uscc"]

    def keep_a_checkpoint(self) -> None:
        """保存检查点 · anybody keeps a signed checkpoint of the log"""
        self._seen = self._checkpoint()

    def _checkpoint(self) -> Checkpoint:
        verifier = read_vkey(self._public(credit.read_vkey()))
        checkpoint = open_checkpoint(self._public(credit.read_checkpoint()), [verifier])
        self._say(f"      {checkpoint.origin}: {checkpoint.size} entries, root {checkpoint.root.hex()[:16]}…")
        return checkpoint

    def rules_in_force(self) -> None:
        """规则包 · the rules are public; where none is in force yet, the approver publishes one"""
        if not self._public(credit.list_packs())["items"]:
            self._approver(credit.publish_pack({"pack": PACK}))
        pack = self._public(credit.list_packs())["items"][-1]
        self._say(f"      {pack['pack']}, rule hash {pack['sha256'][:16]}…, log entry {pack['log_index']}")

    def enter_wrong(self) -> None:
        """录入有误 · the clerk enters a record with errors: 422 names every one at once"""
        decided = clock.today() - timedelta(days=20)
        self._content = {
            "uscc": self._uscc,
            "kind": "violation",
            "source": "二连浩特市生态环境综合行政执法大队",
            "document_number": f"二环罚〔{decided.year}〕{str(new_id())[-12:]}号",
            "summary": "未按规定记录环境管理台账，责令改正",
            "act_date": (decided - timedelta(days=12)).isoformat(),
            "decision_date": decided.isoformat(),
            "clause": "warning_or_order",
            "severity": "minor",
            "severity_basis": "警告，适用简易程序",
        }
        wrong = {**self._content, "clause": "clean_one_year", "severity_basis": None, "fine_cny": 5}
        wrong_record = credit.enter_record(cast(models.RecordCreate, wrong))
        errors = self._clerk.refused(wrong_record, 422)["errors"]
        for error in errors:
            self._say(f"      {error['pointer']} {error['code']}: {error['detail']}")
        expect(
            {error["pointer"] for error in errors} == {"/clause", "/severity_basis", "/fine_cny"},
            f"not every error was named: {errors}",
        )

    def enter_right(self) -> None:
        """录入记录 · the clerk enters it right and submits it for approval"""
        draft = self._clerk(credit.enter_record(self._content))
        self._record = self._clerk(credit.submit_record(draft["id"]))
        span = f"{self._record['effective_from']} … {self._record['effective_to']}"
        self._say(f"      {self._record['points']} points, {span}, by {self._record['rule_pack']}")

    def enter_twice(self) -> None:
        """重复录入 · the same document again: 409 with the record that is there"""
        again = self._clerk.refused(credit.enter_record(self._content), 409)
        expect(again["record"] == f"/v1/credit/records/{self._record['id']}", f"another record: {again}")

    def approve(self) -> None:
        """四眼审批 · another person approves: record, index and new root commit together"""
        decision: models.DecisionCreate = {"version": self._record["version"], "decision": "approve"}
        approval = credit.decide_on_record(self._record["id"], decision)
        self._clerk.refused(approval, 403)
        self._record = self._approver(approval)
        self._say(f"      log entry {self._record['log_index']}")

    def the_log_only_grew(self) -> None:
        """一致性证明 · whoever kept the first checkpoint sees that the log only grew"""
        now = self._checkpoint()
        expect(now.size > (self._record["log_index"] or 0), "the entry is not counted")
        if not self._seen.size:
            return
        proof = self._public(credit.read_consistency(from_=self._seen.size, to=now.size))
        holds = consistency_holds(
            old_size=self._seen.size,
            new_size=now.size,
            old_root=self._seen.root,
            new_root=now.root,
            proof=[b64decode(each) for each in proof["hashes"]],
        )
        expect(holds, "the log was rewritten")

    def explain(self) -> None:
        """得分说明 · every point is traced to its entry, its clause and its validity"""
        told = self._enterprise(credit.explain_score(self._uscc))
        for line in told["lines"]:
            if line["standing"] == "counts" and line["clause"]:
                self._say(
                    f"      #{line['index']} {line['points']}  {line['article']}  …{line['effective_to']}"
                )
        self._say(f"      {told['start']} + points = {told['sum']} → {told['score']} {told['grade_name']}")
        expect(self._record["log_index"] in told["counted"], "the new record does not count")

    def evaluate(self) -> None:
        """评价 · the bureau evaluates; grade, rules and what counted become an entry of the log"""
        evaluation = self._approver(credit.evaluate({"uscc": self._uscc}))
        told = self._enterprise(credit.read_score(self._uscc))
        expect(
            (evaluation["grade"], evaluation["score"]) == (told["grade"], told["score"]),
            f"computed twice, two grades: {evaluation} {told}",
        )
        before = evaluation["previous_grade"] or "none"
        self._say(f"      {before} → {evaluation['grade']}, log entry {evaluation['log_index']}")

    def state(self) -> None:
        """信用状况声明 · the enterprise has a signed statement issued for itself"""
        self._statement = self._enterprise(credit.issue_statement({"uscc": self._uscc}))
        self._say(f"      {self._statement['id']}, holds until {self._statement['expires_at']}")

    def bank_checks_offline(self) -> None:
        """银行离线核验 · a bank reads it once, then checks it with published keys and without calling anybody"""
        seen = self._bank(credit.read_statement(self._statement["id"]))
        expect(seen["current"] is True, "the statement is not current")
        self._bank.refused(credit.read_record(self._record["id"]), 403)
        self._verify(seen, expected=0)
        forged = cast(Any, deepcopy(seen))
        for opening in forged["statement"]["evaluation"]["disclosed"]:
            if opening[1] == "score":
                opening[2] = "12"
        self._say("      and one with a better score:")
        self._verify(forged, expected=1)
        self._say("      and one that has expired:")
        self._verify(seen, expected=1, at=seen["expires_at"])

    def _verify(self, statement: models.StatementRead, *, expected: int, at: str | None = None) -> None:
        options = ["--vkey", self._public(credit.read_vkey()).strip(), *(["--at", at] if at else [])]
        keys = self._public(credit.receipt_keys())
        verify("statement", statement, keys, self._say, *options, expected=expected)

    def candidates(self) -> None:
        """待认定信息 · what the other services found waits for a clerk's decision"""
        waiting = self._clerk(credit.list_candidates(state="open", limit=5))["items"]
        for candidate in waiting:
            self._say(f"      {candidate['event_type']} {candidate['happened_on']} {candidate['evidence']}")
        if not waiting:
            self._say("      none is waiting")
