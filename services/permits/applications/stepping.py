"""One step of an application, whoever takes it: its row is locked, the rules are asked, the step is kept with its
audit row and its event, in the one transaction of the request."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import audit, clock, events
from services.kit.attempts import Attempt
from services.kit.auth import Principal
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.receipt_keys import ReceiptOffice
from services.kit.rounds import CLOCK
from services.kit.routing import require_match
from services.kit.texts import Text
from services.kit.working_days import published_calendar
from services.permits.applications import checks, reminders, repository, rules, views
from services.permits.applications.disclosed import findings_now
from services.permits.applications.errors import REFUSALS, ApplicationFourEyes
from services.permits.applications.events import OF_STEP, ApplicationFact
from services.permits.applications.models import Application, ApplicationStep, ApplicationVersion
from services.permits.applications.rules import Case, Done, Kind, Obstacle, Party, Step
from services.permits.applications.rules_clocks import lapsed
from services.permits.eia import repository as eia
from services.permits.eia.rules import VERIFIED
from services.permits.permits import repository as permit_rows

RECEIPT_KIND = "permits.application_step"

_SEALED = frozenset(
    {
        *(Step.ACCEPT, Step.DEEM_ACCEPTED, Step.NOTIFY, Step.DECLINE),
        *(Step.FIND_NOT_REQUIRED, Step.FIND_NOT_COMPETENT),
        *(Step.PAUSE, Step.GRANT, Step.REFUSE),
    }
)
"""What the law asks for in writing, dated and under the seal: 条例 art. 9; 行政许可法 art. 32, 38, 45."""

_DUTIES = {Party.REVIEWER: "review", Party.APPROVER: "approve"}


@dataclass(slots=True)
class Opened:
    """An application whose row is locked, with what the rules ask about."""

    application: Application
    newest: ApplicationVersion
    case: Case
    before: dict[str, Any]
    """As it was before the next step."""
    disclosure: Findings = field(default_factory=Findings)
    """What is wrong with the disclosure that it rests on; looked at where a grant is decided or proposed."""


async def open_one(
    session: AsyncSession,
    principal: Principal,
    application_id: uuid.UUID,
    *,
    office: ReceiptOffice,
    if_match: str | None = None,
    must_match: bool = True,
    decides: bool = False,
) -> Opened:
    """Locks an application. What was accepted by the lapse of time meanwhile is accepted before anything else.

    Where a step `decides`, or proposes, a grant, the permit and the notice that it rests on are looked at and locked as
    well: neither ends between the question and the answer.
    """
    application = await views.get(session, principal.rows, application_id, lock=True)
    today = clock.today()
    if must_match:
        require_match(if_match, etag=views.etag(application))
    newest = await repository.version_of(session, application.id, application.version)
    if newest is None:
        raise LookupError(f"application {application.id} has no version {application.version}")
    steps = (await repository.steps_of(session, [application.id]))[application.id]
    findings = await repository.findings_of(session, application.id)
    ids = [uuid.UUID(each) for each in newest.document["eia_ids"]]
    documents = (await eia.of_enterprise(session, application.uscc, ids, lock=True)).values()
    disclosure = await findings_now(session, application, newest, today=today) if decides else Findings()
    case = views.case_of(
        application,
        steps,
        findings=findings,
        permit_ended=await _permit_ended(session, principal, application, lock=decides),
        barred_until=await checks.barred_until(session, application.uscc),
        eia_verified=bool(documents) and all(each.state in VERIFIED for each in documents),
        disclosed=not disclosure.errors,
    )
    opened = Opened(application, newest, case, _image(application), disclosure)
    if lapsed(case, max(today, case.history[-1].on), published_calendar()):
        await take(session, CLOCK, opened, Step.DEEM_ACCEPTED, office=office)
    return opened


async def _permit_ended(
    session: AsyncSession, principal: Principal, application: Application, *, lock: bool
) -> bool:
    if application.kind == Kind.FIRST or application.permit_number is None:
        return False
    number = application.permit_number
    permit = await permit_rows.by_number(session, number, rows=principal.rows, lock=lock)
    return await checks.has_ended(session, permit.id if permit else None)


async def take(
    session: AsyncSession,
    principal: Principal,
    opened: Opened,
    step: Step,
    *,
    office: ReceiptOffice,
    detail: dict[str, Any] | None = None,
    proposes_grant: bool = False,
) -> None:
    """Takes one step, or says why it is not open."""
    application, case, detail = opened.application, opened.case, detail or {}
    today = max(clock.today(), case.history[-1].on)
    refuse_unless_open(principal, opened, step, proposes_grant=proposes_grant)
    opened.case = case.with_step(Done(step, today, principal.subject))
    _move(application, opened.case, step)
    session.add(_row(principal, opened, step, office=office, detail=detail))
    await session.flush()
    _tell(session, principal, application, case, step, before=opened.before, detail=detail)
    if step is Step.DEEM_ACCEPTED:
        await reminders.missed_completeness(session, application, today=today)
    opened.before = _image(application)


def refuse_unless_open(
    principal: Principal, opened: Opened, step: Step, *, proposes_grant: bool = False
) -> None:
    """Raises what stands in the way of a step, all of it named."""
    application, case = opened.application, opened.case
    today = max(clock.today(), case.history[-1].on)
    found = rules.obstacles(case, step, by=principal.subject, on=today, proposes_grant=proposes_grant)
    if rules.Obstacle.FOUR_EYES in found:
        raise ApplicationFourEyes(
            Attempt(
                entity="application",
                entity_id=application.id,
                owner=application.uscc,
                duty=_DUTIES[rules.DUTIES[step].party],
                counterparts=sorted(rules.checked(case, step)),
            )
        )
    if found:
        detail = _said(opened.disclosure) if found[0] is Obstacle.DISCLOSURE_UNMET else None
        raise REFUSALS[found[0]](detail, state=application.state, obstacles=[str(each) for each in found])


def _said(found: Findings) -> Text:
    texts = [each.text for each in found.errors]
    return Text(zh="；".join(each.zh for each in texts), en="; ".join(each.en for each in texts))


def _move(application: Application, case: Case, step: Step) -> None:
    """Brings the application's own row to where the steps lead."""
    today = case.history[-1].on
    application.state = case.state
    application.revision += 1
    application.updated_at = clock.now()
    now = views.stands(case, today)
    application.due_on = now.clock.deadline if now.clock and now.clock.stopped_since is None else None
    if step in (Step.ACCEPT, Step.DEEM_ACCEPTED):
        application.accepted_on, application.deemed_accepted = now.accepted_on, now.deemed_accepted
    elif step is Step.CORRECT:
        application.completeness_due = application.due_on or today
    elif step in (Step.GRANT, Step.REFUSE):
        application.decided_on = today


