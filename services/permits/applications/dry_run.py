"""Use case of whoever prepares an application: have it checked, with nothing saved."""

from __future__ import annotations

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import Principal
from services.kit.findings import Findings
from services.kit.texts import Text
from services.permits.applications import checks, repository, rules, views
from services.permits.applications.checks import Ground
from services.permits.applications.schemas import (
    ApplicationChecksRead,
    ApplicationContent,
    ApplicationCorrection,
    ApplicationCreate,
)
from services.permits.drafts.views import finding_read
from services.permits.enterprises import repository as enterprises
from services.permits.enterprises.errors import EnterpriseNotFound
from services.permits.permits.errors import PermitNotFound

_OPEN = Text(zh="该场所已有在办的申请", en="this site has an application that is not yet decided")
NOTHING = ApplicationChecksRead(acceptable=True, errors=[], remarks=[])


async def of_submission(
    session: AsyncSession, principal: Principal, content: ApplicationCreate
) -> ApplicationChecksRead:
    """All that a submission of `content` would be refused for, and what the applicant would be told."""
    if await enterprises.by_uscc(session, content.uscc, rows=principal.rows) is None:
        raise EnterpriseNotFound()
    ground = await checks.ground_of(session, principal, content)
    if ground is None:
        raise PermitNotFound()
    found = checks.findings_of(content, ground)
    site = content.content.site_name
    if await repository.open_for(session, content.uscc, site, content.permit_number):
        found.add("/content/site_name", "application_open", _OPEN, article=rules.ARTICLE_ONE_PERMIT)
    return _view(content, ground, found)


async def of_correction(
    session: AsyncSession, principal: Principal, content: ApplicationCorrection, *, application_id: uuid.UUID
) -> ApplicationChecksRead:
    """The same of an application as it would be corrected."""
    application = await views.get(session, principal.rows, application_id)
    ground = await checks.ground_again(session, principal.rows, application, content)
    return _view(content, ground, checks.findings_of(content, ground, corrects=application.site_name))


def _view(content: ApplicationContent, ground: Ground, found: Findings) -> ApplicationChecksRead:
    told = checks.remarks_of(content, ground, applied_on=clock.today())
    return ApplicationChecksRead(
        acceptable=not found.errors,
        errors=[finding_read(each) for each in found.errors],
        remarks=[views.remark_read(each.code, each.text.zh, each.text.en, each.article) for each in told],
    )
