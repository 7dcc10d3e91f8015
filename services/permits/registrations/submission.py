"""Use cases of the enterprise: register a site, change, renew and cancel. Each answer carries a signed receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import audit, clock
from services.kit.auth import Principal
from services.kit.findings import Findings
from services.kit.identifiers.permit_number import site_serial
from services.kit.ids import new_id
from services.kit.receipt_keys import ReceiptOffice
from services.permits.endings import service as endings
from services.permits.enterprises import repository as enterprises
from services.permits.enterprises.errors import EnterpriseNotFound
from services.permits.registrations import checks, repository, rules, views
from services.permits.registrations.errors import (
    NoNumberLeft,
    RegistrationInvalid,
    RegistrationStepNotOpen,
    RegistrationSuperseded,
    RenewalTooEarly,
    SitePermitted,
    SiteRegistered,
)
from services.permits.registrations.events import KINDS, tell
from services.permits.registrations.models import Registration, RegistrationVersion
from services.permits.registrations.practice import practice
from services.permits.registrations.schemas import (
    RegistrationCancel,
    RegistrationChange,
    RegistrationContent,
    RegistrationCreate,
    RegistrationRead,
    RegistrationRenewal,
)

RECEIPT_KIND = "permits.registration"


@dataclass(frozen=True, slots=True)
class _Filing:
    """One version to be: its step, its days, what it says and what the class finder said to it."""

    step: rules.Step
    valid_from: date
    valid_to: date
    content: dict[str, Any]
    classification: dict[str, Any]
    for_review: bool
    changed_on: date | None = None
    days_late: int = 0


async def register(
    session: AsyncSession, principal: Principal, content: RegistrationCreate, *, office: ReceiptOffice
) -> RegistrationRead:
    """A site's first registration. Two at once: the enterprise's lock lets one win, the other gets 409."""
    enterprise = None
    if principal.rows.covers(content.uscc):
        enterprise = await enterprises.by_uscc(session, content.uscc, rows=principal.rows, lock=True)
    if enterprise is None:
        raise EnterpriseNotFound()
    filing = _form(
        content,
        rules.Step.FIRST,
        valid_from=clock.today(),
        valid_to=rules.validity(clock.today(), practice()),
    )
    serial, number = await _number_for(session, content)
    registration = Registration(
        id=new_id(),
        receipt_number=number,
        uscc=content.uscc,
        site_serial=serial,
        site_name=content.site_name,
        version=0,
        valid_from=filing.valid_from,
        valid_to=filing.valid_to,
        filed_at=clock.now(),
        updated_at=clock.now(),
    )
    return await _file(session, principal, registration, filing, office=office)


async def change(
    session: AsyncSession,
    principal: Principal,
    content: RegistrationChange,
    *,
    number: str,
    office: ReceiptOffice,
) -> RegistrationRead:
    """What changed, filed anew (条例 art. 24); a late one is taken, and says how many days late it is."""
    registration, newest = await _open(session, principal, number, content.version, rules.Step.CHANGE)
    today = clock.today()
    filing = _form(
        content,
        rules.Step.CHANGE,
        valid_from=newest.valid_from,
        valid_to=newest.valid_to,
        changed_on=content.changed_on,
        days_late=rules.days_late(content.changed_on, today, practice()),
        since=_first_day(registration),
    )
    return await _file(session, principal, registration, filing, office=office)


async def renew(
    session: AsyncSession,
    principal: Principal,
    content: RegistrationRenewal,
    *,
    number: str,
    office: ReceiptOffice,
) -> RegistrationRead:
    """For the next five years; one that comes late leaves the days in between unregistered."""
    registration, newest = await _open(session, principal, number, content.version, rules.Step.RENEWAL)
    today = clock.today()
    opens_on = rules.renewal_opens_on(newest.valid_to, practice())
    if today < opens_on:
        raise RenewalTooEarly(opens_on=opens_on.isoformat())
    first = rules.renewed_from(newest.valid_to, today)
    filing = _form(
        content,
        rules.Step.RENEWAL,
        valid_from=first,
        valid_to=rules.validity(first, practice()),
        days_late=rules.renewal_late(newest.valid_to, today),
    )
    return await _file(session, principal, registration, filing, office=office)


async def cancel(
    session: AsyncSession,
    principal: Principal,
    content: RegistrationCancel,
    *,
    number: str,
    office: ReceiptOffice,
) -> RegistrationRead:
    """The holder discharges here no more; the site may be registered anew, under another number."""
    registration, newest = await _open(session, principal, number, content.version, rules.Step.CANCELLATION)
    today, found = clock.today(), Findings()
    rules.check_changed_on(found, content.changed_on, filed_on=today, since=_first_day(registration))
    found.raise_if_any(RegistrationInvalid)
    filing = _Filing(
        rules.Step.CANCELLATION,
        newest.valid_from,
        newest.valid_to,
        {"reason": content.reason, "changed_on": content.changed_on.isoformat()},
        newest.classification,
        for_review=False,
        changed_on=content.changed_on,
        days_late=rules.days_late(content.changed_on, today, practice()),
    )
    return await _file(session, principal, registration, filing, office=office)


def _first_day(registration: Registration) -> date:
    return registration.filed_at.astimezone(clock.CITY_TIME).date()


def _form(
    content: RegistrationContent,
    step: rules.Step,
    *,
    valid_from: date,
    valid_to: date,
    changed_on: date | None = None,
    days_late: int = 0,
    since: date | None = None,
) -> _Filing:
    """A form that may be filed: right in itself, and of a site for which a registration is enough."""
    found = checks.findings_of(content)
    if changed_on is not None and since is not None:
        rules.check_changed_on(found, changed_on, filed_on=clock.today(), since=since)
    found.raise_if_any(RegistrationInvalid)
    classification = checks.classified(content)
    return _Filing(
        step,
        valid_from,
        valid_to,
        content.model_dump(mode="json", exclude={"version"}),
        classification.model_dump(mode="json"),
        for_review=checks.waits_for_review(classification),
        changed_on=changed_on,
        days_late=days_late,
    )


async def _number_for(session: AsyncSession, content: RegistrationCreate) -> tuple[int, str]:
    """Serial and receipt number of a site that has no registration; 409 where it has one, or a permit."""
    registered = await repository.of_enterprise(session, content.uscc)
    permits = await repository.permits_of(session, content.uscc)
    of_site = [each for each in registered if each.site_name == content.site_name]
    live = next((each for each in of_site if not each.cancelled), None)
    if live is not None:
        raise SiteRegistered(registration=f"/v1/permits/registrations/{live.receipt_number}")
    permitted = [each for each in permits if each.site_name == content.site_name]
    standings = await endings.standings_of(session, {each.id for each in permitted}, clock.today())
    if "in_force" in standings.values():
        raise SitePermitted()
    taken = {each.site_serial for each in registered} | {site_serial(each.permit_number) for each in permits}
    own = {each.site_serial for each in of_site} | {site_serial(each.permit_number) for each in permitted}
    for serial in (*sorted(own, reverse=True), rules.next_serial(taken)):
        given = {each.receipt_number[-1] for each in registered if each.site_serial == serial}
        mark = rules.next_mark(given, practice())
        if serial is not None and serial > 0 and mark is not None:
            return serial, rules.receipt_number(content.uscc, serial, mark)
    raise NoNumberLeft()


async def _open(
    session: AsyncSession, principal: Principal, number: str, version: int, step: rules.Step
) -> tuple[Registration, RegistrationVersion]:
    """The registration, locked, and its newest version, where the step is open and the version is the newest."""
    registration = await views.get(session, principal.rows, number, lock=True)
    newest = await repository.version_of(session, registration.id, registration.version)
    if newest is None or version != registration.version:
        raise RegistrationSuperseded(version=registration.version)
    standing = rules.standing_on(views.filed(newest), clock.today())
    if step not in rules.OPEN[standing]:
        raise RegistrationStepNotOpen(standing=standing)
    return registration, newest


async def _file(
    session: AsyncSession,
    principal: Principal,
    registration: Registration,
    filing: _Filing,
    *,
    office: ReceiptOffice,
) -> RegistrationRead:
    """Adds the version with its receipt; it counts from today on."""
    before = registration.version or None
    _advance(registration, filing)
    session.add(registration)
    try:
        await session.flush()
    except IntegrityError as error:
        raise SiteRegistered() from error
    about = registration.model_dump(include={"uscc", "receipt_number", "version"})
    document = {**about, "step": filing.step.value, **filing.content}
    issued = office.issue(
        kind=RECEIPT_KIND,
        subject=f"/v1/permits/registrations/{registration.receipt_number}",
        document=document,
        submitted_by=principal.subject,
        on_behalf_of=registration.uscc,
    )
    version = RegistrationVersion(
        id=new_id(),
        registration_id=registration.id,
        version=registration.version,
        step=filing.step,
        effective_on=clock.today(),
        valid_from=filing.valid_from,
        valid_to=filing.valid_to,
        changed_on=filing.changed_on,
        days_late=filing.days_late,
        document=document,
        document_sha256=issued.receipt.document_sha256,
        classification=filing.classification,
        for_review=filing.for_review,
        submitted_by=principal.subject,
        submitted_at=clock.now(),
        receipt_id=issued.receipt.receipt_id,
        receipt_jws=issued.jws,
    )
    session.add(version)
    await session.flush()
    fact = tell(session, registration, version)
    audit.record(
        session,
        principal,
        action=KINDS[version.step],
        entity="registration",
        entity_id=registration.receipt_number,
        owner=registration.uscc,
        before={"version": before} if before else None,
        after=fact.model_dump(mode="json"),
    )
    return await views.read(session, principal.rows, registration.receipt_number)


def _advance(registration: Registration, filing: _Filing) -> None:
    registration.version += 1
    if filing.step is rules.Step.RENEWAL and filing.days_late:
        registration.valid_from = filing.valid_from  # in time, it goes on with what holds
    registration.valid_to = filing.valid_to
    registration.site_name = filing.content.get("site_name", registration.site_name)
    registration.for_review, registration.permit_needed = filing.for_review, False
    registration.cancelled = filing.step is rules.Step.CANCELLATION
    registration.updated_at = clock.now()