def _row(
    principal: Principal, opened: Opened, step: Step, *, office: ReceiptOffice, detail: dict[str, Any]
) -> ApplicationStep:
    application, done = opened.application, opened.case.history[-1]
    row = ApplicationStep(
        id=new_id(),
        application_id=application.id,
        revision=application.revision,
        step=step,
        state=application.state,
        taken_on=done.on,
        taken_at=clock.now(),
        taken_by=principal.subject,
        detail=detail,
    )
    if step in _SEALED:
        _seal(row, principal, opened, office=office)
    return row


def _seal(row: ApplicationStep, principal: Principal, opened: Opened, *, office: ReceiptOffice) -> None:
    """The dated and sealed paper that the applicant gets."""
    application = opened.application
    about = application.model_dump(
        mode="json", include={"uscc", "kind", "site_name", "permit_number", "management_class", "version"}
    )
    row.document = {
        **about,
        "application_id": str(application.id),
        "application_sha256": opened.newest.document_sha256,
        "step": row.step,
        "state": row.state,
        "on": row.taken_on.isoformat(),
        "accepted_on": application.accepted_on and application.accepted_on.isoformat(),
        "deemed_accepted": application.deemed_accepted,
        "article": rules.DUTIES[Step(row.step)].article,
        **row.detail,
    }
    issued = office.issue(
        kind=RECEIPT_KIND,
        subject=f"/v1/permits/applications/{application.id}",
        document=row.document,
        submitted_by=principal.subject,
        on_behalf_of=application.uscc,
    )
    row.document_sha256 = issued.receipt.document_sha256
    row.receipt_id, row.receipt_jws = issued.receipt.receipt_id, issued.jws


def _image(application: Application) -> dict[str, Any]:
    return application.model_dump(
        mode="json",
        include={
            "state",
            "version",
            "revision",
            "accepted_on",
            "deemed_accepted",
            "decided_on",
            "permit_version",
        },
    )


def tell_submission(session: AsyncSession, principal: Principal, application: Application) -> None:
    """The first step has no application before it."""
    _tell(session, principal, application, None, Step.SUBMIT, before=None, detail={})


def _tell(
    session: AsyncSession,
    principal: Principal,
    application: Application,
    case: Case | None,
    step: Step,
    *,
    before: dict[str, Any] | None,
    detail: dict[str, Any],
) -> None:
    kind = OF_STEP[step]
    checks = case is not None and step in rules.CHECKED_WORK
    audit.record(
        session,
        principal,
        action=kind,
        entity="application",
        entity_id=application.id,
        owner=application.uscc,
        before=before,
        after={**_image(application), "step": step, **detail},
        duty=_DUTIES[rules.DUTIES[step].party] if checks else None,
        counterparts=sorted(rules.checked(case, step)) if case is not None and checks else (),
    )
    known = application.model_dump(include=set(ApplicationFact.model_fields))
    content: dict[str, Any] = {
        **known,
        "application_id": application.id,
        "taken_on": clock.today(),
    }
    if kind.payload is not ApplicationFact:
        told = set(kind.payload.model_fields) - set(ApplicationFact.model_fields)
        content |= {name: detail.get(name) for name in told}
    events.emit(
        session,
        kind=kind,
        subject=f"/v1/permits/applications/{application.id}",
        owner=None if kind.readers == "bureau" else application.uscc,
        fact=kind.payload.model_validate(content),
    )
