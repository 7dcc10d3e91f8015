"""Who ships, carries and takes in waste in the sample city, with their accounts, licence and yearly plans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from infra.sample.enterprises import REGION
from infra.sample.names import CITY
from infra.sample.types import SampleAccount, SampleCity, SampleEnterprise
from services.kit.identifiers.make import make_uscc

OIL, BATTERY, PACKAGING, SLUDGE = "900-249-08", "900-052-31", "900-041-49", "900-210-08"
MODES = {OIL: "recycle", BATTERY: "recycle", PACKAGING: "dispose", SLUDGE: "dispose"}

# Beyond the 110 of the register of polluting enterprises: the city's one plant for hazardous and medical waste.
RECEIVER_USCC = make_uscc(region=REGION, serial=111)
RECEIVER_NAME = f"{CITY}驿岚固体废物处置有限责任公司"
LICENCE_NUMBER = f"{REGION}0001"
CARRIER_LOGIN = "cargo01"
HOSPITAL_LOGINS = ("hospital01", "hospital02")
LATE_FILER = "depot01"
"""The shipper that files its plans after 31 March, and until then ships nothing."""


@dataclass(frozen=True, slots=True)
class Shipper:
    """A generator of waste, with what it means to hand over in a year, in kg by code."""

    login: str
    planned_kg: dict[str, Decimal]

    @property
    def codes(self) -> list[str]:
        return list(self.planned_kg)


def _shipper(login: str, **planned: int) -> Shipper:
    names = {"oil": OIL, "battery": BATTERY, "packaging": PACKAGING, "sludge": SLUDGE}
    return Shipper(login, {names[name]: Decimal(mass) for name, mass in planned.items()})


SHIPPERS = (
    _shipper("heat01", oil=12000, packaging=6000),
    _shipper("heat02", oil=9000, packaging=6000),
    _shipper("ore01", oil=26000, packaging=6000, battery=6000),
    _shipper("cement01", oil=18000, packaging=6500, battery=6000),
    _shipper("oil01", oil=6000, packaging=6200),
    _shipper("asphalt01", oil=8000, packaging=6600),
    _shipper("fuel01", sludge=9000, oil=6000, packaging=6000),
    _shipper("depot01", sludge=15000, packaging=6000),
)

GROUPS = (
    ("废矿物油与含矿物油废物", ("HW08",), 400_000),
    ("废铅蓄电池", (BATTERY,), 120_000),
    ("沾染危险废物的包装物", (PACKAGING,), 80_000),
    ("医疗废物", ("HW01",), 150_000),
)


def by_login(city: SampleCity) -> dict[str, SampleEnterprise]:
    return {enterprise.login: enterprise for enterprise in city.enterprises}


def waste_accounts(city: SampleCity) -> tuple[SampleAccount, ...]:
    """Accounts beyond those of the permit holders: carrier, driver and receiver."""
    carrier = by_login(city)[CARRIER_LOGIN]
    return (
        SampleAccount("carrier01", carrier.name, ("carrier",), (carrier.uscc,)),
        SampleAccount("driver01", "敖登", ("driver",), (carrier.uscc,)),
        SampleAccount("receiver01", RECEIVER_NAME, ("receiver",), (RECEIVER_USCC,)),
    )


def first_year(as_of: date) -> int:
    """The first year with manifests: a year and a half to two and a half before `as_of`."""
    return as_of.year - (2 if as_of.month < 7 else 1)
