"""Lets the sample city's waste live its two years: the same use cases as over HTTP, when things happened."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from infra.sample.types import SampleCity
from infra.sample.waste_manifests import SampleBag, SampleManifest, make_bags, make_manifests
from infra.sample.waste_register import WasteRegister
from infra.sample.waste_units import LICENCE_NUMBER, MODES, RECEIVER_USCC
from services.kit import clock
from services.kit.receipt_keys import ReceiptOffice
from services.waste.catalogue.editions import catalogue
from services.waste.manifests import reception, service, signing, submission
from services.waste.manifests.rules_reception import Tolerance
from services.waste.manifests.schemas import (
    Arrival,
    CancellationCreate,
    CarrierSignature,
    ManifestContent,
    ReceptionCreate,
    ShipperSignature,
)
from services.waste.medical import service as medical
from services.waste.medical.schemas import BagCreate, ScanCreate

PLATE = "蒙H52501"
_FORMS = {"HW08": ("liquid", "drum"), "HW31": ("solid", "box"), "HW49": ("solid", "bag")}
_KILOGRAM_TENTH = Decimal("0.1")
Deed = tuple[datetime, Callable[[], Awaitable[object]]]


class WasteHistory:
    """Writes one city's past into the waste database, within the caller's transaction."""

    def __init__(
        self,
        session: AsyncSession,
        city: SampleCity,
        *,
        accounts: Mapping[str, uuid.UUID],
        office: ReceiptOffice,
    ) -> None:
        self._session, self._office = session, office
        self._register = WasteRegister(session, city, accounts=accounts, office=office)
        self._as_of: date = city.as_of
        self._deeds: list[Deed] = []

    async def live(self) -> None:
        """Everything in the order of time, whoever did it."""
        self._deeds += self._register.deeds()
        manifests, bags = make_manifests(self._as_of), make_bags(self._as_of)
        for manifest in manifests:
            self._plan_manifest(manifest)
        for bag in bags:
            self._plan_bag(bag)
        for moment, deed in sorted(self._deeds, key=lambda each: each[0]):
            with clock.at(moment):
                await deed()

    def _at(self, moment: datetime, deed: Callable[[], Awaitable[object]]) -> None:
        self._deeds.append((moment, deed))

    def _plan_manifest(self, sample: SampleManifest) -> None:
        shipper = self._register.principal(sample.login)
        begun, path = sample.submitted_at, _Path(self._session, self._office)

        async def submit() -> None:
            content = ManifestContent.model_validate(self._content(sample))
            path.manifest_id = (await service.draft(self._session, shipper, content)).id
            await submission.submit(self._session, shipper, manifest_id=path.manifest_id, office=self._office)

        self._at(begun, submit)
        if sample.ending == "submitted":
            return
        signed_at, departed_at, arrived_at = (begun + timedelta(minutes=after) for after in (40, 75, 250))
        self._at(
            signed_at, lambda: path.take(signing.sign_as_shipper, shipper, ShipperSignature(handler="宝力德"))
        )
        if sample.ending == "cancelled":
            reason = CancellationCreate(reason="车辆故障，改期转移")
            self._at(departed_at, lambda: path.take(submission.cancel, shipper, reason))
            return
        carrier, receiver = self._register.principal("driver01"), self._register.principal("receiver01")
        load = self._load(sample, departed_at)
        self._at(departed_at, lambda: path.take(signing.sign_as_carrier, carrier, load))
        if sample.ending == "in_transit":
            return
        arrival = Arrival(handler="斯琴", arrived_at=arrived_at)
        self._at(arrived_at, lambda: path.take(signing.arrive, receiver, arrival))
        if sample.ending == "arrived":
            return
        content = ReceptionCreate.model_validate(_reception(sample))
        self._at(
            arrived_at + sample.decided_after,
            lambda: path.take(reception.receive, receiver, content, tolerance=Tolerance()),
        )

    def _load(self, sample: SampleManifest, departed_at: datetime) -> CarrierSignature:
        return CarrierSignature(
            driver="敖登",
            plate=PLATE,
            load_matches=True,
            start_place=self._register.unit(sample.login).address,
            end_place=self._register.receiver_address,
            departed_at=departed_at,
        )

    def _content(self, sample: SampleManifest) -> dict[str, Any]:
        return {
            "shipper_uscc": self._register.unit(sample.login).uscc,
            "shipper_handler": "宝力德",
            "shipper_phone": self._register.phone(sample.login),
            "carrier_uscc": self._register.carrier.uscc,
            "receiver_uscc": RECEIVER_USCC,
            "licence_number": LICENCE_NUMBER,
            "emergency_measures": "泄漏时用吸附棉围堵收集，禁止明火，拨打应急电话",
            "lines": [
                _line(code, mass, sample.submitted_at.date()) for code, mass in sample.masses_kg.items()
            ],
        }

    def _plan_bag(self, sample: SampleBag) -> None:
        hospital = self._register.principal(sample.login)
        uscc = self._register.unit(sample.login).uscc
        bag = BagCreate(
            code=sample.code, hospital_uscc=uscc, department="内科", kind=sample.kind, mass_kg=sample.mass_kg
        )
        self._at(sample.closed_at, lambda: medical.register(self._session, hospital, bag))
        self._scan(sample, hospital.name, "clinic", uscc, timedelta(minutes=20))
        if sample.collected_after is not None:
            self._scan(sample, "driver01", "vehicle", self._register.carrier.uscc, sample.collected_after)
        if sample.delivered_after is not None:
            self._scan(sample, "receiver01", "plant", RECEIVER_USCC, sample.delivered_after)

    def _scan(self, sample: SampleBag, login: str, place: str, uscc: str, after: timedelta) -> None:
        moment = sample.closed_at + after
        content = ScanCreate.model_validate(
            {
                "place": place,
                "uscc": uscc,
                "scanned_at": moment,
                "plate": PLATE if place == "vehicle" else None,
            }
        )
        scanner = self._register.principal(login)
        self._at(moment, lambda: medical.scan(self._session, scanner, content, code=sample.code))


class _Path:
    """One manifest on its way: its id is known once it was drafted."""

    def __init__(self, session: AsyncSession, office: ReceiptOffice) -> None:
        self._session, self._office = session, office
        self.manifest_id = uuid.UUID(int=0)

    async def take(self, step: Any, principal: Any, content: Any, **more: Any) -> object:
        taken: object = await step(
            self._session, principal, content, manifest_id=self.manifest_id, office=self._office, **more
        )
        return taken


def _line(code: str, mass_kg: Decimal, day: date) -> dict[str, Any]:
    serving = catalogue().on(day)
    entry = serving.find(code) if serving is not None else None
    if entry is None:
        raise LookupError(f"the catalogue of {day} has no {code}")
    form, packaging = _FORMS[entry.category]
    return {
        "waste_code": code,
        "category": entry.category,
        "waste_name": entry.category_name,
        "hazard_traits": list(entry.hazards.certain or entry.hazards.possible[:1]),
        "form": form,
        "packaging": packaging,
        "container_count": max(1, int(mass_kg / 170)),
        "mass_kg": mass_kg,
        "mode": MODES[code],
    }


def _reception(sample: SampleManifest) -> dict[str, Any]:
    lines = []
    for number, declared in enumerate(sample.masses_kg.values(), start=1):
        arrived = declared
        if number == 1:
            arrived = (declared * sample.arrived_share / 1000).quantize(_KILOGRAM_TENTH)
        refused = Decimal(0)
        if sample.ending == "rejected":
            refused = arrived
        elif sample.ending == "refused_in_part" and number == 1:
            refused = (arrived / 8).quantize(_KILOGRAM_TENTH)
        lines.append(
            {
                "line": number,
                "arrived_kg": arrived,
                "accepted_kg": arrived - refused,
                "refused_kg": refused,
                "refusal_reason": "包装破损渗漏，退回重新包装" if refused else None,
            }
        )
    return {"handler": "斯琴", "opinion": "已核对名称、数量、特性、形态、包装", "lines": lines}
