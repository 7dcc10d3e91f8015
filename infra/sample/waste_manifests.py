"""The manifests and medical bags of the sample city: what was handed over when, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal

from infra.sample.draws import chance, draw, stream
from infra.sample.waste_units import HOSPITAL_LOGINS, LATE_FILER, SHIPPERS, Shipper, first_year
from services.kit.clock import CITY_TIME

Ending = Literal[
    "accepted", "differs", "refused_in_part", "rejected", "cancelled", "submitted", "in_transit", "arrived"
]
BagKind = Literal["infectious", "sharps", "pathological", "pharmaceutical", "chemical"]
_KINDS: tuple[BagKind, ...] = ("infectious", "infectious", "infectious", "sharps", "pharmaceutical")

# What is still on its way at the start of `as_of`: days before it and how far it has come.
_OPEN: tuple[tuple[int, Ending], ...] = ((1, "in_transit"), (1, "submitted"), (3, "arrived"), (13, "arrived"))


@dataclass(frozen=True, slots=True)
class SampleManifest:
    """One transfer; `arrived_share` is what arrives of the declared mass, in thousandths."""

    login: str
    submitted_at: datetime
    masses_kg: dict[str, Decimal]
    ending: Ending
    arrived_share: int
    decided_after: timedelta


@dataclass(frozen=True, slots=True)
class SampleBag:
    """One medical bag; hours from when it was closed, None for what has not happened."""

    code: str
    login: str
    kind: BagKind
    mass_kg: Decimal
    closed_at: datetime
    collected_after: timedelta | None
    delivered_after: timedelta | None


def make_manifests(as_of: date, *, seed: int = 152501) -> list[SampleManifest]:
    """A manifest a quarter for each shipper, and a few that are still open; in the order of their submission."""
    made = []
    for shipper in SHIPPERS:
        for start in _quarters(as_of):
            rng = stream(seed, "manifest", shipper.login, start.isoformat())
            day = _working_day(start + timedelta(days=rng.randint(6, 80)))
            planned = shipper.login != LATE_FILER or day >= date(day.year, 4, 10)
            if planned and day < as_of - timedelta(days=20):
                made.append(_past(shipper, day, seed))
    for (days, ending), shipper in zip(_OPEN, SHIPPERS, strict=False):
        day = as_of - timedelta(days=days)
        made.append(_manifest(shipper, day, ending, seed=seed, decided_after=timedelta()))
    return sorted(made, key=lambda manifest: (manifest.submitted_at, manifest.login))


def _quarters(as_of: date) -> list[date]:
    starts = [
        date(year, month, 1) for year in range(first_year(as_of), as_of.year + 1) for month in (1, 4, 7, 10)
    ]
    return [start for start in starts if start < as_of]


def _working_day(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))


def _past(shipper: Shipper, day: date, seed: int) -> SampleManifest:
    """Most arrive as they left; some differ, a few are refused, confirmed late or called off."""
    rng = stream(seed, "manifest", shipper.login, day.isoformat())
    ending: Ending = "accepted"
    for possible, per_thousand in _UNUSUAL:
        if chance(rng, per_thousand):
            ending = possible
            break
    late = chance(rng, 40)
    return _manifest(shipper, day, ending, seed=seed, decided_after=timedelta(days=11 if late else 1))


_UNUSUAL: tuple[tuple[Ending, int], ...] = (
    ("differs", 60),
    ("refused_in_part", 50),
    ("rejected", 15),
    ("cancelled", 30),
)


def _manifest(
    shipper: Shipper, day: date, ending: Ending, *, seed: int, decided_after: timedelta
) -> SampleManifest:
    draws = stream(seed, "masses", shipper.login, day.isoformat())
    codes = shipper.codes[: draws.randint(1, min(2, len(shipper.codes)))]
    masses = {code: draw(draws, "120.0", "980.0") for code in codes}
    opening = datetime.combine(day, time(9), tzinfo=CITY_TIME)
    return SampleManifest(
        login=shipper.login,
        submitted_at=opening + timedelta(minutes=draws.randint(0, 90)),
        masses_kg=masses,
        ending=ending,
        arrived_share=draws.choice((955, 970, 1030)) if ending == "differs" else 1000,
        decided_after=decided_after,
    )


def make_bags(as_of: date, *, seed: int = 152501) -> list[SampleBag]:
    """Thirty bags of the last fortnight: collected within two days, but for one; two are stored too long now."""
    start = datetime.combine(as_of - timedelta(days=14), time(7, 30), tzinfo=CITY_TIME)
    end = datetime.combine(as_of, time(), tzinfo=CITY_TIME)
    bags = []
    for number in range(30):
        rng = stream(seed, "bag", number)
        closed_at = start + timedelta(hours=11 * number, minutes=rng.randint(0, 59))
        waits = timedelta(hours=55 if number == 9 else rng.randint(6, 40))
        forgotten = number in (22, 23)
        collected = None if forgotten or closed_at + waits >= end else waits
        plant = waits + timedelta(hours=rng.randint(1, 4))
        delivered = None if collected is None or closed_at + plant >= end else plant
        bags.append(
            SampleBag(
                code=f"YF{as_of:%y}-{number + 1:06d}",
                login=HOSPITAL_LOGINS[number % 3 // 2],
                kind=rng.choice(_KINDS),
                mass_kg=draw(rng, "0.80", "8.50"),
                closed_at=closed_at,
                collected_after=collected,
                delivered_after=delivered,
            )
        )
    return bags
