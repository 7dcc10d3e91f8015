"""Use cases of fuel facts: record once, correct by a new version, give to every report that needs them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import Principal, RowScope
from services.kit.event_catalogue import EventType
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.kit.texts import Text
from services.permits.fuels import repository, rules
from services.permits.fuels.errors import FuelFactInvalid, FuelFactNotFound, FuelFactSuperseded
from services.permits.fuels.events import FUEL_CORRECTED, FUEL_RECORDED, FuelFactEvent
from services.permits.fuels.facts import FuelFact
from services.permits.fuels.kinds import Fuel
from services.permits.fuels.models import FuelFactRow, FuelFactVersion
from services.permits.fuels.schemas import (
    FuelAmount,
    FuelBasis,
    FuelFactCorrection,
    FuelFactCreate,
    FuelFactHistory,
    FuelFactNamed,
    FuelFactRead,
    FuelFactVersionRead,
)
from services.permits.obligations import service as obligations
from services.permits.permits import repository as permits
from services.permits.permits.errors import PermitNotFound

_NO_OUTLET = Text(zh="许可证中没有该排放口", en="the permit has no such outlet")


_NO_KINDS: Mapping[str, Fuel] = MappingProxyType({})
"""For those who need to know no more of a fuel than its unit."""


async def fuel_facts(
    session: AsyncSession,
    start: date,
    end: date,
    *,
    kinds: Mapping[str, Fuel] = _NO_KINDS,
    uscc: str | None = None,
    permit_number: str | None = None,
) -> list[FuelFact]:
    """The facts whose period lies within these days, in their newest versions: for the reports that use them.

    The caller has made sure that enterprise or permit are its principal's.
    """
    rows = await repository.within(session, start, end, uscc=uscc, permit_number=permit_number)
    versions = await repository.versions_of(session, [row.id for row in rows])
    return [_fact(row, versions[row.id][-1], kinds) for row in rows]


async def basis(
    session: AsyncSession, rows: RowScope, *, obligation_id: uuid.UUID, outlet_code: str | None
) -> FuelBasis:
    """What a material balance of SO2 in a report rests on: every fuel in tonnes of the outlet, or of the site."""
    owed = await obligations.get(session, rows, obligation_id)
    found = await fuel_facts(session, owed.period_start, owed.period_end, permit_number=owed.permit_number)
    facts = [
        fact
        for fact in found
        if fact.unit == "t" and (outlet_code is None or fact.outlet_code in (None, outlet_code))
    ]
    fuel, sulphur = rules.weighted(facts)
    return FuelBasis(
        **owed.model_dump(include={"permit_number", "period_start", "period_end"}),
        fuel_t=fuel,
        sulphur=sulphur,
        fuel_facts=[FuelFactNamed(fact_id=fact.fact_id, version=fact.version) for fact in facts],
    )


async def newest_of(session: AsyncSession, fact_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The newest version of each of these facts: a signed report keeps the one it used, and can say which is newer."""
    return {
        key: found[-1].version for key, found in (await repository.versions_of(session, fact_ids)).items()
    }


def _fact(row: FuelFactRow, version: FuelFactVersion, kinds: Mapping[str, Fuel]) -> FuelFact:
    known = kinds.get(row.fuel)
    about = {"permit_number", "uscc", "fuel", "outlet_code", "period_start", "period_end"}
    stated = {
        *("version", "quantity", "unit", "sulphur_percent", "net_calorific_value", "carbon_content"),
        "source_document",
    }
    return FuelFact(
        fact_id=row.id,
        kind=known.kind if known else "fuel",
        **row.model_dump(include=about),
        **version.model_dump(include=stated),
    )


def findings_of(content: FuelFactCreate, kinds: Mapping[str, Fuel]) -> Findings:
    """Everything that is wrong with a fact in itself."""
    found = Findings()
    rules.check_period(found, start=content.period_start, end=content.period_end, today=clock.today())
    _check_fuel(found, content.fuel, content, kinds)
    return found


async def also_wrong(_: AsyncSession, __: Principal, content: FuelFactCreate) -> Findings:
    """What the rules say about a fact whose shape is wrong in places; not what the city's list of fuels decides."""
    found = Findings()
    rules.check_period(found, start=content.period_start, end=content.period_end, today=clock.today())
    return found


def _check_fuel(found: Findings, fuel: str, content: FuelAmount, kinds: Mapping[str, Fuel]) -> None:
    known = kinds.get(fuel)
    has_sulphur = known is not None and known.sulphur
    rules.check_fuel(found, fuel, kinds, has_sulphur=has_sulphur, sulphur=content.sulphur_percent)
    unit = known.unit if known else None
    rules.check_heat(found, unit, heat=content.net_calorific_value, carbon=content.carbon_content)


