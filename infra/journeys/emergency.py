"""Goods go out to an incident and come back: promised once, receipted, counted to the last unit."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import httpx

from infra.client.api import emergency, permits
from infra.client.api.models import emergency as models
from infra.journeys.client import Caller, expect, given
from infra.journeys.offline import verify
from services.kit.ids import new_id

Say = Callable[[str], None]
STOREKEEPER, DUTY_OFFICER = "store01", "duty01"
DEPOT, ITEM = "CK-01", "AF-001"


def run(gateway: str, password: str, say: Say) -> None:
    """Walks the journey against the gateway at this address; `JourneyError` at the first wrong answer."""
    with httpx.Client(base_url=gateway, timeout=30, trust_env=False) as http:
        journey = EmergencyJourney(http, password, say)
        for step in (
            journey.look_around,
            journey.take_in_expired,
            journey.take_in,
            journey.record_incidents,
            journey.reserve,
            journey.ask_for_the_same,
            journey.dispatch,
            journey.check_receipt_offline,
            journey.arrive,
            journey.use_and_return,
            journey.release,
            journey.name_the_responsible,
            journey.close,
            journey.prove_the_books,
            journey.read_feed,
        ):
            say(f"● {step.__doc__}")
            step()


class EmergencyJourney:
    """The steps in order; each leaves what the next needs."""

    def __init__(self, http: httpx.Client, password: str, say: Say) -> None:
        self._say = say
        self._store = Caller(http, who="storekeeper ", say=say)
        self._duty = Caller(http, who="duty officer", say=say)
        self._public = Caller(http, who="public      ", say=say)
        for caller, login in ((self._store, STOREKEEPER), (self._duty, DUTY_OFFICER)):
            caller.sign_in(login, password)
        self._lot = f"DEMO-{str(new_id())[:18].upper()}"
        self._incidents: list[models.IncidentRead] = []
        self._reservation: models.ReservationRead
        self._dispatch: models.DispatchRead

    def _day(self, days: int) -> str:
        return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()

    def look_around(self) -> None:
        """查看储备库和物资 · the storekeeper sees the depots and the items in seven categories"""
        for depot in self._store(emergency.list_depots())["items"]:
            self._say(f"      {depot['code']} {depot['name']} ({depot['kind']})")
        items = self._store(emergency.list_items(limit=500))["items"]
        expect(len({item["category"] for item in items}) == 7, "not seven categories")

    def _intake(self, *, expires_in: int) -> models.IntakeCreate:
        line: models.IntakeLine = {
            "item_code": ITEM,
            "lot_number": self._lot,
            "expires_on": self._day(expires_in),
            "quantity": "5",
        }
        return {"depot_code": DEPOT, "supplier": "示例应急物资有限公司", "lines": [line]}

    def take_in_expired(self) -> None:
        """过期物资不得入库 · expired goods do not come into stock: 422 with the article"""
        content = self._intake(expires_in=-2)
        error = self._store.refused(emergency.take_in(content), 422)["errors"][0]
        self._say(f"      {error['pointer']} {error['code']}: {error['detail']} ({error['article']})")
        expect(error["code"] == "lot_expired", f"another error: {error}")

    def take_in(self) -> None:
        """物资入库 · five gas masks come in"""
        self._store(emergency.take_in(self._intake(expires_in=900)))
        self._expect_at(DEPOT, on_hand="5", reserved="0")

    def _expect_at(self, place: str, *, on_hand: str, reserved: str) -> None:
        listed = self._duty(emergency.list_balances(item_code=ITEM, limit=500))["items"]
        found = [each for each in listed if (each["location"], each["lot_number"]) == (place, self._lot)]
        expect(len(found) == 1, f"{len(found)} balances at {place}")
        held = found[0]["on_hand"], found[0]["reserved"]
        self._say(f"      {place}: {held[0]} on hand, {held[1]} reserved")
        expect(held == (on_hand, reserved), f"expected {on_hand} and {reserved}")

    def record_incidents(self) -> None:
        """登记并分级 · the duty officer records two incidents and grades the first by the national table"""
        moment = datetime.now(UTC) - timedelta(minutes=30)
        for address in ("208国道示例段", "示例货场"):
            content: models.IncidentCreate = {
                "kind": "transport",
                "happened_at": moment.isoformat(),
                "known_at": (moment + timedelta(minutes=10)).isoformat(),
                "region_code": "152501",
                "address": address,
                "longitude": "112.010000",
                "latitude": "43.600000",
                "description": "罐车侧翻（演示）",
            }
            made = self._duty(emergency.record_incident(content))
            self._incidents.append(made)
            self._say(f"      {made['number']} {address}")
        facts: models.GradingCreate = {"evacuated": 5200, "direct_loss_yuan": "800000.00"}
        graded = self._duty(emergency.grade_incident(self._first, facts))
        fired = graded["gradings"][-1]["fired"][0]
        self._say(
            f"      {graded['grade']}: {fired['text']} ({fired['value']}); due {graded['report_due_at']}"
        )
        expect(graded["grade"] == "III", f"grade {graded['grade']}")

    @property
    def _first(self) -> str:
        return self._incidents[0]["id"]

    def _request(self, incident: models.IncidentRead) -> models.ReservationCreate:
        line: models.AskLine = {
            "item_code": ITEM,
            "lot_number": self._lot,
            "depot_code": DEPOT,
            "quantity": "5",
        }
        return {"incident_id": incident["id"], "lines": [line]}

    def reserve(self) -> None:
        """预留 · the last five units are promised to the first incident"""
        self._reservation = self._duty(emergency.reserve(self._request(self._incidents[0])))
        self._expect_at(DEPOT, on_hand="5", reserved="5")

    def ask_for_the_same(self) -> None:
        """争用 · the second incident asks for the same five: 409 that names what is left and who holds the rest"""
        content = self._request(self._incidents[1])
        refused = self._duty.refused(emergency.reserve(content), 409)
        expect(refused["code"] == "insufficient_stock", f"another refusal: {refused}")
        short, held = refused["shortfalls"][0], refused["held_by"][0]
        self._say(f"      asked {short['asked']}, left {short['left']}, held by {held['incident_number']}")
        expect(short["left"] == "0", f"{short['left']} left")

    def dispatch(self) -> None:
        """出库 · three of them leave, with a signed receipt; the same key again changes nothing"""
        content: models.DispatchCreate = {
            "reservation_id": self._reservation["id"],
            "depot_code": DEPOT,
            "lines": [{"position": 1, "quantity": "3"}],
            "vehicle": "蒙H5Y001（演示）",
        }
        key = str(new_id())
        self._dispatch = self._duty(emergency.dispatch_goods(content, idempotency_key=key))
        again = self._duty(emergency.dispatch_goods(content, idempotency_key=key))
        expect(again == self._dispatch, "the answer changed")
        self._expect_at("transit", on_hand="3", reserved="0")
        self._expect_at(DEPOT, on_hand="2", reserved="2")

    def check_receipt_offline(self) -> None:
        """离线核验回执 · the receipt of the dispatch is checked offline with the published keys"""
        self._verify(self._dispatch, expected=0)
        forged = cast(Any, deepcopy(self._dispatch))
        forged["document"]["lines"][0]["quantity"] = "2"
        self._say("      and a document with one unit less:")
        self._verify(forged, expected=1)

    def _verify(self, answer: models.DispatchRead | models.HandoverRead, *, expected: int) -> None:
        keys = self._public(emergency.receipt_keys())
        verify("receipt", answer, keys, self._say, expected=expected)

    def arrive(self) -> None:
        """到达 · all three arrive at the incident"""
        self._duty(emergency.arrive(self._dispatch["id"], {"lines": [{"position": 1, "received": "3"}]}))
        self._expect_at(self._incidents[0]["number"], on_hand="3", reserved="0")

    def use_and_return(self) -> None:
        """消耗与归还 · one is used up, two come back clean with a receipt"""
        used: models.UseCreate = {
            "incident_id": self._first,
            "lines": [{"item_code": ITEM, "lot_number": self._lot, "quantity": "1"}],
        }
        self._duty(emergency.use_goods(used))
        back: models.ReturnCreate = {
            "incident_id": self._first,
            "depot_code": DEPOT,
            "condition": "clean",
            "lines": [{"item_code": ITEM, "lot_number": self._lot, "quantity": "2"}],
        }
        returned = self._store(emergency.return_goods(back))
        self._verify(returned, expected=0)
        self._expect_at(DEPOT, on_hand="4", reserved="2")

    def release(self) -> None:
        """取消预留 · what was not dispatched is released"""
        self._duty(emergency.cancel_reservation(self._reservation["id"], {"reason": "现场不再需要"}))
        self._expect_at(DEPOT, on_hand="4", reserved="0")

    def name_the_responsible(self) -> None:
        """认定责任单位 · the responsible enterprise is recorded, once; credit hears of it"""
        listed = self._duty(permits.list_enterprises(limit=1))["items"]
        basis: models.ResponsibilityCreate = {"uscc": listed[0]["uscc"], "basis": "现场调查笔录（演示）"}
        self._duty(emergency.record_responsibility(self._first, basis))
        again = self._duty.refused(emergency.record_responsibility(self._first, basis), 409)
        expect(again["code"] == "responsibility_recorded", f"another refusal: {again}")
        view = self._duty(emergency.read_overview(listed[0]["uscc"]))
        last = given(view["last_incident"], "no incident in the overview")
        expect(last["number"] == self._incidents[0]["number"], "not in the overview")

    def close(self) -> None:
        """终止响应 · both incidents are closed: nothing of theirs is promised, on the way or on site"""
        for incident in self._incidents:
            self._duty(emergency.close_incident(incident["id"], {"note": "处置完毕（演示）"}))

    def prove_the_books(self) -> None:
        """账实核对 · one call proves that every balance is the sum of the ledger"""
        proof = self._duty(emergency.check_stock())
        self._say(f"      {proof['movements']} movements, {proof['balances']} balances: {proof['balanced']}")
        expect(proof["balanced"] is True, f"differences: {proof['differences']}")

    def read_feed(self) -> None:
        """事件流 · the event feed tells all of it"""
        mine = (self._incidents[0]["id"], self._reservation["id"], self._dispatch["id"])
        kinds: list[str] = []
        position, before = 0, -1
        while "emergency.incident_closed.v1" not in kinds and position > before:
            before = position
            events, position = self._duty.feed(emergency.events(), after=before)
            kinds += [event["type"] for event in events if any(each in str(event) for each in mine)]
        for name in (
            "incident_recorded",
            "reserved",
            "dispatched",
            "arrived",
            "used",
            "returned",
            "stock_moved",
        ):
            expect(f"emergency.{name}.v1" in kinds, f"the feed does not tell {name}: {kinds}")
        for kind in kinds:
            self._say(f"      {kind}")
