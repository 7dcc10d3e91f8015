"""Use cases of the applicant: submit, correct as asked, withdraw. What was submitted has its signed receipt."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import Principal
from services.kit.ids import new_id
from services.kit.receipt_keys import ReceiptOffice
from services.kit.working_days import published_calendar
from services.permits.applications import checks, repository, stepping, views
from services.permits.applications.checks import Ground
from services.permits.applications.disclosed import judged
from services.permits.applications.errors import ApplicationInvalid, ApplicationOpen, ApplicationSuperseded
from services.permits.applications.models import Application, ApplicationStep, ApplicationVersion
from services.permits.applications.rules import State, Step
from services.permits.applications.rules_clocks import completeness_deadline
from services.permits.applications.schemas import (
    ApplicationContent,
    ApplicationCorrection,
    ApplicationCreate,
    ApplicationRead,
)
from services.permits.attachments import repository as attachments
from services.permits.attachments.sealing import sealed
from services.permits.enterprises import repository as enterprises
from services.permits.enterprises.errors import EnterpriseNotFound
from services.permits.permits.errors import PermitNotFound

RECEIPT_KIND = "permits.application"


async def submit(
    session: AsyncSession, principal: Principal, content: ApplicationCreate, *, office: ReceiptOffice
) -> ApplicationRead:
    """Takes an application. Two at once for one site: the index lets one in, the other gets 409."""
    enterprise = await enterprises.by_uscc(session, content.uscc, rows=principal.rows)
    if enterprise is None or not principal.rows.covers(content.uscc):
        raise EnterpriseNotFound()
    ground = await checks.ground_of(session, principal, content)
    if ground is None:
        raise PermitNotFound()
    checks.findings_of(content, ground).raise_if_any(ApplicationInvalid)
    application = _application(content)
    if await repository.open_for(session, content.uscc, application.site_name, content.permit_number):
        raise ApplicationOpen()
    session.add(application)
    try:
        await session.flush()
    except IntegrityError as error:
        raise ApplicationOpen() from error
    await _add_version(session, principal, application, content, ground, office=office)
    session.add(_first_step(principal, application))
    await session.flush()
    stepping.tell_submission(session, principal, application)
    return await views.view(session, principal.rows, application)


async def correct(
    session: AsyncSession,
    principal: Principal,
    content: ApplicationCorrection,
    *,
    application_id: uuid.UUID,
    office: ReceiptOffice,
) -> ApplicationRead:
    """Answers a notice with the whole application anew (条例 art. 9(3), (5)); the version before it stays."""
    opened = await stepping.open_one(session, principal, application_id, office=office, must_match=False)
    application = opened.application
    if content.corrects_version != application.version:
        raise ApplicationSuperseded(version=application.version)
    stepping.refuse_unless_open(principal, opened, Step.CORRECT)
    ground = await checks.ground_again(session, principal.rows, application, content)
    found = checks.findings_of(content, ground, corrects=application.site_name)
    found.raise_if_any(ApplicationInvalid)
    application.version += 1
    application.management_class = content.content.management_class
    opened.newest = await _add_version(session, principal, application, content, ground, office=office)
    await stepping.take(
        session, principal, opened, Step.CORRECT, office=office, detail={"version": application.version}
    )
    return await views.view(session, principal.rows, application)


async def withdraw(
    session: AsyncSession,
    principal: Principal,
    *,
    reason: str,
    application_id: uuid.UUID,
    office: ReceiptOffice,
) -> ApplicationRead:
    """Ends an application that is not yet decided."""
    opened = await stepping.open_one(session, principal, application_id, office=office, must_match=False)
    await stepping.take(session, principal, opened, Step.WITHDRAW, office=office, detail={"reason": reason})
    return await views.view(session, principal.rows, opened.application)


def _application(content: ApplicationCreate) -> Application:
    today = clock.today()
    due = completeness_deadline(today, published_calendar()).on
    return Application(
        id=new_id(),
        **content.model_dump(include={"uscc", "kind", "permit_number"}),
        site_name=content.content.site_name,
        management_class=content.content.management_class,
        state=State.SUBMITTED,
        version=1,
        revision=1,
        submitted_on=today,
        completeness_due=due,
        due_on=due,
        updated_at=clock.now(),
    )


def _first_step(principal: Principal, application: Application) -> ApplicationStep:
    return ApplicationStep(
        id=new_id(),
        application_id=application.id,
        revision=1,
        step=Step.SUBMIT,
        state=State.SUBMITTED,
        taken_on=application.submitted_on,
        taken_at=clock.now(),
        taken_by=principal.subject,
        detail={"version": 1},
    )


def _document(application: Application, content: ApplicationContent, ground: Ground) -> dict[str, Any]:
    """What was submitted, with what it is about and what the applicant is told of time."""
    told = checks.remarks_of(content, ground, applied_on=application.submitted_on)
    stated = content.model_dump(mode="json", exclude={"uscc", "kind", "permit_number", "corrects_version"})
    disclosed = judged(content, ground.disclosed)
    return {
        **application.model_dump(mode="json", include={"uscc", "kind", "permit_number", "version"}),
        "application_id": str(application.id),
        **stated,
        "attachments": [sealed(each, ground.attachments[each.attachment_id]) for each in content.attachments],
        "disclosed": disclosed and disclosed.model_dump(mode="json"),
        "permit_valid_to": ground.valid_to and ground.valid_to.isoformat(),
        "remarks": [
            views.remark_read(each.code, each.text.zh, each.text.en, each.article).model_dump(mode="json")
            for each in told
        ],
    }


async def _add_version(
    session: AsyncSession,
    principal: Principal,
    application: Application,
    content: ApplicationContent,
    ground: Ground,
    *,
    office: ReceiptOffice,
) -> ApplicationVersion:
    document = _document(application, content, ground)
    issued = office.issue(
        kind=RECEIPT_KIND,
        subject=f"/v1/permits/applications/{application.id}/versions/{application.version}",
        document=document,
        submitted_by=principal.subject,
        on_behalf_of=application.uscc,
    )
    version = ApplicationVersion(
        id=new_id(),
        application_id=application.id,
        version=application.version,
        document=document,
        document_sha256=issued.receipt.document_sha256,
        submitted_by=principal.subject,
        submitted_at=clock.now(),
        receipt_id=issued.receipt.receipt_id,
        receipt_jws=issued.jws,
    )
    session.add(version)
    await session.flush()
    await attachments.add_uses(session, version.id, [each.attachment_id for each in content.attachments])
    return version
