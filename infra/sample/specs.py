"""How the tables of the sample describe an industry, its outlets and their pollutants."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from infra.sample.types import ManagementClass, Medium, Method, NoDataCode, OutletKind

# Days of running in each quarter.
ALL_YEAR = (90, 91, 92, 92)
HEATING = (90, 30, 0, 92)  # from October to the end of April
NO_WINTER = (0, 85, 92, 50)  # the ground and the water are frozen


@dataclass(frozen=True, slots=True)
class PollutantSpec:
    """A pollutant (HJ 212-2017 code) with its concentration limit: hourly for air, daily for water."""

    code: str
    name: str
    limit: Decimal
    standard: str
    method: Method = "manual"
    dimensionless: bool = False

    @property
    def automatic(self) -> bool:
        """Whether the common automatic analysers measure it."""
        return self.code in _ANALYSED


@dataclass(frozen=True, slots=True)
class OutletSpec:
    """An outlet; `flow` is dry flue gas in Nm3/h for air, sewage in m3/h for water.

    `half_yearly`: sampled by hand in the second and fourth quarter only, as HJ 819-2017 plans allow for
    general outlets.
    """

    name: str
    medium: Medium
    kind: OutletKind
    flow: Decimal
    pollutants: tuple[PollutantSpec, ...]
    half_yearly: bool = False


@dataclass(frozen=True, slots=True)
class Industry:
    """A kind of enterprise in the city.

    `catalogue_row` is the row of 固定污染源排污许可分类管理名录 (2019 edition) that gives the class.
    `season` is the days of running in each quarter, and `rest` says why a quarter without any has no data.
    An `essential` one serves the town and never stops out of season. `site_region_code` is the division (GB/T 2260) of
    its sites where that is not the city.
    """

    login: str
    industry_code: str
    industry_name: str
    catalogue_row: int
    management_class: ManagementClass
    name_words: str
    site_word: str
    zone: str
    hours_per_day: int = 24
    season: tuple[int, int, int, int] = ALL_YEAR
    rest: NoDataCode = "stopped_production"
    outlets: tuple[OutletSpec, ...] = ()
    public_institution: bool = False
    essential: bool = False
    site_region_code: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """`count` enterprises of one industry."""

    industry: Industry
    count: int
    automatic_monitoring: bool = False


_ANALYSED = frozenset({"a21026", "a21002", "a34013", "w01018", "w21003", "w21001", "w21011"})


def air(
    name: str, flow: int, specs: tuple[PollutantSpec, ...], *, kind: OutletKind, half_yearly: bool = False
) -> OutletSpec:
    """An air outlet; `flow` in Nm3/h."""
    return OutletSpec(name, "air", kind, Decimal(flow), specs, half_yearly)


def water(name: str, flow: str, specs: tuple[PollutantSpec, ...], *, kind: OutletKind) -> OutletSpec:
    """A water outlet; `flow` in m3/h."""
    return OutletSpec(name, "water", kind, Decimal(flow), specs)
