"""The 110 enterprises of the city, each with its industry and its trade name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from infra.sample import names
from infra.sample.draws import stream
from infra.sample.industries import GROUPS
from infra.sample.specs import Group, Industry
from infra.sample.types import SampleEnterprise
from services.kit.identifiers.make import make_uscc

REGION = "152501"


@dataclass(frozen=True, slots=True)
class Holder:
    """An enterprise as the generator knows it."""

    enterprise: SampleEnterprise
    industry: Industry
    trade_name: str


def make_holders(seed: int) -> Iterator[Holder]:
    """Key management first, then simplified, then registered; logins count up within their kind."""
    trade_names = iter(names.trade_names(stream(seed, "trade names")))
    logins: Counter[str] = Counter()
    serial = 0
    for group in GROUPS:
        for _ in range(group.count):
            serial += 1
            logins[group.industry.login] += 1
            login = f"{group.industry.login}{logins[group.industry.login]:02d}"
            trade_name = next(trade_names)
            enterprise = _enterprise(seed, group, serial=serial, login=login, trade_name=trade_name)
            yield Holder(enterprise, group.industry, trade_name)


def _enterprise(seed: int, group: Group, *, serial: int, login: str, trade_name: str) -> SampleEnterprise:
    industry, rng = group.industry, stream(seed, "enterprise", login)
    address, latitude, longitude = names.place(rng, industry.zone)
    department, kind = ("1", "2") if industry.public_institution else ("9", "1")
    return SampleEnterprise(
        uscc=make_uscc(department=department, kind=kind, region=REGION, serial=serial),
        name=f"{names.CITY}{trade_name}{industry.name_words}",
        region_code=REGION,
        industry_code=industry.industry_code,
        industry_name=industry.industry_name,
        address=address,
        longitude=Decimal(longitude).scaleb(-6),
        latitude=Decimal(latitude).scaleb(-6),
        management_class=industry.management_class,
        automatic_monitoring=group.automatic_monitoring,
        legal_representative=names.person(rng),
        login=login,
    )
