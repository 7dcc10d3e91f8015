"""What an application says of its disclosure, with the notice that it names."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.findings import Findings
from services.kit.working_days import published_calendar
from services.permits.applications import repository
from services.permits.applications.models import Application, ApplicationVersion
from services.permits.applications.periods import periods
from services.permits.applications.rules import Kind
from services.permits.applications.rules_disclosure import Disclosed, NoticeHeld, check_disclosure
from services.permits.applications.schemas import ApplicationContent, DisclosureJudged, PreDisclosureContent
from services.permits.notices import repository as notices


async def disclosed_of(
    session: AsyncSession,
    content: ApplicationContent,
    *,
    uscc: str,
    application_id: uuid.UUID | None = None,
) -> Disclosed:
    """`application_id` is the application that is corrected, which may rest on the same notice again."""
    return await _disclosed(
        session,
        content.pre_disclosure,
        content.disclosure_notice_id,
        uscc=uscc,
        application_id=application_id,
    )


async def findings_now(
    session: AsyncSession, application: Application, newest: ApplicationVersion, *, today: date
) -> Findings:
    """What is wrong today with the disclosure that an application rests on, by the rule of the day on which it came.

    Its notice is locked: it does not end between the question and the answer. Ours: that it is asked again; art. 8(1)
    makes the disclosure a part of the application, art. 11 speaks of conditions alone.
    """
    elsewhere = newest.document.get("pre_disclosure")
    notice_id = newest.document.get("disclosure_notice_id")
    disclosed = await _disclosed(
        session,
        PreDisclosureContent.model_validate(elsewhere) if elsewhere else None,
        uuid.UUID(notice_id) if notice_id else None,
        uscc=application.uscc,
        application_id=application.id,
    )
    found = Findings()
    check_disclosure(
        found,
        kind=Kind(application.kind),
        management_class=application.management_class,
        permit_number=application.permit_number,
        disclosed=disclosed,
        today=today,
        calendar=published_calendar(),
        rule=periods().pre_disclosure_on(application.submitted_on),
    )
    return found


async def _disclosed(
    session: AsyncSession,
    elsewhere: PreDisclosureContent | None,
    notice_id: uuid.UUID | None,
    *,
    uscc: str,
    application_id: uuid.UUID | None,
) -> Disclosed:
    held = None
    if notice_id is not None:
        held = await _held(session, notice_id, uscc=uscc, application_id=application_id)
    return Disclosed(
        stated=(elsewhere.first_day, elsewhere.last_day) if elsewhere else None,
        linked=elsewhere is not None and elsewhere.link is not None,
        names_notice=notice_id is not None,
        notice=held,
    )


async def _held(
    session: AsyncSession, notice_id: uuid.UUID, *, uscc: str, application_id: uuid.UUID | None
) -> NoticeHeld | None:
    await notices.lock(session, notice_id)  # of two applications at once the second sees the first
    notice = await notices.by_id(session, notice_id)
    if notice is None or notice.kind != "pre_application" or notice.uscc != uscc:
        return None
    ended = (await notices.endings_of(session, [notice_id])).get(notice_id)
    return NoticeHeld(
        first=notice.opens_on,
        last=min(notice.closes_on, ended.ended_on - timedelta(days=1)) if ended else notice.closes_on,
        permit_number=notice.permit_number,
        used=await repository.serves_another(session, uscc, notice_id, application_id=application_id),
    )


def judged(content: ApplicationContent, disclosed: Disclosed) -> DisclosureJudged | None:
    """The days that were judged, as they are sealed with the application."""
    if disclosed.days is None:
        return None
    first, last = disclosed.days
    elsewhere = content.pre_disclosure
    return DisclosureJudged(
        source="notice" if disclosed.names_notice else "stated",
        notice_id=content.disclosure_notice_id,
        first_day=first,
        last_day=last,
        where=elsewhere.where if elsewhere else None,
        link=elsewhere.link if elsewhere else None,
    )
