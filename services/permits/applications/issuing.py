"""What a grant makes: a first permit, or the next version of one."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import Principal
from services.permits.applications.rules import Kind
from services.permits.applications.schemas_steps import ApplicationDecisionCreate
from services.permits.applications.stepping import Opened
from services.permits.enterprises import service as enterprises
from services.permits.enterprises.schemas import EnterpriseUpdate
from services.permits.permits import service as permits
from services.permits.permits.rules import last_valid_day
from services.permits.permits.schemas import (
    AmendmentKind,
    Basis,
    PermitContent,
    PermitCreate,
    PermitProposal,
    PermitRead,
)

ARTICLE_SUPPLEMENT = "排污许可管理办法（生态环境部令第32号）"


async def issue(
    session: AsyncSession, principal: Principal, opened: Opened, content: ApplicationDecisionCreate
) -> PermitRead:
    """The permit that was applied for: its content is the application's, its dates follow from the kind."""
    proposed = PermitProposal.model_validate(opened.newest.document["content"])
    if opened.case.kind is Kind.FIRST:
        begin = content.valid_from or clock.today()
        dates = {"valid_from": begin, "valid_to": last_valid_day(begin), "issued_on": clock.today()}
        return await permits.issue(
            session,
            principal,
            PermitCreate.model_validate(
                {**_members(proposed), **dates, "permit_number": content.permit_number}
            ),
        )
    amended = await _amend(session, principal, opened, content, proposed)
    await _change_enterprise(session, principal, opened)
    return amended


async def _amend(
    session: AsyncSession,
    principal: Principal,
    opened: Opened,
    content: ApplicationDecisionCreate,
    proposed: PermitProposal,
) -> PermitRead:
    """条例 art. 14, 15: a change keeps the term, a re-application begins a new one, a renewal follows on the old."""
    application, kind, today = opened.application, opened.case.kind, clock.today()
    number = str(application.permit_number)
    present = await permits.read(session, principal.rows, number=number, as_of=None)
    begin, end = present.valid_from, present.valid_to
    effective = max(today, present.basis.effective_from)
    if kind is Kind.REAPPLICATION:
        begin = effective = max(content.valid_from or today, present.basis.effective_from)
        end = last_valid_day(begin)
    elif kind is Kind.RENEWAL:
        begin = effective = present.valid_to + timedelta(days=1)
        end = last_valid_day(begin)
    dates = {"valid_from": begin, "valid_to": end, "issued_on": today}
    return await permits.amend(
        session,
        principal,
        permit_number=number,
        content=PermitContent.model_validate({**_members(proposed), **dates}),
        basis=Basis(
            kind=_basis(kind, opened),
            effective_from=effective,
            article=ARTICLE_SUPPLEMENT if kind is Kind.SUPPLEMENT else None,
            application=f"/v1/permits/applications/{application.id}",
        ),
    )


def _basis(kind: Kind, opened: Opened) -> AmendmentKind:
    if kind is Kind.REAPPLICATION:
        return "reapplication"
    if kind is Kind.RENEWAL:
        return "renewal"
    basic = kind is Kind.CHANGE and opened.newest.document["enterprise"] is not None
    return "basic_change" if basic else "change"


def _members(proposed: PermitProposal) -> dict[str, object]:
    return {name: getattr(proposed, name) for name in PermitProposal.model_fields}


async def _change_enterprise(session: AsyncSession, principal: Principal, opened: Opened) -> None:
    """条例 art. 14: a granted change of name, address or representative is in the register as well."""
    stated = opened.newest.document["enterprise"]
    if stated is None:
        return
    update = EnterpriseUpdate.model_validate(stated)
    await enterprises.change(session, principal, update, uscc=opened.application.uscc, if_match="*")
