"""Actors of waste without HTTP: use cases called directly, each in a transaction of its own on one database."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from sqlmodel import select

from services.kit import clock
from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.identifiers.make import make_uscc
from services.kit.problems import Problem
from services.kit.receipt_keys import ReceiptOffice
from services.kit.signing import KeyRing
from services.waste.licences import service as licences
from services.waste.licences.schemas import LicenceCreate
from services.waste.manifests import reception, signing, submission
from services.waste.manifests import service as manifests
from services.waste.manifests.models import ManifestLine
from services.waste.manifests.rules_reception import Tolerance
from services.waste.manifests.schemas import (
    Arrival,
    CancellationCreate,
    CarrierSignature,
    ManifestContent,
    ReceptionCreate,
    ShipperSignature,
)
from services.waste.plans import service as plans
from services.waste.plans.schemas import PlanCreate
from services.waste.units import service as units
from services.waste.units.schemas import UnitCreate
from tests.support.waste import BATTERY, OIL, plain_line

CARRIER, RECEIVER = make_uscc(region="152501", serial=1), make_uscc(region="152501", serial=2)
SCALE, PLANNED = Decimal(1000), Decimal(700)
OFFICE = ReceiptOffice(keys=KeyRing.from_private_jwks(KeyRing.generate()), issuer="http://test")
# A refusal is an answer; anything else, a deadlock or a broken CHECK for instance, is a defect.
REFUSALS = {"step_not_open", "manifest_refused", "reception_invalid", "manifest_not_found"}
_serials = itertools.count(10)

masses = st.decimals(min_value="0.001", max_value=400, places=3)
shares = st.integers(0, 100)


def principal(uscc: str) -> Principal:
    return Principal(uscc, uscc, roles=(), scopes=frozenset(), usccs=(uscc,))


CLERK = Principal("clerk", "clerk", roles=("clerk",), scopes=frozenset(), every_enterprise=True)


@dataclass(frozen=True)
class Action:
    """Somebody does something to the manifest at `index` (modulo how many there are)."""

    kind: str
    index: int
    share: int


actions = st.builds(
    Action,
    kind=st.sampled_from(["submit", "submit", "sign", "depart", "arrive", "receive", "cancel"]),
    index=st.integers(0, 30),
    share=shares,
)


@dataclass
class World:
    """Register entries that one example works with: a new licence, and new shippers with their plans, each time."""

    database: Database
    shippers: tuple[str, str] = ("", "")
    licence_number: str = ""

    async def register(self, kinds: dict[str, str]) -> None:
        async with self.database.transaction() as session:
            for uscc, kind in kinds.items():
                content = UnitCreate(
                    uscc=uscc,
                    name=uscc,
                    kinds=[kind],
                    region_code="152501",
                    address="示例路1号",
                    contact="某人",
                    phone="13847900001",
                    emergency_phone="13847900001",
                    transport_licence="1" if kind == "carrier" else None,
                )
                await units.register(session, CLERK, content)

    async def begin(self) -> None:
        one, other, today = next(_serials), next(_serials), clock.today()
        self.shippers = (make_uscc(region="152501", serial=one), make_uscc(region="152501", serial=other))
        self.licence_number = f"1525{one:06d}"
        await self.register(dict.fromkeys(self.shippers, "generator"))
        async with self.database.transaction() as session:
            content = {
                "licence_number": self.licence_number,
                "holder_uscc": RECEIVER,
                "kind": "comprehensive",
                "modes": ["recycle"],
                "issued_by": "某厅",
                "issued_on": today,
                "valid_from": today,
                "valid_to": today + timedelta(days=400),
                "groups": [
                    {"name": "油", "codes": ["HW08"], "yearly_scale_kg": SCALE},
                    {"name": "电池", "codes": ["HW31"], "yearly_scale_kg": SCALE},
                ],
            }
            await licences.register(session, CLERK, LicenceCreate.model_validate(content))
            for uscc in self.shippers:
                lines = [
                    {"waste_code": code, "receiver_uscc": RECEIVER, "mode": "recycle", "planned_kg": PLANNED}
                    for code in (OIL, BATTERY)
                ]
                plan = {"uscc": uscc, "year": today.year, "lines": lines}
                await plans.file(session, principal(uscc), PlanCreate.model_validate(plan), office=OFFICE)

    async def draft(self, shipper: str, oil: Decimal, batteries: Decimal) -> uuid.UUID:
        lines = [plain_line(OIL, format(oil, "f")), plain_line(BATTERY, format(batteries, "f"))]
        content = ManifestContent.model_validate(
            {
                "shipper_uscc": shipper,
                "shipper_handler": "某人",
                "shipper_phone": "13847900001",
                "carrier_uscc": CARRIER,
                "receiver_uscc": RECEIVER,
                "licence_number": self.licence_number,
                "emergency_measures": "围堵",
                "lines": lines,
            }
        )
        async with self.database.transaction() as session:
            return (await manifests.draft(session, principal(shipper), content)).id

    async def act(self, manifest_id: uuid.UUID, shipper: str, action: Action) -> str:
        """What became of it: `done`, or the code of the refusal."""
        try:
            async with self.database.transaction() as session:
                await self._do(session, manifest_id, shipper, action)
        except Problem as refusal:
            if refusal.code not in REFUSALS:
                raise
            return refusal.code
        return "done"

    async def _do(self, session: Any, manifest_id: uuid.UUID, shipper: str, action: Action) -> None:
        to = {"manifest_id": manifest_id, "office": OFFICE}
        now = clock.now()
        if action.kind == "submit":
            await submission.submit(session, principal(shipper), **to)
        elif action.kind == "cancel":
            await submission.cancel(session, principal(shipper), CancellationCreate(reason="不运"), **to)
        elif action.kind == "sign":
            await signing.sign_as_shipper(session, principal(shipper), ShipperSignature(handler="某人"), **to)
        elif action.kind == "depart":
            content = CarrierSignature(
                driver="某人",
                plate="蒙H12345",
                load_matches=True,
                start_place="甲",
                end_place="乙",
                departed_at=now,
            )
            await signing.sign_as_carrier(session, principal(CARRIER), content, **to)
        elif action.kind == "arrive":
            await signing.arrive(session, principal(RECEIVER), Arrival(handler="某人", arrived_at=now), **to)
        else:
            await self._receive(session, manifest_id, action.share)

    async def _receive(self, session: Any, manifest_id: uuid.UUID, share: int) -> None:
        """`share` percent of what was declared arrives and more: up to a tenth over; a third of it is refused."""
        declared = (
            await session.exec(select(ManifestLine).where(ManifestLine.manifest_id == manifest_id))
        ).all()
        lines = []
        for line in declared:
            arrived = (line.mass_kg * (share + 10) / 100).quantize(Decimal("0.001"))
            refused = (arrived / 3).quantize(Decimal("0.001")) if share % 2 else Decimal(0)
            lines.append(
                {
                    "line": line.line,
                    "arrived_kg": arrived,
                    "accepted_kg": arrived - refused,
                    "refused_kg": refused,
                    "refusal_reason": "破损" if refused else None,
                }
            )
        if not lines:
            lines = [
                {"line": 1, "arrived_kg": Decimal(0), "accepted_kg": Decimal(0), "refused_kg": Decimal(0)}
            ]
        content = ReceptionCreate.model_validate({"handler": "某人", "lines": lines})
        await reception.receive(
            session,
            principal(RECEIVER),
            content,
            manifest_id=manifest_id,
            office=OFFICE,
            tolerance=Tolerance(),
        )
