"""The registers of the sample's waste service: units, the plant's licence, the yearly plans, and who acts for whom."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from infra.sample.enterprises import REGION
from infra.sample.names import CITY
from infra.sample.times import at_hour
from infra.sample.types import SampleCity, SampleEnterprise
from infra.sample.waste_units import (
    CARRIER_LOGIN,
    GROUPS,
    HOSPITAL_LOGINS,
    LATE_FILER,
    LICENCE_NUMBER,
    MODES,
    RECEIVER_NAME,
    RECEIVER_USCC,
    SHIPPERS,
    Shipper,
    by_login,
    first_year,
)
from services.kit.auth import Principal
from services.kit.receipt_keys import ReceiptOffice
from services.waste.licences import service as licences
from services.waste.licences.rules import last_valid_day
from services.waste.licences.schemas import LicenceCreate
from services.waste.plans import service as plans
from services.waste.plans.schemas import PlanCreate
from services.waste.units import service as units
from services.waste.units.schemas import UnitCreate

Deed = tuple[datetime, Callable[[], Awaitable[object]]]


class WasteRegister:
    """What must be registered before the first manifest, as deeds with their times."""

    def __init__(
        self,
        session: AsyncSession,
        city: SampleCity,
        *,
        accounts: Mapping[str, uuid.UUID],
        office: ReceiptOffice,
    ) -> None:
        self._session, self._accounts, self._office = session, accounts, office
        self._as_of, self._known = city.as_of, by_login(city)
        self.carrier = self._known[CARRIER_LOGIN]
        self.receiver_address = f"{CITY}南郊处置路1号"

    def unit(self, login: str) -> SampleEnterprise:
        return self._known[login]

    def phone(self, login: str) -> str:
        """An invented mobile number, one for each login."""
        return f"138{sum(ord(letter) * (place + 7) for place, letter in enumerate(login)) % 10**8:08d}"

    def principal(self, login: str) -> Principal:
        """The account that acts for its enterprise; the clerk for the bureau."""
        usccs = {
            "carrier01": self.carrier.uscc,
            "driver01": self.carrier.uscc,
            "receiver01": RECEIVER_USCC,
        }
        own = usccs.get(login) or (self._known[login].uscc if login in self._known else None)
        return Principal(
            subject=str(self._accounts[login]),
            name=login,
            roles=(),
            scopes=frozenset(),
            usccs=(own,) if own else (),
            every_enterprise=own is None,
        )

    def deeds(self) -> list[Deed]:
        year = first_year(self._as_of)
        before = _morning(date(year - 1, 12, 1))
        made: list[Deed] = [(before, self._register_units), (before, self._enter_licence)]
        for each in range(year, self._as_of.year + 1):
            for shipper in SHIPPERS:
                day = date(each, 4, 9) if shipper.login == LATE_FILER else date(each - 1, 12, 20)
                if day < self._as_of:
                    made.append((_morning(day), self._filing(shipper, each)))
        return made

    async def _register_units(self) -> None:
        clerk = self.principal("clerk01")
        contents = [self._unit(self._known[shipper.login], "generator") for shipper in SHIPPERS]
        contents += [self._unit(self._known[login], "hospital") for login in HOSPITAL_LOGINS]
        contents.append(self._unit(self.carrier, "carrier"))
        contents.append(
            UnitCreate(
                uscc=RECEIVER_USCC,
                name=RECEIVER_NAME,
                kinds=["receiver"],
                region_code=REGION,
                address=self.receiver_address,
                contact="斯琴",
                phone=self.phone("receiver01"),
                emergency_phone=self.phone("receiver01"),
            )
        )
        for content in contents:
            await units.register(self._session, clerk, content)

    def _unit(self, enterprise: SampleEnterprise, kind: str) -> UnitCreate:
        return UnitCreate.model_validate(
            {
                "uscc": enterprise.uscc,
                "name": enterprise.name,
                "kinds": [kind],
                "region_code": enterprise.region_code,
                "address": enterprise.address,
                "contact": enterprise.legal_representative,
                "phone": self.phone(enterprise.login),
                "emergency_phone": self.phone(enterprise.login),
                "transport_licence": "蒙交运管许可锡字152500000001号" if kind == "carrier" else None,
            }
        )

    async def _enter_licence(self) -> None:
        valid_from = date(first_year(self._as_of) - 1, 6, 1)
        content = LicenceCreate.model_validate(
            {
                "licence_number": LICENCE_NUMBER,
                "holder_uscc": RECEIVER_USCC,
                "kind": "comprehensive",
                "modes": ["collect", "store", "recycle", "dispose"],
                "issued_by": "内蒙古自治区生态环境厅",
                "issued_on": valid_from,
                "valid_from": valid_from,
                "valid_to": last_valid_day(valid_from, kind="comprehensive"),
                "groups": [
                    {"name": name, "codes": list(codes), "yearly_scale_kg": str(scale)}
                    for name, codes, scale in GROUPS
                ],
            }
        )
        await licences.register(self._session, self.principal("clerk01"), content)

    def _filing(self, shipper: Shipper, year: int) -> Callable[[], Awaitable[object]]:
        content = PlanCreate.model_validate(
            {
                "uscc": self._known[shipper.login].uscc,
                "year": year,
                "lines": [
                    {
                        "waste_code": code,
                        "receiver_uscc": RECEIVER_USCC,
                        "mode": MODES[code],
                        "planned_kg": mass,
                    }
                    for code, mass in shipper.planned_kg.items()
                ],
            }
        )
        principal = self.principal(shipper.login)
        return lambda: plans.file(self._session, principal, content, office=self._office)


def _morning(day: date) -> datetime:
    return at_hour(day, 9)
