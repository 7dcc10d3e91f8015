"""The main journey: an enterprise reports through the gateway, keeps a receipt, and the bureau reviews it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any, cast

import httpx

from infra.client.api import permits
from infra.client.api.models import permits as models
from infra.journeys.client import Caller, expect
from infra.journeys.offline import verify
from infra.journeys.reports import fill
from services.kit.identifiers.permit_number import site_serial
from services.kit.ids import new_id

Say = Callable[[str], None]
LOGIN = "meat01"
CLERK, REVIEWER = "clerk01", "reviewer01"


def run(gateway: str, password: str, say: Say) -> None:
    """Walks the journey against the gateway at this address; `JourneyError` at the first wrong answer."""
    with httpx.Client(base_url=gateway, timeout=30, trust_env=False) as http:
        journey = PermitsJourney(http, password, say)
        for step in (
            journey.sign_in,
            journey.read_permit,
            journey.find_obligation,
            journey.ask_for_blank,
            journey.send_wrong,
            journey.send_right,
            journey.send_again,
            journey.check_receipt_offline,
            journey.reviewer_returns,
            journey.correct,
            journey.reviewer_accepts,
            journey.read_feed,
            journey.look_it_up_in_public,
        ):
            say(f"● {step.__doc__}")
            step()


class PermitsJourney:
    """The steps in order; each leaves what the next needs."""

    def __init__(self, http: httpx.Client, password: str, say: Say) -> None:
        self._http, self._password, self._say = http, password, say
        self._enterprise = Caller(http, who="enterprise", say=say)
        self._reviewer = Caller(http, who="reviewer  ", say=say)
        self._public = Caller(http, who="public    ", say=say)
        self._key = str(new_id())
        self._permit: models.PermitRead
        self._obligation: models.ObligationRead
        self._report: models.ReportCreate
        self._first: models.Submitted
        self._second: models.Submitted

    def sign_in(self) -> None:
        """企业登录 · the enterprise signs in"""
        self._enterprise.sign_in(LOGIN, self._password)

    def read_permit(self) -> None:
        """查看许可证 · it sees its permit with outlets and limits"""
        listed = self._enterprise(permits.list_permits())["items"]
        expect(len(listed) >= 1, "no permit")
        number = listed[0]["permit_number"]
        self._permit = self._enterprise(permits.read_permit(number))
        for outlet in self._permit["outlets"]:
            for limit in outlet["limits"]:
                text = f"{limit['pollutant_name']} {limit['kind']} ≤ {limit['value']} {limit['unit']}"
                self._say(f"      {outlet['code']} {text}")

    def find_obligation(self) -> None:
        """待报执行报告 · it sees the report that is due"""
        found = self._open_obligations()
        if not found:  # earlier demonstrations have reported everything: another site gets its permit
            self._issue_another_permit()
            found = self._open_obligations()
        self._obligation = found[-1]
        due, late = self._obligation["due_on"], self._obligation["days_late"]
        period = f"{self._obligation['period_start']} … {self._obligation['period_end']}"
        self._say(f"      {self._obligation['kind']} {period}, due {due}, {late} days late")

    def _open_obligations(self) -> list[models.ObligationRead]:
        wanted = permits.list_obligations(state="open", kind="quarterly", limit=500)
        return self._enterprise(wanted)["items"]

    def _issue_another_permit(self) -> None:
        clerk = Caller(self._http, who="clerk     ", say=self._say)
        clerk.sign_in(CLERK, self._password)
        listed = self._enterprise(permits.list_permits(limit=500))["items"]
        serial = max(site_serial(permit["permit_number"]) for permit in listed) + 1
        permit = cast(dict[str, Any], deepcopy(self._permit))
        content = {name: permit[name] for name in _PERMIT_CONTENT}
        content["permit_number"] = f"{permit['uscc']}{serial:03}P"
        clerk(permits.issue_permit(cast(models.PermitCreate, content)))

    def ask_for_blank(self) -> None:
        """预填报告 · it asks for the pre-filled blank"""
        blank = self._enterprise(permits.read_blank(self._obligation["id"]))
        self._report = fill(blank)
        expect(len(self._report["values"]) >= 2, "the blank has too few lines")

    def send_wrong(self) -> None:
        """填错一次 · it sends a report with errors: 422 names every one at once"""
        wrong = deepcopy(self._report)
        wrong["values"][0]["amount_t"] = "-1"
        missing = wrong["values"].pop()
        errors = self._enterprise.refused(permits.submit_report(wrong), 422)["errors"]
        for error in errors:
            self._say(f"      {error['pointer']} {error['code']}: {error['detail']}")
        expect(
            {error["code"] for error in errors} == {"negative_value", "value_missing"},
            f"not every error was named ({missing['pollutant_code']} is missing too): {errors}",
        )

    def send_right(self) -> None:
        """正确提交 · it sends it right: 201 with a signed receipt"""
        self._first = self._enterprise(permits.submit_report(self._report, idempotency_key=self._key))
        self._say(f"      receipt {self._first['receipt']['receipt_id']}")

    def send_again(self) -> None:
        """重复提交 · it sends it again with the same Idempotency-Key: same answer, one report"""
        again = self._enterprise.answer(permits.submit_report(self._report, idempotency_key=self._key))
        expect(again.body == self._first, "the answer changed")
        expect(again.replayed, "not marked as a replay")
        number = self._first["report"]["permit_number"]
        listed = self._enterprise(permits.list_reports(permit_number=number, limit=500))["items"]
        same = [report for report in listed if report["obligation_id"] == self._obligation["id"]]
        expect(len(same) == 1, f"{len(same)} reports for one obligation")

    def check_receipt_offline(self) -> None:
        """离线核验回执 · it checks the receipt offline with the published keys"""
        self._verify(self._first, expected=0)
        forged = deepcopy(self._first)
        forged["document"]["production_days"] += 1
        self._say("      and a document changed by one day:")
        self._verify(forged, expected=1)

    def _verify(self, answer: models.Submitted, *, expected: int) -> None:
        keys = self._public(permits.receipt_keys())
        verify("receipt", answer, keys, self._say, expected=expected)

    def reviewer_returns(self) -> None:
        """审核退回 · a reviewer of the bureau reads it and returns it with a comment"""
        self._reviewer.sign_in(REVIEWER, self._password)
        read = self._reviewer(permits.read_report(self._id))
        expect(read["state"] == "submitted", f"state {read['state']}")
        decision: models.ReviewCreate = {"version": 1, "decision": "return", "comment": "请核对生产天数"}
        reviewed = self._reviewer(permits.review_report(self._id, decision))
        expect(reviewed["state"] == "returned", "not returned")

    @property
    def _id(self) -> str:
        return self._first["report"]["id"]

    def correct(self) -> None:
        """企业更正 · the enterprise corrects it: version 2 with its own receipt"""
        read = self._enterprise(permits.read_report(self._id))
        self._say(f"      comment: {read['reviews'][-1]['comment']}")
        content = {name: value for name, value in self._report.items() if name != "obligation_id"}
        corrected = {**content, "production_days": 79, "corrects_version": 1, "reason": "生产天数填写有误"}
        correction = cast(models.ReportCorrection, corrected)
        self._second = self._enterprise(permits.correct_report(self._id, correction))
        expect(self._second["version"] == 2, "not version 2")
        expect(self._second["receipt"] != self._first["receipt"], "the receipt is the old one")
        self._verify(self._second, expected=0)

    def reviewer_accepts(self) -> None:
        """审核通过 · the reviewer accepts version 2"""
        reviewed = self._reviewer(permits.review_report(self._id, {"version": 2, "decision": "accept"}))
        expect(reviewed["state"] == "accepted", "not accepted")

    def read_feed(self) -> None:
        """事件流 · the event feed says so"""
        kinds: list[str] = []
        position, before = 0, -1
        while len(kinds) < 4 and position > before:
            before = position
            events, position = self._enterprise.feed(permits.events(), after=before)
            kinds += [
                event["type"] for event in events if event["subject"] == f"/v1/permits/reports/{self._id}"
            ]
        names = ("submitted", "returned", "corrected", "accepted")
        expected = [f"permits.report_{name}.v1" for name in names]
        expect(kinds == expected, f"the feed says {kinds}")
        for kind in kinds:
            self._say(f"      {kind}")

    def look_it_up_in_public(self) -> None:
        """信息公开 · the public sees it without signing in"""
        public = self._public(permits.read_disclosed_report(self._id))
        expect(public["version"] == 2, "not the accepted version")
        expect(public["document_sha256"] == self._second["receipt"]["document_sha256"], "another document")


_PERMIT_CONTENT = (
    "site_name",
    "management_class",
    "industry_code",
    "valid_from",
    "valid_to",
    "issued_on",
    "reporting",
    "outlets",
)
