"""Units of the waste service for tests, each made anew: shippers, carriers, receivers, hospitals, signed in."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx

from services.kit import clock
from tests.support.town import Caller, Town

_licences = itertools.count(5001)  # the sample has 0001
OIL, BATTERY, PACKAGING = "900-249-08", "900-052-31", "900-041-49"


def plain_line(code: str = OIL, mass_kg: str = "1200.5", **changes: Any) -> dict[str, Any]:
    """A right line: used oil, lead batteries or stained packaging."""
    of_code = {
        OIL: ("HW08", "废矿物油", ["T", "I"], "liquid", "drum", "recycle"),
        BATTERY: ("HW31", "废铅蓄电池", ["T", "C"], "solid", "box", "recycle"),
        PACKAGING: ("HW49", "沾染废物的包装物", ["T"], "solid", "bag", "dispose"),
    }
    category, name, traits, form, packaging, mode = of_code[code]
    line = {
        "waste_code": code,
        "category": category,
        "waste_name": name,
        "hazard_traits": traits,
        "form": form,
        "packaging": packaging,
        "container_count": 6,
        "mass_kg": mass_kg,
        "mode": mode,
    }
    return {**line, **changes}


def moment(*, minutes: int = 0) -> str:
    return (clock.now() + timedelta(minutes=minutes)).isoformat()


@dataclass
class Unit(Caller):
    """A registered unit, signed in with the role that fits it."""

    uscc: str = ""


@dataclass
class Chain:
    """A shipper with its plan, a carrier, and a receiver with its licence."""

    shipper: Unit
    carrier: Unit
    receiver: Unit
    licence_number: str
    plan: dict[str, Any] = field(default_factory=dict)

    def content(self, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """A manifest that passes every gate; two lines unless others are given."""
        content = {
            "shipper_uscc": self.shipper.uscc,
            "shipper_handler": "宝力德",
            "shipper_phone": "13847900001",
            "carrier_uscc": self.carrier.uscc,
            "receiver_uscc": self.receiver.uscc,
            "licence_number": self.licence_number,
            "emergency_measures": "泄漏时用吸附棉围堵并拨打应急电话",
            "lines": list(lines) or [plain_line(), plain_line(BATTERY, "800")],
        }
        return {**content, **changes}

    async def drafted(self, *lines: dict[str, Any], **changes: Any) -> str:
        """The path of a draft."""
        answer = await self.shipper.post("/v1/waste/manifests", self.content(*lines, **changes))
        assert answer.status_code == 201, answer.text
        return f"/v1/waste/manifests/{answer.json()['id']}"

    async def submitted(self, *lines: dict[str, Any]) -> str:
        path = await self.drafted(*lines)
        done(await self.shipper.post(f"{path}/submission", None))
        return path

    async def ready(self, *lines: dict[str, Any]) -> str:
        path = await self.submitted(*lines)
        done(await self.shipper.post(f"{path}/shipper-signature", {"handler": "宝力德"}))
        return path

    def load(self, **changes: Any) -> dict[str, Any]:
        return {
            "driver": "敖登",
            "plate": "蒙H12345",
            "load_matches": True,
            "start_place": "二连浩特市示例路1号",
            "end_place": "示例处置中心",
            "departed_at": moment(),
            **changes,
        }

    async def departed(self, *lines: dict[str, Any]) -> str:
        path = await self.ready(*lines)
        done(await self.carrier.post(f"{path}/carrier-signature", self.load()))
        return path

    async def arrived(self, *lines: dict[str, Any]) -> str:
        path = await self.departed(*lines)
        arrival = {"handler": "斯琴", "arrived_at": moment()}
        done(await self.receiver.post(f"{path}/arrival", arrival))
        return path

    async def balance(self) -> dict[str, dict[str, Any]]:
        """How the licence stands this year, by the group's name."""
        answer = await self.receiver.get(f"/v1/waste/licences/{self.licence_number}/balance")
        assert answer.status_code == 200, answer.text
        return {group["name"]: group for group in answer.json()["groups"]}


def reception(*lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"handler": "斯琴", "opinion": "符合接收条件", "lines": list(lines), **changes}