async def record(
    session: AsyncSession, principal: Principal, content: FuelFactCreate, *, kinds: Mapping[str, Fuel]
) -> FuelFactRead:
    """Records a fact; the same fuel for some of the same days is refused, however close two come."""
    permit = await repository.lock_permit(session, content.permit_number, rows=principal.rows)
    if permit is None:
        raise PermitNotFound()
    found = findings_of(content, kinds)
    span = rules.Span(content.outlet_code, content.period_start, content.period_end)
    others = await repository.of_fuel(session, content.permit_number, content.fuel)
    rules.check_stated_once(
        found, span, (rules.Span(each.outlet_code, each.period_start, each.period_end) for each in others)
    )
    if content.outlet_code is not None and not await _has_outlet(session, permit.id, content):
        found.add("/outlet_code", "outlet_not_permitted", _NO_OUTLET, article=rules.ARTICLE_LEDGER)
    found.raise_if_any(FuelFactInvalid)
    moment = clock.now()
    row = FuelFactRow(
        id=new_id(),
        uscc=permit.uscc,
        version=1,
        created_at=moment,
        updated_at=moment,
        **content.model_dump(include={"permit_number", "fuel", "outlet_code", "period_start", "period_end"}),
    )
    session.add(row)
    await session.flush()
    version = await _add_version(session, principal, row, content, kinds[content.fuel].unit, reason=None)
    _tell(session, principal, row, version, kind=FUEL_RECORDED)
    return _read(row, version)


async def _has_outlet(session: AsyncSession, permit_id: uuid.UUID, content: FuelFactCreate) -> bool:
    version = await permits.version_on(session, permit_id, content.period_end)
    outlets = await permits.outlets_of(session, version.id) if version else []
    return any(outlet.code == content.outlet_code for outlet, _ in outlets)


async def correct(
    session: AsyncSession,
    principal: Principal,
    content: FuelFactCorrection,
    *,
    fact_id: uuid.UUID,
    kinds: Mapping[str, Fuel],
) -> FuelFactRead:
    """A new version: every report that is not signed yet takes it, a signed one keeps its own."""
    row = await repository.by_id(session, fact_id, rows=principal.rows, lock=True)
    if row is None:
        raise FuelFactNotFound()
    if content.corrects_version != row.version:
        raise FuelFactSuperseded(version=row.version)
    found = Findings()
    _check_fuel(found, row.fuel, content, kinds)
    found.raise_if_any(FuelFactInvalid)
    row.version += 1
    row.updated_at = clock.now()
    unit = kinds[row.fuel].unit
    version = await _add_version(session, principal, row, content, unit, reason=content.reason)
    _tell(session, principal, row, version, kind=FUEL_CORRECTED)
    return _read(row, version)


async def _add_version(
    session: AsyncSession,
    principal: Principal,
    row: FuelFactRow,
    content: FuelAmount,
    unit: str,
    *,
    reason: str | None,
) -> FuelFactVersion:
    version = FuelFactVersion(
        fact_id=row.id,
        version=row.version,
        unit=unit,
        reason=reason,
        recorded_by=principal.subject,
        recorded_at=clock.now(),
        **content.model_dump(include=set(FuelAmount.model_fields)),
    )
    session.add(version)
    await session.flush()
    return version


def _read(row: FuelFactRow, version: FuelFactVersion) -> FuelFactRead:
    newest = FuelFactVersionRead.model_validate(version)
    return FuelFactRead.model_validate({**row.model_dump(exclude=_OWN), "newest": newest})


_OWN = {"created_at", "updated_at"}


async def read(session: AsyncSession, rows: RowScope, *, fact_id: uuid.UUID) -> FuelFactHistory:
    row = await repository.by_id(session, fact_id, rows=rows)
    if row is None:
        raise FuelFactNotFound()
    versions = (await repository.versions_of(session, [row.id]))[row.id]
    stated = [FuelFactVersionRead.model_validate(version) for version in versions]
    content = {**row.model_dump(exclude=_OWN), "newest": stated[-1], "versions": stated}
    return FuelFactHistory.model_validate(content)


async def listing(
    session: AsyncSession, rows: RowScope, *, query: PageQuery, **filters: str | None
) -> Page[FuelFactRead]:
    found, following = await repository.page_of(
        session,
        rows=rows,
        query=query,
        uscc=filters.get("uscc"),
        permit_number=filters.get("permit_number"),
        fuel=filters.get("fuel"),
    )
    versions = await repository.versions_of(session, [row.id for row in found])
    return Page(items=[_read(row, versions[row.id][-1]) for row in found], next_cursor=following)


def _tell(
    session: AsyncSession,
    principal: Principal,
    row: FuelFactRow,
    version: FuelFactVersion,
    *,
    kind: EventType,
) -> None:
    fact = FuelFactEvent(
        fact_id=row.id,
        quantity=version.quantity,
        unit=version.unit,
        **row.model_dump(include={"version", "permit_number", "uscc", "fuel", "period_start", "period_end"}),
    )
    deeds.record(
        session,
        principal,
        kind=kind,
        entity="fuel_fact",
        entity_id=row.id,
        subject=f"/v1/permits/fuels/facts/{row.id}",
        owner=row.uscc,
        after=_read(row, version).model_dump(mode="json"),
        fact=fact,
    )
