"""Everything that is wrong with an application, before it is taken."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import Principal, RowScope
from services.kit.findings import FieldError, Findings
from services.kit.texts import Text
from services.kit.working_days import published_calendar
from services.permits.applications import repository, rules_content, rules_supplements
from services.permits.applications.disclosed import disclosed_of
from services.permits.applications.models import Application
from services.permits.applications.periods import periods
from services.permits.applications.rules import Kind
from services.permits.applications.rules_content import Remark
from services.permits.applications.rules_disclosure import Disclosed, check_disclosure
from services.permits.applications.schemas import ApplicationContent, ApplicationCorrection, ApplicationCreate
from services.permits.attachments import repository as attachments
from services.permits.attachments.models import Attachment
from services.permits.attachments.rules import check_named
from services.permits.changes import service as changes
from services.permits.changes.rules import Route
from services.permits.eia import repository as eia
from services.permits.eia.models import EiaDocument
from services.permits.endings import service as endings
from services.permits.endings.rules import KINDS
from services.permits.permits import checks as permit_checks
from services.permits.permits import service as permits
from services.permits.permits.errors import PermitNotFound
from services.permits.permits.rules import last_valid_day
from services.permits.permits.schemas import PermitContent, PermitRead
from services.permits.totals import repository as totals
from services.permits.totals.control import control
from services.permits.totals.stated import more_of, yearly_amounts


@dataclass(frozen=True, slots=True)
class Ground:
    """What an application stands on: who applies for what, and what is known of them."""

    uscc: str
    kind: Kind
    permit_number: str | None
    permit: PermitRead | None
    """That it is about, in its newest version; None for a first application."""
    ended: bool
    """Whether that permit was annulled, withdrawn, revoked or cancelled."""
    barred_until: date | None
    held: str | None
    """The permit that the site of a first application holds already."""
    eia: Mapping[uuid.UUID, EiaDocument]
    """Those of the documents named that are the enterprise's."""
    offsets: Collection[uuid.UUID]
    """Those of the offset statements named that are the enterprise's, and neither refused nor withdrawn."""
    attachments: Mapping[uuid.UUID, Attachment]
    """Those of the files named that are the enterprise's, and of this site or of none."""
    disclosed: Disclosed
    applied_on: date
    """The day whose rules of disclosure hold: a correction asks for nothing that was no rule on it."""

    @property
    def valid_to(self) -> date | None:
        return self.permit.valid_to if self.permit else None


async def ground_of(session: AsyncSession, principal: Principal, content: ApplicationCreate) -> Ground | None:
    """None where the permit is not there, or not this enterprise's."""
    permit = None
    kind = Kind(content.kind)
    if kind is not Kind.FIRST and content.permit_number is not None:
        permit = await _permit(session, principal.rows, content.permit_number)
        if permit is None or permit.uscc != content.uscc:
            return None
    held = None
    if kind is Kind.FIRST:
        held = await _held(session, content.uscc, content.content.site_name)
    return await _ground(
        session,
        content,
        permit,
        uscc=content.uscc,
        kind=kind,
        permit_number=content.permit_number,
        held=held,
        applied_on=clock.today(),
    )


async def ground_again(
    session: AsyncSession, rows: RowScope, application: Application, content: ApplicationCorrection
) -> Ground:
    """What a correction stands on: who applies for what is as it was."""
    permit = None
    if application.kind != Kind.FIRST and application.permit_number is not None:
        permit = await _permit(session, rows, application.permit_number)
    return await _ground(
        session,
        content,
        permit,
        uscc=application.uscc,
        kind=Kind(application.kind),
        permit_number=application.permit_number,
        application_id=application.id,
        applied_on=application.submitted_on,
    )


async def _ground(
    session: AsyncSession,
    content: ApplicationContent,
    permit: PermitRead | None,
    *,
    uscc: str,
    kind: Kind,
    permit_number: str | None,
    applied_on: date,
    held: str | None = None,
    application_id: uuid.UUID | None = None,
) -> Ground:
    return Ground(
        uscc=uscc,
        kind=kind,
        permit_number=permit_number,
        permit=permit,
        ended=await has_ended(session, permit.id if permit else None),
        barred_until=await barred_until(session, uscc),
        held=held,
        **await _named(session, content, uscc=uscc, permit_number=permit_number),
        disclosed=await disclosed_of(session, content, uscc=uscc, application_id=application_id),
        applied_on=applied_on,
    )


async def _named(
    session: AsyncSession, content: ApplicationContent, *, uscc: str, permit_number: str | None
) -> dict[str, Any]:
    """What the application names: of the enterprise's documents, statements and files those that are there."""
    offsets = content.quota_source.offset_ids if content.quota_source else []
    files = [each.attachment_id for each in content.attachments]
    return {
        "eia": await eia.of_enterprise(session, uscc, content.eia_ids),
        "offsets": await totals.standing_statements(session, uscc, offsets) if offsets else (),
        "attachments": await attachments.of_site(session, uscc, permit_number, files) if files else {},
    }


