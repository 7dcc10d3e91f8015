"""Use cases of permits: enter one that was issued, enter its next version, read one as of a day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import Principal, RowScope
from services.kit.event_catalogue import EventType
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.kit.problems import Invalid
from services.kit.schemas import Page
from services.permits.endings import service as endings
from services.permits.enterprises import repository as enterprises
from services.permits.enterprises.errors import EnterpriseNotFound
from services.permits.obligations import service as obligations
from services.permits.obligations.models import Obligation
from services.permits.permits import checks, repository, views, writing
from services.permits.permits.errors import (
    HolderBarred,
    PermitChanged,
    PermitEnded,
    PermitExists,
    PermitNotFound,
    SitePermitHeld,
)
from services.permits.permits.events import PERMIT_AMENDED, PERMIT_ISSUED, PermitAmended, PermitIssued
from services.permits.permits.models import Permit, PermitVersion
from services.permits.permits.schemas import (
    Basis,
    PermitContent,
    PermitCreate,
    PermitRead,
    VersionCreate,
    VersionSummary,
)


async def read(session: AsyncSession, rows: RowScope, *, number: str, as_of: date | None) -> PermitRead:
    """The permit in the version that held on `as_of`; without a day, its newest version."""
    permit = await repository.by_number(session, number, rows=rows)
    version = await repository.version_on(session, permit.id, as_of) if permit else None
    if permit is None or version is None:
        raise PermitNotFound()
    return await views.image(session, permit, version, on=as_of)


async def read_today(session: AsyncSession, rows: RowScope, *, number: str) -> PermitRead:
    """The permit as it holds today, or held last: a version that takes effect later is not shown before."""
    permit = await repository.by_number(session, number, rows=rows)
    if permit is None:
        raise PermitNotFound()
    return await read_version(
        session, rows, number=number, version=await repository.shown_on(session, permit, clock.today())
    )


async def read_version(session: AsyncSession, rows: RowScope, *, number: str, version: int) -> PermitRead:
    """The permit as one of its versions has it."""
    permit = await repository.by_number(session, number, rows=rows)
    found = await repository.version_numbered(session, permit.id, version) if permit else None
    if permit is None or found is None:
        raise PermitNotFound()
    return await views.image(session, permit, found)


async def versions(
    session: AsyncSession, rows: RowScope, *, number: str, query: PageQuery
) -> Page[VersionSummary]:
    """The versions of a permit, oldest first."""
    permit = await repository.by_number(session, number, rows=rows)
    if permit is None:
        raise PermitNotFound()
    found, following = await repository.versions_page(session, permit.id, query=query)
    return Page(items=[views.summary(permit, version) for version in found], next_cursor=following)


async def read_for_period(
    session: AsyncSession, rows: RowScope, obligation: Obligation, *, known_at: datetime | None = None
) -> PermitRead:
    """The permit as it stood at the end of an obligation's period; its last version where it had ended.

    `known_at`: as its versions were then; one that was entered later, for days before, is not looked at.
    """
    permit = await repository.by_number(session, obligation.permit_number, rows=rows)
    if permit is None:
        raise PermitNotFound()
    held = await repository.version_held(session, permit.id, obligation.period_end, known_at=known_at)
    version = await session.get(PermitVersion, held[0]) if held else None
    if version is None:
        raise PermitNotFound()
    return await views.image(session, permit, version)


async def also_wrong(_: AsyncSession, __: Principal, content: PermitCreate) -> Findings:
    """What the rules say about a permit whose shape is wrong in places."""
    return checks.findings_of(content, today=clock.today())


async def also_wrong_version(
    session: AsyncSession, principal: Principal, content: VersionCreate, *, permit_number: str
) -> Findings:
    """What the rules say about a new version whose shape is wrong in places."""
    permit = await repository.by_number(session, permit_number, rows=principal.rows)
    if permit is None:
        return checks.findings_of(content, today=clock.today())
    return checks.findings_of_version(
        content, content.basis, await repository.versions_of(session, permit.id), today=clock.today()
    )


async def issue(session: AsyncSession, principal: Principal, content: PermitCreate) -> PermitRead:
    """Enters an issued permit as version 1, with the dated report obligations that follow from it."""
    checks.findings_of(content, today=clock.today()).raise_if_any(Invalid)
    uscc = content.permit_number[:18]
    # Locked: of two permits of one site that come at once, the second must see the first.
    if await enterprises.by_uscc(session, uscc, rows=principal.rows, lock=True) is None:
        raise EnterpriseNotFound()
    await _check_issued(session, content)
    permit = Permit(
        id=new_id(),
        permit_number=content.permit_number,
        uscc=uscc,
        site_name=content.site_name,
        current_version=1,
        created_at=clock.now(),
    )
    session.add(permit)
    try:
        await session.flush()
    except IntegrityError as error:
        raise PermitExists() from error
    version = await writing.add_version(session, permit, content, basis=None)
    await obligations.generate(session, permit, version)
    await session.flush()
    issued = await views.image(session, permit, version)
    fact = PermitIssued(**issued.model_dump(include=set(PermitIssued.model_fields)))
    _tell(session, principal, issued, kind=PERMIT_ISSUED, fact=fact)
    return issued


async def _check_issued(session: AsyncSession, content: PermitCreate) -> None:
    """条例 art. 6, 40, 41: one permit a site, and none that was issued while its holder was barred."""
    bar = await endings.bar_of(session, content.permit_number[:18], content.issued_on)
    if bar is not None:
        raise HolderBarred(until=bar.until.isoformat())
    others = await repository.of_site(session, content.permit_number)
    standings = await endings.standings_of(session, others, content.valid_from) if others else {}
    held = next((number for each, number in others.items() if standings[each] == "in_force"), None)
    if held is not None:
        raise SitePermitHeld(permit=f"/v1/permits/permits/{held}")


async def amend(
    session: AsyncSession,
    principal: Principal,
    *,
    permit_number: str,
    content: PermitContent,
    basis: Basis,
    amends_version: int | None = None,
) -> PermitRead:
    """Enters the next version of a permit; the versions before it stay as they are (条例 art. 14-16).

    `amends_version` is the one that the caller saw; None trusts the lock that is taken here. What is owed for
    periods that end on the new version's first day or later follows from it; what was reported stays.
    """
    permit = await repository.by_number(session, permit_number, rows=principal.rows, lock=True)
    if permit is None:
        raise PermitNotFound()
    if amends_version not in (None, permit.current_version):
        raise PermitChanged(version=permit.current_version)
    if await endings.end_of(session, permit.id, date.max) is not None:
        raise PermitEnded()
    before = list(await repository.versions_of(session, permit.id))
    checks.findings_of_version(content, basis, before, today=clock.today()).raise_if_any(Invalid)
    permit.current_version += 1
    permit.site_name = content.site_name
    version = await writing.add_version(session, permit, content, basis=basis)
    await obligations.follow(session, permit, version)
    await session.flush()
    amended = await views.image(session, permit, version)
    known = amended.model_dump(include=set(PermitIssued.model_fields))
    fact = PermitAmended(
        **known,
        basis=basis.kind,
        article=amended.basis.article,
        effective_from=basis.effective_from,
    )
    _tell(session, principal, amended, kind=PERMIT_AMENDED, fact=fact)
    return amended


def _tell(
    session: AsyncSession, principal: Principal, after: PermitRead, *, kind: EventType, fact: PermitIssued
) -> None:
    deeds.record(
        session,
        principal,
        kind=kind,
        entity="permit",
        entity_id=after.permit_number,
        subject=f"/v1/permits/permits/{after.permit_number}",
        owner=after.uscc,
        after=after.model_dump(mode="json"),
        fact=fact,
    )