def arrived_line(line: int, arrived: str, *, refused: str = "0", **changes: Any) -> dict[str, Any]:
    """What arrived of a line; the rest of what was refused is accepted."""
    accepted = Decimal(arrived) - Decimal(refused)
    content: dict[str, Any] = {
        "line": line,
        "arrived_kg": arrived,
        "accepted_kg": format(accepted, "f"),
        "refused_kg": refused,
    }
    if Decimal(refused) > 0:
        content["refusal_reason"] = "桶体破损"
    return {**content, **changes}


def done(answer: httpx.Response, status: int = 201) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


class WasteTown:
    """Makes units in a town."""

    def __init__(self, town: Town) -> None:
        self.town = town

    def unit_content(self, uscc: str, *kinds: str, **changes: Any) -> dict[str, Any]:
        content = {
            "uscc": uscc,
            "name": f"测试单位{uscc[-4:]}",
            "kinds": list(kinds),
            "region_code": "152501",
            "address": "示例路1号",
            "contact": "宝力德",
            "phone": "13847900001",
            "emergency_phone": "0479-7520000",
            **({"transport_licence": "蒙交运管许可锡字152500000001号"} if "carrier" in kinds else {}),
        }
        return {**content, **changes}

    async def unit(self, kind: str, role: str, **changes: Any) -> Unit:
        """A registered unit of one kind, with an account in this role."""
        uscc, clerk = self.town.new_uscc(), await self.town.staff("clerk")
        done(await clerk.post("/v1/waste/units", self.unit_content(uscc, kind, **changes)))
        made = await self.town.caller(f"{role}.{uscc.lower()}", roles=[role], usccs=[uscc])
        return Unit(made.http, made.account, made.login, made.token, uscc)

    def licence_content(
        self, holder_uscc: str, *, scale_kg: str = "500000", **changes: Any
    ) -> dict[str, Any]:
        year = clock.today().year
        content = {
            "licence_number": f"152501{next(_licences):04d}",
            "holder_uscc": holder_uscc,
            "kind": "comprehensive",
            "modes": ["collect", "store", "recycle", "dispose"],
            "issued_by": "内蒙古自治区生态环境厅",
            "issued_on": f"{year - 1}-01-05",
            "valid_from": f"{year - 1}-01-05",
            "valid_to": f"{year + 3}-12-31",
            "groups": [
                {"name": "废矿物油", "codes": ["HW08"], "yearly_scale_kg": scale_kg},
                {"name": "其他", "codes": ["HW31", "900-041-49"], "yearly_scale_kg": scale_kg},
            ],
        }
        return {**content, **changes}

    async def licensed(self, receiver: Unit, **changes: Any) -> str:
        clerk = await self.town.staff("clerk")
        content = self.licence_content(receiver.uscc, **changes)
        return str(done(await clerk.post("/v1/waste/licences", content))["licence_number"])

    def plan_content(self, shipper: Unit, receiver: Unit, *, planned_kg: str = "100000") -> dict[str, Any]:
        modes = {OIL: "recycle", BATTERY: "recycle", PACKAGING: "dispose"}
        return {
            "uscc": shipper.uscc,
            "year": clock.today().year,
            "lines": [
                {
                    "waste_code": code,
                    "receiver_uscc": receiver.uscc,
                    "mode": mode,
                    "planned_kg": planned_kg,
                }
                for code, mode in modes.items()
            ],
        }

    async def shipping(
        self, carrier: Unit, receiver: Unit, licence_number: str, *, planned_kg: str = "100000"
    ) -> Chain:
        """A new shipper, with a plan for this receiver."""
        shipper = await self.unit("generator", "enterprise")
        plan = done(
            await shipper.post("/v1/waste/plans", self.plan_content(shipper, receiver, planned_kg=planned_kg))
        )
        return Chain(shipper, carrier, receiver, licence_number, plan)

    async def chain(self, *, scale_kg: str = "500000", planned_kg: str = "100000") -> Chain:
        """Everybody that a manifest needs, all new."""
        carrier, receiver = await asyncio.gather(
            self.unit("carrier", "driver"), self.unit("receiver", "receiver")
        )
        number = await self.licensed(receiver, scale_kg=scale_kg)
        return await self.shipping(carrier, receiver, number, planned_kg=planned_kg)


def bag_code() -> str:
    return f"YF{uuid.uuid4().hex[:12].upper()}"
