"""Use case of the inspector: confirm a reported exceedance."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.attempts import Attempt
from services.kit.auth import Principal
from services.kit.ids import new_id
from services.permits.exceedances import rules
from services.permits.exceedances.errors import AlreadyConfirmed, ExceedanceDismissed, NotExceeded
from services.permits.exceedances.events import EXCEEDANCE_CONFIRMED, ExceedanceConfirmed
from services.permits.exceedances.models import ExceedanceConfirmation
from services.permits.exceedances.schemas import ConfirmationCreate, ConfirmationRead
from services.permits.reports import repository as reports
from services.permits.reports.errors import FourEyes, ReportNotFound, VersionSuperseded
from services.permits.reports.models import Report, ReportVersion
from services.permits.reports.schemas import ExceedanceRead, SpecialExceedanceRead
from services.permits.violations import repository as violations
from services.permits.violations.rules import State, figure_cause


def view(confirmation: ExceedanceConfirmation) -> ConfirmationRead:
    return ConfirmationRead.model_validate(
        {**confirmation.model_dump(), "article": rules.article_of(confirmation.day)}
    )


async def confirm(
    session: AsyncSession, principal: Principal, content: ConfirmationCreate
) -> ConfirmationRead:
    """Confirms one exceedance of the newest version; a second time it is 409."""
    report = await reports.by_id(session, content.report_id, rows=principal.rows, lock=True)
    version = await reports.version_of(session, report.id, report.version) if report else None
    if report is None or version is None:
        raise ReportNotFound()
    if content.report_version != report.version:
        raise VersionSuperseded(version=report.version)
    if version.submitted_by == principal.subject:
        raise FourEyes(
            Attempt(
                entity="report",
                entity_id=report.id,
                owner=report.uscc,
                duty="confirm",
                counterparts=[version.submitted_by],
            )
        )
    shown = _shown(version, content)
    await _refuse_dismissed(session, report, shown)
    confirmation = _confirmation(principal, report, content, shown)
    session.add(confirmation)
    try:
        await session.flush()
    except IntegrityError as error:
        raise AlreadyConfirmed() from error
    _tell(session, principal, confirmation, submitted_by=version.submitted_by)
    return view(confirmation)


async def _refuse_dismissed(session: AsyncSession, report: Report, shown: rules.Reported) -> None:
    """条例 art. 27: two inspectors decided that it was none; it is locked, so that they do not decide meanwhile."""
    place = shown.outlet_code or (shown.scope if shown.day is None else "plant")
    cause = figure_cause(report.id, place, shown.pollutant_code, shown.kind, day=shown.day)
    violation = await violations.by_cause(session, cause, lock=True)
    if violation is not None and violation.state == State.DISMISSED:
        raise ExceedanceDismissed(violation=f"/v1/permits/violations/{violation.id}")


def _shown(version: ReportVersion, content: ConfirmationCreate) -> rules.Reported:
    found = [
        rules.Reported(**ExceedanceRead.model_validate(each).model_dump()) for each in version.exceedances
    ]
    found += [_special(each) for each in version.special_exceedances]
    named = content.model_dump(include={"outlet_code", "pollutant_code", "kind", "scope", "day"})
    reported = rules.reported_exceedance(found, **named)
    if reported is None:
        raise NotExceeded()
    return reported


def _special(row: dict[str, Any]) -> rules.Reported:
    """One of a special period; of the whole plant the outlet is empty, as that of a total is."""
    each = SpecialExceedanceRead.model_validate(row).model_dump()
    return rules.Reported(**{**each, "outlet_code": each["outlet_code"] or ""})


def _confirmation(
    principal: Principal, report: Report, content: ConfirmationCreate, shown: rules.Reported
) -> ExceedanceConfirmation:
    return ExceedanceConfirmation(
        id=new_id(),
        **content.model_dump(exclude={"outlet_code"}),
        outlet_code=shown.outlet_code,
        ground=shown.ground,
        alert_level=shown.alert_level,
        **report.model_dump(include={"permit_number", "uscc", "period_start", "period_end"}),
        limit_value=shown.limit,
        value=shown.value,
        multiple=shown.multiple or Decimal(0),
        confirmed_by=principal.subject,
        confirmed_at=clock.now(),
    )


def _tell(
    session: AsyncSession, principal: Principal, confirmation: ExceedanceConfirmation, *, submitted_by: str
) -> None:
    fact = ExceedanceConfirmed(
        confirmation_id=confirmation.id,
        version=confirmation.report_version,
        limit=confirmation.limit_value,
        article=rules.article_of(confirmation.day),
        **confirmation.model_dump(exclude={"id", "report_version", "limit_value", "finding"}),
    )
    deeds.record(
        session,
        principal,
        kind=EXCEEDANCE_CONFIRMED,
        entity="exceedance_confirmation",
        entity_id=confirmation.id,
        subject=f"/v1/permits/reports/{confirmation.report_id}",
        owner=confirmation.uscc,
        after=view(confirmation).model_dump(mode="json"),
        duty="confirm",
        counterparts=[submitted_by],
        fact=fact,
    )
