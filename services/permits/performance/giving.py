"""Use cases of classes: given by a rating or a downgrade, read as of a day, listed for everybody."""

from __future__ import annotations

from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import Principal, RowScope
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.permits.performance import publishing, repository, rules, views
from services.permits.performance.editions import Editions
from services.permits.performance.errors import PerformanceInvalid
from services.permits.performance.events import PERFORMANCE_GIVEN, ClassGiven
from services.permits.performance.models import PerformanceClass, PerformanceDeclaration
from services.permits.performance.schemas import (
    DisclosedClass,
    DowngradeCreate,
    PerformanceNotice,
    PermitClassRead,
)
from services.permits.permits.errors import PermitNotFound


async def give_rated(
    session: AsyncSession, principal: Principal, row: PerformanceDeclaration, *, basis: str
) -> None:
    """The class of a declaration whose notice is over, from the day of its effect on."""
    made = PerformanceClass(
        id=new_id(),
        permit_number=row.permit_number,
        uscc=row.uscc,
        edition=row.edition,
        sector=row.sector,
        given_class=row.granted_class,
        effective_from=row.stood_on,
        ground="rating",
        declaration_id=row.id,
        basis=basis,
        given_by=principal.subject,
        given_at=clock.now(),
    )
    await _give(session, principal, made)


async def _give(session: AsyncSession, principal: Principal, made: PerformanceClass) -> None:
    session.add(made)
    await session.flush()
    fact = ClassGiven(**made.model_dump(include=set(ClassGiven.model_fields)))
    deeds.record(
        session,
        principal,
        kind=PERFORMANCE_GIVEN,
        entity="performance_class",
        entity_id=made.id,
        subject=f"/v1/permits/performance/permits/{made.permit_number}",
        owner=made.uscc,
        after={**fact.model_dump(mode="json"), "reason": made.reason, "basis": made.basis},
        fact=fact,
    )


async def downgrade(
    session: AsyncSession,
    principal: Principal,
    content: DowngradeCreate,
    *,
    permit_number: str,
    editions: Editions,
) -> PermitClassRead:
    """A lower class from a day on, with its reason; 422 where the site has none to lower."""
    permit = await repository.permit(session, permit_number, rows=principal.rows, lock=True)
    if permit is None:
        raise PermitNotFound()
    given = await repository.classes_of(session, permit_number)
    now = rules.holding(views.given_of(given), content.effective_from)
    row = next((each for each in given if now is not None and each.sequence == now.entered), None)
    edition = editions.named(row.edition) if row else None
    scheme = edition.scheme_of(row.sector) if edition and row else None
    found = Findings()
    newest = max((each.effective_from for each in given), default=None)
    rules.check_downgrade(
        found,
        now=row.given_class if row else None,
        since=newest,
        to=content.given_class,
        day=content.effective_from,
        classes=scheme.classes if scheme else (),
    )
    found.raise_if_any(PerformanceInvalid)
    if row is None:
        raise PerformanceInvalid()
    made = PerformanceClass(
        id=new_id(),
        permit_number=permit_number,
        uscc=permit.uscc,
        edition=row.edition,
        sector=row.sector,
        given_class=content.given_class,
        effective_from=content.effective_from,
        ground="downgrade",
        reason=content.reason,
        basis=content.basis,
        given_by=principal.subject,
        given_at=clock.now(),
    )
    await _give(session, principal, made)
    return await class_on(
        session, principal.rows, permit_number=permit_number, on=content.effective_from, editions=editions
    )


async def class_on(
    session: AsyncSession, rows: RowScope, *, permit_number: str, on: date, editions: Editions
) -> PermitClassRead:
    """The class of a site on a day, and all that it was given."""
    permit = await repository.permit(session, permit_number, rows=rows)
    if permit is None:
        raise PermitNotFound()
    given = await repository.classes_of(session, permit_number)
    now = rules.holding(views.given_of(given), on)
    row = next((each for each in given if now is not None and each.sequence == now.entered), None)
    return PermitClassRead(
        permit_number=permit_number,
        uscc=permit.uscc,
        on=on,
        given_class=row.given_class if row else None,
        exempt=_exempt(row, editions),
        holding=views.class_view(row) if row else None,
        history=[views.class_view(each) for each in given],
    )


def _exempt(row: PerformanceClass | None, editions: Editions) -> bool:
    edition = editions.named(row.edition) if row else None
    scheme = edition.scheme_of(row.sector) if edition and row else None
    return row is not None and scheme is not None and row.given_class in scheme.exempt


async def disclosed(
    session: AsyncSession, *, query: PageQuery, on: date, given_class: str | None
) -> Page[DisclosedClass]:
    """The class list, for everybody."""
    found, following = await repository.classes_on(session, on, query=query, given_class=given_class)
    names = await repository.names_of(session, [each.permit_number for each in found])
    items = [
        DisclosedClass(
            enterprise_name=names[each.permit_number][0],
            site_name=names[each.permit_number][1],
            **each.model_dump(
                include={"permit_number", "uscc", "edition", "sector", "given_class", "effective_from"}
            ),
        )
        for each in found
    ]
    return Page(items=items, next_cursor=following)


async def notices(session: AsyncSession, *, query: PageQuery) -> Page[PerformanceNotice]:
    """What is under public notice today."""
    found, following = await repository.noticed_on(session, clock.today(), query=query)
    names = await repository.names_of(session, [each.permit_number for each in found])
    opened = await publishing.notices_of(session, [each.id for each in found])
    known = set(PerformanceNotice.model_fields) - {"enterprise_name", "notice_id"}
    items = [
        PerformanceNotice.model_validate(
            {
                **each.model_dump(include=known),
                "enterprise_name": names[each.permit_number][0],
                "notice_id": opened.get(each.id),
            }
        )
        for each in found
    ]
    return Page(items=items, next_cursor=following)
