"""The waste journey: a manifest from draft to a reception in part, its discrepancy told, and a medical bag's way."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal

import httpx

from infra.client import Call
from infra.client.api import waste
from infra.client.api.models import waste as models
from infra.journeys.client import Caller, expect, given
from infra.journeys.offline import verify
from infra.journeys.waste_documents import OIL, PACKAGING, PLATE, line, load, manifest, now, scan
from services.kit.ids import new_id

Say = Callable[[str], None]
SHIPPER, DRIVER, RECEIVER, HOSPITAL, INSPECTOR = (
    "heat01",
    "driver01",
    "receiver01",
    "hospital01",
    "inspector01",
)
PARTIES = {"shipper": SHIPPER, "carrier": DRIVER, "receiver": RECEIVER}


def run(gateway: str, password: str, say: Say) -> None:
    """Walks the journey against the gateway at this address; `JourneyError` at the first wrong answer."""
    with httpx.Client(base_url=gateway, timeout=30, trust_env=False) as http:
        journey = WasteJourney(http, password, say)
        for step in (
            journey.look_it_up,
            journey.sign_in,
            journey.see_the_plan,
            journey.fill_in_wrong,
            journey.correct_and_submit,
            journey.check_receipt_offline,
            journey.hand_over,
            journey.arrive,
            journey.receive_wrong,
            journey.receive_in_part,
            journey.told_of_the_discrepancy,
            journey.books_are_true,
            journey.read_feed,
            journey.bag_on_its_way,
            journey.at_a_glance,
        ):
            say(f"● {step.__doc__}")
            step()


class WasteJourney:
    """The steps in order; each leaves what the next needs."""

    def __init__(self, http: httpx.Client, password: str, say: Say) -> None:
        self._http, self._password, self._say = http, password, say
        self._shipper = Caller(http, who="shipper  ", say=say)
        self._driver = Caller(http, who="driver   ", say=say)
        self._receiver = Caller(http, who="receiver ", say=say)
        self._hospital = Caller(http, who="hospital ", say=say)
        self._inspector = Caller(http, who="inspector", say=say)
        self._public = Caller(http, who="public   ", say=say)
        self._draft: models.ManifestRead
        self._signed: models.Signed
        self._before: models.GroupBalance
        self._usccs: dict[str, str] = {}
        self._licence = ""

    def look_it_up(self) -> None:
        """查名录 · anybody looks a waste code up in the national catalogue"""
        entry = self._public(waste.read_code(OIL))
        certain, possible = entry["hazards"]["certain"], entry["hazards"]["possible"]
        self._say(f"      {OIL} {entry['description']} · {certain} certain, {possible} possible")

    def sign_in(self) -> None:
        """各方登录 · shipper, driver, receiver, hospital and an inspector sign in"""
        parties = {
            SHIPPER: self._shipper,
            DRIVER: self._driver,
            RECEIVER: self._receiver,
            HOSPITAL: self._hospital,
        }
        for login, caller in parties.items():
            caller.sign_in(login, self._password)
            units = caller(waste.list_units())["items"]
            expect(len(units) == 1, f"{login} sees {len(units)} units")
            self._usccs[login] = units[0]["uscc"]
        self._inspector.sign_in(INSPECTOR, self._password)

    def see_the_plan(self) -> None:
        """管理计划与许可证余量 · the plan of this year, and what the licence still allows"""
        wanted = waste.list_licences(holder_uscc=self._usccs[RECEIVER], code=OIL)
        licences = self._shipper(wanted)["items"]
        self._licence = licences[0]["licence_number"]
        year = datetime.now(UTC).year
        if not self._shipper(waste.list_plans(year=year))["items"]:
            self._file_plan(year)
        self._before = self._balance()
        self._say(f"      licence {self._licence}: {self._before['free_kg']} kg free this year")

    def _file_plan(self, year: int) -> None:
        receiver = self._usccs[RECEIVER]
        lines: list[models.PlanLineContent] = [
            {"waste_code": OIL, "receiver_uscc": receiver, "mode": "recycle", "planned_kg": "20000"},
            {"waste_code": PACKAGING, "receiver_uscc": receiver, "mode": "dispose", "planned_kg": "20000"},
        ]
        self._shipper(waste.file_plan({"uscc": self._usccs[SHIPPER], "year": year, "lines": lines}))

    def _balance(self) -> models.GroupBalance:
        groups = self._receiver(waste.read_balance(self._licence))["groups"]
        return next(group for group in groups if "HW08" in group["codes"])

    def fill_in_wrong(self) -> None:
        """填错一次 · a draft with errors is refused: every gate that is not passed, with its article"""
        right = self._content()
        wrong = deepcopy(right)
        wrong["lines"][0].update({"category": "HW49", "hazard_traits": ["I"], "mass_kg": "90000000"})
        wrong["lines"][1]["waste_code"] = "900-998-49"
        self._draft = self._shipper(waste.draft_manifest(wrong))
        self._id = self._draft["id"]
        errors = self._shipper.refused(waste.submit_manifest(self._id), 422)["errors"]
        for error in errors:
            self._say(f"      {error['pointer']} {error['code']}: {error['detail']} ({error['article']})")
        expected = {
            "category_mismatch",
            "hazard_traits_mismatch",
            "licence_scale_exceeded",
            "plan_exceeded",
            "waste_code_not_listed",
            "licence_code_not_covered",
            "plan_line_missing",
        }
        expect({error["code"] for error in errors} == expected, f"not every error was named: {errors}")

    def _content(self) -> models.ManifestContent:
        parties = {role: self._usccs[login] for role, login in PARTIES.items()}
        return manifest(parties, licence_number=self._licence)

    def correct_and_submit(self) -> None:
        """更正后提交 · corrected and submitted: 201 with a receipt, and the licence's balance is reserved"""
        draft = self._shipper(self._redraft(self._draft["version"]))
        expect(draft["state"] == "draft", "no draft any more")
        self._signed = self._shipper(waste.submit_manifest(self._id))
        reserved = Decimal(self._balance()["reserved_kg"]) - Decimal(self._before["reserved_kg"])
        expect(reserved == Decimal("2.50"), f"{reserved} kg reserved")
        self._say(f"      {self._signed['manifest']['number']}: 2.50 kg reserved of the licence's scale")

    def _redraft(self, version: int) -> Call[models.ManifestRead]:
        return waste.redraft_manifest(self._id, self._content(), if_match=f'"{version}"')

    def check_receipt_offline(self) -> None:
        """离线核验回执 · the receipt is checked offline with the published keys"""
        keys = self._public(waste.receipt_keys())
        verify("receipt", self._signed, keys, self._say)

    def hand_over(self) -> None:
        """交付起运 · shipper and driver sign; what was signed cannot be changed any more"""
        self._shipper(waste.sign_as_shipper(self._id, {"handler": "宝力德"}))
        refused = self._shipper.refused(self._redraft(9), 409)
        expect(refused["code"] == "manifest_sealed", f"refused as {refused['code']}")
        self._driver(waste.sign_as_carrier(self._id, load()))

    def arrive(self) -> None:
        """运抵 · it arrives: the receiver has five working days"""
        self._receiver(waste.note_arrival(self._id, {"handler": "斯琴", "arrived_at": now()}))
        limit = given(self._receiver(waste.read_manifest(self._id))["confirmation"], "no limit")
        provisional = " (provisional)" if limit["provisional"] else ""
        self._say(f"      {limit['basis']}: by {limit['due_on']}{provisional}")

    def receive_wrong(self) -> None:
        """算错一次 · masses that do not add up are refused"""
        lines = [line(1, "2.45", "2.00", "0.40"), line(2, "1.25", "1.25", "0")]
        reception = waste.receive_manifest(self._id, {"handler": "斯琴", "lines": lines})
        (error,) = self._receiver.refused(reception, 422)["errors"]
        self._say(f"      {error['pointer']} {error['code']}: {error['detail']}")
        expect(error["code"] == "mass_not_conserved", "another error")

    def receive_in_part(self) -> None:
        """部分接受 · less arrives than was declared, and a part of it is refused"""
        lines = [line(1, "2.45", "2.00", "0.45"), line(2, "1.25", "1.25", "0")]
        content: models.ReceptionCreate = {"handler": "斯琴", "opinion": "桶体渗漏，部分退回", "lines": lines}
        signed = self._receiver(waste.receive_manifest(self._id, content))
        expect(signed["manifest"]["state"] == "partially_accepted", signed["manifest"]["state"])

    def told_of_the_discrepancy(self) -> None:
        """差异通知 · the shipper and the bureau of the place have been told, in the same call"""
        read = self._shipper(waste.read_manifest(self._id))
        (differing,) = given(read["discrepancy"], "no discrepancy")["lines"]
        expect(differing["fields"] == ["mass_kg"], f"differs in {differing['fields']}")
        self._say(
            f"      line 1: {differing['declared_kg']} kg declared, {differing['arrived_kg']} kg arrived"
        )
        for caller, kind in ((self._shipper, "shipper"), (self._inspector, "bureau")):
            notices = caller(waste.list_notices(limit=20))["items"]
            told = [each["addressee_kind"] for each in notices if each["manifest_id"] == read["id"]]
            expect(kind in told, f"{kind} was not told: {told}")

    def books_are_true(self) -> None:
        """余量核销 · what was accepted is booked, the rest is free again"""
        after = self._balance()
        booked = Decimal(after["received_kg"]) - Decimal(self._before["received_kg"])
        expect(booked == Decimal("2.00"), f"{booked} kg booked")
        expect(
            Decimal(self._before["free_kg"]) - Decimal(after["free_kg"]) == booked, "the balance is not true"
        )

    def read_feed(self) -> None:
        """事件流 · the event feed tells each step once, and the discrepancy"""
        kinds: list[str] = []
        position, before = 0, -1
        while len(kinds) < 6 and position > before:
            before = position
            events, position = self._shipper.feed(waste.events(), after=before)
            kinds += [
                event["type"] for event in events if event["subject"] == f"/v1/waste/manifests/{self._id}"
            ]
        names = ("submitted", "signed_by_shipper", "departed", "arrived", "partially_accepted")
        expected = [f"waste.manifest_{name}.v1" for name in names] + ["waste.discrepancy_found.v1"]
        expect(kinds == expected, f"the feed says {kinds}")

    def bag_on_its_way(self) -> None:
        """医疗废物 · a bag is scanned at clinic, vehicle and plant; out of order it is refused"""
        code = f"YF{str(new_id()).replace('-', '').upper()[-16:]}"
        bag: models.BagCreate = {
            "code": code,
            "hospital_uscc": self._usccs[HOSPITAL],
            "department": "内科",
            "kind": "infectious",
            "mass_kg": "3.20",
        }
        self._hospital(waste.register_bag(bag))
        stored = self._hospital(waste.scan_bag(code, scan("clinic", self._usccs[HOSPITAL])))
        clock = given(stored["storage"], "no clock")
        self._say(f"      {clock['basis']}: collected by {clock['due_at']}")
        early = self._receiver.refused(waste.scan_bag(code, scan("plant", self._usccs[RECEIVER])), 409)
        expect(early["expected"] == "vehicle", f"expected {early.get('expected')}")
        on_board = scan("vehicle", self._usccs[DRIVER], plate=PLATE)
        first = self._driver(waste.scan_bag(code, on_board))
        again = self._driver(waste.scan_bag(code, on_board))
        expect(first["scans"] == again["scans"], "the same scan was counted twice")
        delivered = self._receiver(waste.scan_bag(code, scan("plant", self._usccs[RECEIVER])))
        expect([each["place"] for each in delivered["scans"]] == ["clinic", "vehicle", "plant"], "scans")

    def at_a_glance(self) -> None:
        """一览 · the receiver at a glance: licence, balance, what is open, what is late"""
        view = self._inspector(waste.read_overview(self._usccs[RECEIVER]))
        expect(view["licences"][0]["licence_number"] == self._licence, "another licence")
        self._say(
            f"      {view['open_manifests']} open, {view['overdue_confirmations']} confirmations overdue"
        )
