"""What people and systems do all day, each remembering what was acknowledged: the books that are checked in the end."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from infra.journeys.reports import fill
from infra.journeys.waste_documents import OIL, PACKAGING, PLATE, line, load, manifest, now, scan
from infra.soak.person import Person
from services.kit.ids import new_id_text
from services.kit.receipts import ReceiptInvalid, check_receipt

PAUSE_SECONDS = 0.1


class Filer:
    """Reports for a permit, then corrects the report again and again: each version has its receipt."""

    def __init__(self, person: Person, obligation: dict[str, Any]) -> None:
        self.person, self._obligation = person, obligation
        self.acknowledged: list[dict[str, Any]] = []

    async def work(self, over: asyncio.Event) -> None:
        blank = await self.person.get(f"/v1/permits/obligations/{self._obligation['id']}/blank")
        report = fill(blank)
        self.acknowledged.append(await self.person.post("/v1/permits/reports", report))
        content = {name: value for name, value in report.items() if name != "obligation_id"}
        while not over.is_set():
            version = self.acknowledged[-1]["version"]
            corrected = {
                **content,
                "production_days": version % 90 + 1,
                "corrects_version": version,
                "reason": f"更正 {version}",
            }
            self.acknowledged.append(await self.person.post(f"{self._path}/versions", corrected))
            await asyncio.sleep(PAUSE_SECONDS)

    async def faults(self) -> list[str]:
        """What was lost, doubled, or is proven by no receipt."""
        if not self.acknowledged:
            return ["a filer got nothing done"]
        stored = await _pages(self.person, f"{self._path}/versions")
        told = [(one["version"], one["receipt"]["receipt_id"]) for one in self.acknowledged]
        kept = [(one["version"], one["receipt"]["receipt_id"]) for one in stored]
        keys = await self.person.get("/v1/permits/receipt-keys")
        return [*compared(self._path, told, kept), *self._unproven(keys)]

    def _unproven(self, keys: dict[str, Any]) -> list[str]:
        faults = []
        for one in self.acknowledged:
            try:
                check_receipt(one["receipt"]["jws"], keys, document=one["document"])
            except ReceiptInvalid as error:
                faults.append(f"{self._path}: the receipt of version {one['version']} does not hold: {error}")
        return faults

    @property
    def _path(self) -> str:
        return f"/v1/permits/reports/{self.acknowledged[0]['report']['id']}"


class Shippers:
    """Shipper, driver and receiver carry manifests through all their steps."""

    def __init__(self, shipper: Person, driver: Person, receiver: Person) -> None:
        self._shipper, self._driver, self._receiver = shipper, driver, receiver
        self.acknowledged: list[str] = []
        self.completed: list[str] = []
        self._before: set[str] = set()

    async def work(self, over: asyncio.Event) -> None:
        parties = {
            "shipper": await _own_unit(self._shipper),
            "carrier": await _own_unit(self._driver),
            "receiver": await _own_unit(self._receiver),
        }
        licences = await self._shipper.get("/v1/waste/licences", holder_uscc=parties["receiver"], code=OIL)
        content = manifest(parties, licence_number=licences["items"][0]["licence_number"])
        await self._plan(parties)
        self._before = {one["id"] for one in await _pages(self._shipper, "/v1/waste/manifests")}
        while not over.is_set():
            await self._carry(content)
            await asyncio.sleep(PAUSE_SECONDS)

    async def faults(self) -> list[str]:
        listed = await _pages(self._shipper, "/v1/waste/manifests")
        states = {one["id"]: one["state"] for one in listed}
        mine = [one["id"] for one in listed if one["id"] not in self._before]
        unfinished = [one for one in self.completed if states.get(one) != "accepted"]
        return [
            *compared("/v1/waste/manifests", self.acknowledged, mine),
            *(
                f"manifest {one} is {states.get(one)}, though its reception was acknowledged"
                for one in unfinished
            ),
        ]

    async def _carry(self, content: Mapping[str, object]) -> None:
        draft = await self._shipper.post("/v1/waste/manifests", content)
        self.acknowledged.append(draft["id"])
        path = f"/v1/waste/manifests/{draft['id']}"
        await self._shipper.post(f"{path}/submission", None)
        await self._shipper.post(f"{path}/shipper-signature", {"handler": "宝力德"})
        await self._driver.post(f"{path}/carrier-signature", load())
        await self._receiver.post(f"{path}/arrival", {"handler": "斯琴", "arrived_at": now()})
        lines = [line(1, "2.50", "2.50", "0"), line(2, "1.25", "1.25", "0")]
        await self._receiver.post(f"{path}/reception", {"handler": "斯琴", "opinion": "接受", "lines": lines})
        self.completed.append(draft["id"])

    async def _plan(self, parties: dict[str, str]) -> None:
        year = datetime.now(UTC).year
        if (await self._shipper.get("/v1/waste/plans", year=year))["items"]:
            return
        lines = [
            {
                "waste_code": code,
                "receiver_uscc": parties["receiver"],
                "mode": mode,
                "planned_kg": "20000",
            }
            for code, mode in ((OIL, "recycle"), (PACKAGING, "dispose"))
        ]
        plan = {"uscc": parties["shipper"], "year": year, "lines": lines}
        await self._shipper.post("/v1/waste/plans", plan)


class Scanners:
    """A hospital registers bags of medical waste; devices scan them at clinic, vehicle and plant."""

    def __init__(self, hospital: Person, driver: Person, receiver: Person) -> None:
        self._hospital, self._driver, self._receiver = hospital, driver, receiver
        self.acknowledged: list[str] = []

    async def work(self, over: asyncio.Event) -> None:
        hospital, driver, receiver = [
            await _own_unit(each) for each in (self._hospital, self._driver, self._receiver)
        ]
        while not over.is_set():
            code = f"YF{new_id_text().replace('-', '').upper()[-16:]}"
            bag = {"code": code, "hospital_uscc": hospital, "department": "内科", "kind": "infectious"}
            await self._hospital.post("/v1/waste/medical/bags", {**bag, "mass_kg": "3.20"})
            scans = f"/v1/waste/medical/bags/{code}/scans"
            await self._hospital.post(scans, scan("clinic", hospital))
            await self._driver.post(scans, scan("vehicle", driver, plate=PLATE))
            await self._receiver.post(scans, scan("plant", receiver))
            self.acknowledged.append(code)
            await asyncio.sleep(PAUSE_SECONDS)

    async def faults(self) -> list[str]:
        faults = []
        for code in self.acknowledged:
            bag = await self._hospital.get(f"/v1/waste/medical/bags/{code}")
            places = [each["place"] for each in bag["scans"]]
            if places != ["clinic", "vehicle", "plant"]:
                faults.append(f"bag {code} was scanned at {places}")
        return faults


async def _own_unit(person: Person) -> str:
    uscc: str = (await person.get("/v1/waste/units"))["items"][0]["uscc"]
    return uscc


async def _pages(person: Person, path: str) -> list[dict[str, Any]]:
    """All items of a list."""
    items: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await person.get(path, limit=200, **({"cursor": cursor} if cursor else {}))
        items += page["items"]
        cursor = page["next_cursor"]
    return items


def compared(what: str, told: list[Any], kept: list[Any]) -> list[str]:
    """Acknowledged and stored must be the same, one for one."""
    lost, surplus = set(told) - set(kept), set(kept) - set(told)
    doubled = len(kept) - len(set(kept))
    faults = [f"{what}: lost {one}" for one in sorted(lost)]
    faults += [f"{what}: there, though nobody was told so: {one}" for one in sorted(surplus)]
    return faults + ([f"{what}: {doubled} doubled"] if doubled else [])