def findings_of(
    content: ApplicationContent, ground: Ground, *, corrects: str | None = None, readable: bool = True
) -> Findings:
    """All findings at once. `corrects` is the site of the application that is corrected; what is not `readable` as a
    whole is not compared with the permit."""
    found, today = Findings(), clock.today()
    rules_content.check_number(found, kind=ground.kind, permit_number=ground.permit_number)
    rules_content.check_bar(found, barred_until=ground.barred_until, today=today)
    rules_content.check_not_ended(found, ended=ground.ended)
    rules_content.check_site(found, held=ground.held)
    rules_content.check_same_site(found, before=corrects, now=content.content.site_name)
    check_disclosure(
        found,
        kind=ground.kind,
        management_class=content.content.management_class,
        permit_number=ground.permit_number,
        disclosed=ground.disclosed,
        today=today,
        calendar=published_calendar(),
        rule=periods().pre_disclosure_on(ground.applied_on),
    )
    if ground.valid_to is not None and corrects is None:
        rules_content.check_held(found, valid_to=ground.valid_to, today=today)
    rules_content.check_particulars(
        found,
        kind=ground.kind,
        changes_enterprise=content.enterprise is not None,
        changed_on=content.changed_on,
        today=today,
    )
    named = (ground.eia.get(each) for each in content.eia_ids)
    rules_content.check_eia(found, states=[each.state if each else None for each in named])
    permit = _permit_today(content, today)
    _supplements(found, content, ground)
    if ground.permit is not None and readable:
        rules_content.check_route(found, kind=ground.kind, needs_reapplication=_more(ground.permit, permit))
        rules_supplements.check_quota_source(
            found,
            kind=ground.kind,
            more=more_of(ground.permit, permit, control(), first_year=today.year),
            is_stated=content.quota_source is not None,
        )
    found.errors += _of_the_permit(permit)
    return found


def _supplements(found: Findings, content: ApplicationContent, ground: Ground) -> None:
    """条例 art. 8: what is stated and attached beside the permit's content."""
    rules_supplements.check_sewerage(
        found,
        kind=ground.kind,
        industry_code=content.content.industry_code,
        is_stated=content.sewerage is not None,
        rule=periods().sewage_plants_on(ground.applied_on),
    )
    if content.quota_source is not None:
        offset_ids = content.quota_source.offset_ids
        rules_supplements.check_offsets(found, offset_ids, known=ground.offsets)
    files = [each.attachment_id for each in content.attachments]
    check_named(found, files, known=ground.attachments, article=rules_supplements.ARTICLE_QUOTA)


def remarks_of(content: ApplicationContent, ground: Ground, *, applied_on: date) -> list[Remark]:
    """What the applicant is told; it refuses nothing."""
    limited = yearly_amounts(_permit_today(content, applied_on), control(), applied_on.year)
    return [
        *rules_content.remarks(
            kind=ground.kind,
            applied_on=applied_on,
            valid_to=ground.valid_to,
            changed_on=content.changed_on,
        ),
        *rules_supplements.remarks(
            kind=ground.kind,
            limits_amounts=bool(limited),
            is_stated=content.quota_source is not None,
            eia_decided=[each.decided_on for each in ground.eia.values()],
        ),
    ]


async def has_ended(session: AsyncSession, permit_id: uuid.UUID | None) -> bool:
    """Whether a permit was annulled, withdrawn, revoked or cancelled (行政许可法 art. 69, 70)."""
    if permit_id is None:
        return False
    return await endings.standing_of(session, permit_id, clock.today()) in KINDS


async def barred_until(session: AsyncSession, uscc: str) -> date | None:
    """Until when an enterprise may not apply (条例 art. 40, 41)."""
    bar = await endings.bar_of(session, uscc, clock.today())
    return bar.until if bar else None


async def _held(session: AsyncSession, uscc: str, site_name: str) -> str | None:
    """The number of the permit that a site holds today."""
    permits_of_site = await repository.permits_at(session, uscc, site_name)
    standings = await endings.standings_of(session, permits_of_site, clock.today())
    return next((permits_of_site[each] for each in standings if standings[each] == "in_force"), None)


async def _permit(session: AsyncSession, rows: RowScope, number: str) -> PermitRead | None:
    try:
        return await permits.read(session, rows, number=number, as_of=None)
    except PermitNotFound:
        return None


def _permit_today(content: ApplicationContent, today: date) -> PermitContent:
    """The permit as it would be issued today; its days are the authority's."""
    proposed = content.content
    return PermitContent.model_construct(
        **{name: getattr(proposed, name) for name in type(proposed).model_fields},
        valid_from=today,
        valid_to=last_valid_day(today),
        issued_on=today,
    )


def _more(before: PermitRead, after: PermitContent) -> Iterable[tuple[str, Text, str]]:
    """What of the permit would let more be discharged, or elsewhere."""
    for each in changes.decision(before, after).routed:
        if each.reason.route is Route.REAPPLICATION:
            yield each.pointer, each.reason.text, each.reason.article


def _of_the_permit(permit: PermitContent) -> Iterable[FieldError]:
    for error in permit_checks.findings_of(permit, today=permit.issued_on).errors:
        rests_on = tuple(f"/content{place}" for place in error.rests_on)
        yield replace(error, pointer=f"/content{error.pointer}", rests_on=rests_on)


async def of_submission(session: AsyncSession, principal: Principal, content: ApplicationCreate) -> Findings:
    """What the rules say about an application whose shape is wrong in places."""
    ground = await ground_of(session, principal, content) if principal.rows.covers(content.uscc) else None
    return findings_of(content, ground, readable=False) if ground is not None else Findings()
