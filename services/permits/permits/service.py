"""Use cases of permits: enter one that was issued, read one as of a day."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import audit, clock, events
from services.kit.auth import Principal, RowScope
from services.kit.findings import Findings, pointer
from services.kit.ids import new_id
from services.kit.problems import Invalid
from services.kit.texts import Text
from services.permits.endings import service as endings
from services.permits.enterprises import repository as enterprises
from services.permits.enterprises.errors import EnterpriseNotFound
from services.permits.obligations import service as obligations
from services.permits.obligations.models import Obligation
from services.permits.permits import repository, rules
from services.permits.permits.errors import PermitExists, PermitNotFound
from services.permits.permits.events import PERMIT_ISSUED, PermitIssued
from services.permits.permits.models import EmissionLimit, Outlet, Permit, PermitVersion
from services.permits.permits.schemas import OutletContent, PermitCreate, PermitRead

_OUTLET_TWICE = Text(zh="排放口编码重复", en="the outlet code appears twice")
_LIMIT_TWICE = Text(zh="同一污染物的同类限值重复", en="the same limit appears twice")


async def read(session: AsyncSession, rows: RowScope, *, number: str, as_of: date | None) -> PermitRead:
    """The permit in the version that held on `as_of`; without a day, its newest version."""
    permit = await repository.by_number(session, number, rows=rows)
    version = await repository.version_on(session, permit.id, as_of) if permit else None
    if permit is None or version is None:
        raise PermitNotFound()
    return await image(session, permit, version, on=as_of)


async def read_for_period(session: AsyncSession, rows: RowScope, obligation: Obligation) -> PermitRead:
    """The permit as it stood at the end of an obligation's period; its last version where it had ended."""
    permit = await repository.by_number(session, obligation.permit_number, rows=rows)
    if permit is None:
        raise PermitNotFound()
    version = await repository.version_on(session, permit.id, obligation.period_end)
    version = version or await repository.version_on(session, permit.id, None)
    if version is None:
        raise PermitNotFound()
    return await image(session, permit, version)


async def image(
    session: AsyncSession, permit: Permit, version: PermitVersion, *, on: date | None = None
) -> PermitRead:
    """A permit with everything that one version of it says, and how it stands on a day (today)."""
    outlets = await repository.outlets_of(session, version.id)
    return PermitRead.model_validate(
        {
            **version.model_dump(exclude={"id", "permit_id", "created_at"}),
            **permit.model_dump(exclude={"created_at"}),
            "outlets": [
                {
                    **outlet.model_dump(exclude={"id", "permit_version_id"}),
                    "limits": [limit.model_dump(exclude={"id", "outlet_id"}) for limit in limits],
                }
                for outlet, limits in outlets
            ],
            "standing": await endings.standing_of(session, permit.id, on or clock.today()),
        }
    )


def findings_of(content: PermitCreate) -> Findings:
    """Everything that is wrong with a permit."""
    found = Findings()
    rules.check_validity(
        found, valid_from=content.valid_from, valid_to=content.valid_to, issued_on=content.issued_on
    )
    codes = [outlet.code for outlet in content.outlets]
    rules.check_unique(found, "/outlets/{}/code", keys=codes, code="outlet_repeated", text=_OUTLET_TWICE)
    for index, outlet in enumerate(content.outlets):
        rules.check_outlet(found, index, code=outlet.code, medium=outlet.medium)
        _check_limits(found, pointer("outlets", index, "limits"), outlet)
    return found


def _check_limits(found: Findings, where: str, outlet: OutletContent) -> None:
    for place, limit in enumerate(outlet.limits):
        at = f"{where}/{place}"
        rules.check_unit(found, f"{at}/unit", medium=outlet.medium, kind=limit.kind, unit=limit.unit)
        rules.check_order(found, f"{at}/valid_to", valid_from=limit.valid_from, valid_to=limit.valid_to)
    rules.check_unique(
        found,
        where + "/{}",
        keys=[(limit.pollutant_code, limit.kind, limit.valid_from) for limit in outlet.limits],
        code="limit_repeated",
        text=_LIMIT_TWICE,
        rests_on=tuple(f"{where}/*/{name}" for name in ("pollutant_code", "kind", "valid_from")),
    )


async def also_wrong(_: AsyncSession, __: Principal, content: PermitCreate) -> Findings:
    """What the rules say about a permit whose shape is wrong in places."""
    return findings_of(content)


async def issue(session: AsyncSession, principal: Principal, content: PermitCreate) -> PermitRead:
    """Enters an issued permit as version 1, with the dated report obligations that follow from it."""
    findings_of(content).raise_if_any(Invalid)
    uscc = content.permit_number[:18]
    if await enterprises.by_uscc(session, uscc, rows=principal.rows) is None:
        raise EnterpriseNotFound()
    permit, version = _rows_of(content, uscc)
    session.add(permit)
    try:
        await session.flush()
    except IntegrityError as error:
        raise PermitExists() from error
    session.add(version)
    await session.flush()
    await _add_outlets(session, version.id, content.outlets)
    await obligations.generate(session, permit, version)
    await session.flush()
    issued = await image(session, permit, version)
    _tell(session, principal, issued)
    return issued


def _rows_of(content: PermitCreate, uscc: str) -> tuple[Permit, PermitVersion]:
    moment = clock.now()
    permit = Permit(
        id=new_id(),
        permit_number=content.permit_number,
        uscc=uscc,
        site_name=content.site_name,
        current_version=1,
        created_at=moment,
    )
    version = PermitVersion(
        id=new_id(),
        permit_id=permit.id,
        version=1,
        created_at=moment,
        reporting=content.reporting.model_dump(mode="json"),
        **content.model_dump(
            include={"management_class", "industry_code", "valid_from", "valid_to", "issued_on"}
        ),
    )
    return permit, version


async def _add_outlets(session: AsyncSession, version_id: uuid.UUID, outlets: list[OutletContent]) -> None:
    limits = []
    for content in outlets:
        outlet = Outlet(id=new_id(), permit_version_id=version_id, **content.model_dump(exclude={"limits"}))
        session.add(outlet)
        limits += [
            EmissionLimit(id=new_id(), outlet_id=outlet.id, **limit.model_dump()) for limit in content.limits
        ]
    await session.flush()
    session.add_all(limits)


def _tell(session: AsyncSession, principal: Principal, issued: PermitRead) -> None:
    after = issued.model_dump(mode="json")
    audit.record(
        session,
        principal,
        action=PERMIT_ISSUED,
        entity="permit",
        entity_id=issued.permit_number,
        owner=issued.uscc,
        after=after,
    )
    events.emit(
        session,
        kind=PERMIT_ISSUED,
        subject=f"/v1/permits/permits/{issued.permit_number}",
        owner=issued.uscc,
        fact=PermitIssued(**issued.model_dump(include=set(PermitIssued.model_fields))),
    )
