"""Use cases of enterprises: register, change, read."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import Principal, RowScope
from services.kit.event_catalogue import EventType
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.kit.routing import require_match
from services.kit.schemas import Page
from services.permits.enterprises import repository, views
from services.permits.enterprises.errors import EnterpriseExists, EnterpriseNotFound
from services.permits.enterprises.events import ENTERPRISE_CHANGED, ENTERPRISE_REGISTERED, EnterpriseFact
from services.permits.enterprises.models import Enterprise
from services.permits.enterprises.schemas import EnterpriseCreate, EnterpriseRead, EnterpriseUpdate


async def get(session: AsyncSession, principal: Principal, *, uscc: str) -> EnterpriseRead:
    enterprise = await repository.by_uscc(session, uscc, rows=principal.rows)
    if enterprise is None:
        raise EnterpriseNotFound()
    return await views.view_of(session, enterprise)


async def to_prepare_for(
    session: AsyncSession, rows: RowScope, *, uscc: str, permit_number: str | None
) -> Enterprise:
    """Whom the caller prepares something for: an agent narrowed to sites, only what is about their permits."""
    enterprise = await repository.by_uscc(session, uscc, rows=rows)
    if enterprise is None or not rows.covers_site(uscc, permit_number):
        raise EnterpriseNotFound()
    return enterprise


async def listing(
    session: AsyncSession, principal: Principal, *, query: PageQuery, **filters: str | None
) -> Page[EnterpriseRead]:
    found, following = await repository.page_of(session, rows=principal.rows, query=query, **filters)
    return Page(items=await views.views_of(session, found), next_cursor=following)


async def register(session: AsyncSession, principal: Principal, content: EnterpriseCreate) -> EnterpriseRead:
    """Adds an enterprise to the register; 409 where its USCC is there already."""
    moment = clock.now()
    enterprise = Enterprise(id=new_id(), created_at=moment, updated_at=moment, **content.model_dump())
    session.add(enterprise)
    try:
        await session.flush()
    except IntegrityError as error:
        raise EnterpriseExists() from error
    _tell(session, principal, enterprise, kind=ENTERPRISE_REGISTERED, before=None)
    return await views.view_of(session, enterprise)


async def change(
    session: AsyncSession, principal: Principal, content: EnterpriseUpdate, *, uscc: str, if_match: str | None
) -> EnterpriseRead:
    """Changes what the update names, if the editor saw the present version. No difference is no new version."""
    enterprise = await repository.by_uscc(session, uscc, rows=principal.rows, lock=True)
    if enterprise is None:
        raise EnterpriseNotFound()
    require_match(if_match, etag=views.etag(await views.view_of(session, enterprise)))
    before = _image(enterprise)
    named = content.model_dump(exclude_none=True)
    if named.items() <= before.items():
        return await views.view_of(session, enterprise)
    for name, value in named.items():
        setattr(enterprise, name, value)
    enterprise.version += 1
    enterprise.updated_at = clock.now()
    _tell(session, principal, enterprise, kind=ENTERPRISE_CHANGED, before=before)
    return await views.view_of(session, enterprise)


def _image(enterprise: Enterprise) -> dict[str, object]:
    return EnterpriseRead.model_validate(enterprise).model_dump(mode="json", exclude={"credit"})


def _tell(
    session: AsyncSession,
    principal: Principal,
    enterprise: Enterprise,
    *,
    kind: EventType,
    before: dict[str, object] | None,
) -> None:
    deeds.record(
        session,
        principal,
        kind=kind,
        entity="enterprise",
        entity_id=enterprise.uscc,
        owner=enterprise.uscc,
        before=before,
        after=_image(enterprise),
        subject=f"/v1/permits/enterprises/{enterprise.uscc}",
        fact=EnterpriseFact.model_validate(enterprise),
    )
