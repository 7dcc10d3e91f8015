"""Use cases of declarations: an enterprise declares a class, the bureau enters each step of its review."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.attempts import Attempt
from services.kit.auth import Principal, RowScope
from services.kit.event_catalogue import EventType
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.kit.receipt_keys import ReceiptOffice
from services.kit.schemas import Page
from services.kit.texts import Text
from services.kit.working_days import WorkingCalendar
from services.permits.endings import service as endings
from services.permits.performance import giving, publishing, repository, rules, views
from services.permits.performance.editions import Edition, Editions
from services.permits.performance.errors import (
    DeclarationNotFound,
    DeclarationOpen,
    DeclarationStepNotOpen,
    PerformanceFourEyes,
    PerformanceInvalid,
)
from services.permits.performance.events import (
    PERFORMANCE_DECLARED,
    PERFORMANCE_REVIEWED,
    DeclarationFact,
)
from services.permits.performance.models import PerformanceDeclaration, PerformanceStep
from services.permits.performance.schemas import DeclarationCreate, DeclarationRead, DeclarationStep
from services.permits.permits.errors import PermitNotFound

RECEIPT_KIND = "permits.performance_declaration"
REVIEWS = ("county_review", "league_review", "region_review")
_NO_EDITION = Text(zh="当日没有施行的分级指南", en="no edition is in force today")
_CLASS_OF_REVIEW = Text(zh="只有审核才填等级", en="only a review states a class")
_OPINION = Text(zh="不通过应说明理由", en="say why it is refused")


async def declare(
    session: AsyncSession,
    principal: Principal,
    content: DeclarationCreate,
    *,
    editions: Editions,
    office: ReceiptOffice,
) -> DeclarationRead:
    """An enterprise declares the class of a site. One declaration of a site is under review at a time."""
    permit = await repository.permit(session, content.permit_number, rows=principal.rows)
    if permit is None:
        raise PermitNotFound()
    await endings.refuse_ended(session, permit.id)
    edition = editions.on(clock.today())
    if edition is None:
        raise PerformanceInvalid(_NO_EDITION)
    found, scheme = Findings(), edition.scheme_of(content.sector)
    classes = scheme.classes if scheme else None
    rules.check_class(found, sector=content.sector, given=content.given_class, classes=classes)
    found.raise_if_any(PerformanceInvalid)
    row = _declared(principal, permit.uscc, content, edition, office)
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:
        raise DeclarationOpen() from error
    _record(session, principal, row, kind=PERFORMANCE_DECLARED, before=None)
    return views.declaration_view(row, [])


def _declared(
    principal: Principal,
    uscc: str,
    content: DeclarationCreate,
    edition: Edition,
    office: ReceiptOffice,
) -> PerformanceDeclaration:
    identity = new_id()
    document = {**content.model_dump(mode="json"), "edition": edition.edition}
    issued = office.issue(
        kind=RECEIPT_KIND,
        subject=f"/v1/permits/performance/declarations/{identity}",
        document=document,
        submitted_by=principal.subject,
        on_behalf_of=uscc,
    )
    return PerformanceDeclaration(
        id=identity,
        permit_number=content.permit_number,
        uscc=uscc,
        edition=edition.edition,
        sector=content.sector,
        declared_class=content.given_class,
        granted_class=content.given_class,
        level=edition.level,
        state=rules.State.DECLARED,
        stood_on=clock.today(),
        document=document,
        document_sha256=issued.receipt.document_sha256,
        receipt_id=issued.receipt.receipt_id,
        receipt_jws=issued.jws,
        submitted_by=principal.subject,
        submitted_at=clock.now(),
        updated_at=clock.now(),
    )


async def _locked(
    session: AsyncSession, principal: Principal, declaration_id: uuid.UUID, step: rules.Step
) -> tuple[PerformanceDeclaration, rules.State]:
    row = await repository.declaration(session, declaration_id, rows=principal.rows, lock=True)
    if row is None:
        raise DeclarationNotFound()
    following = rules.after(rules.State(row.state), step, level=row.level)
    if following is None:
        raise DeclarationStepNotOpen(state=row.state)
    return row, following


async def enter(
    session: AsyncSession,
    principal: Principal,
    content: DeclarationStep,
    *,
    declaration_id: uuid.UUID,
    editions: Editions,
    calendar: Callable[[], WorkingCalendar],
) -> DeclarationRead:
    """One step of the bureau. With the last one the class is given, and public."""
    row, following = await _locked(session, principal, declaration_id, rules.Step(content.step))
    taken = (await repository.steps_of(session, [row.id])).get(row.id, [])
    _check_people(principal, row, content, taken)
    edition = editions.named(row.edition)
    _findings_of(content, row, edition).raise_if_any(PerformanceInvalid)
    if content.step != "refuse":
        await _refuse_ended(session, principal, row)
    before = row.state
    row.granted_class = content.given_class or row.granted_class
    row.state, row.stood_on, row.updated_at = following, content.on_day, clock.now()
    if content.step == "publish":
        days = edition.notice_working_days if edition else 7
        due = calendar().deadline_after(content.on_day, days)
        row.notice_from, row.notice_until, row.notice_provisional = content.on_day, due.on, due.provisional
        await publishing.announce(session, principal, row, closes_on=due.on)
    if content.step == "refuse":
        await publishing.conclude(session, principal, row)
    session.add(_step(principal, row, content.step, content))
    await session.flush()
    if content.step == "take_effect":
        await giving.give_rated(session, principal, row, basis=content.basis)
    _record(session, principal, row, kind=PERFORMANCE_REVIEWED, before=before, duty="review")
    return await read(session, principal.rows, declaration_id=row.id)


async def _refuse_ended(session: AsyncSession, principal: Principal, row: PerformanceDeclaration) -> None:
    permit = await repository.permit(session, row.permit_number, rows=principal.rows)
    if permit is None:
        raise PermitNotFound()
    await endings.refuse_ended(session, permit.id)


def _check_people(
    principal: Principal,
    row: PerformanceDeclaration,
    content: DeclarationStep,
    taken: list[PerformanceStep],
) -> None:
    """Four eyes: who declared takes no step of the bureau, who reviewed first does not put it into effect."""
    others = [row.submitted_by]
    if content.step == "take_effect":
        others += [each.entered_by for each in taken if each.step == "county_review"]
    if principal.subject in others:
        raise PerformanceFourEyes(
            Attempt(
                entity="performance_declaration",
                entity_id=row.id,
                owner=row.uscc,
                duty="review",
                counterparts=others,
            )
        )


def _findings_of(content: DeclarationStep, row: PerformanceDeclaration, edition: Edition | None) -> Findings:
    found = Findings()
    rules.check_follows(found, day=content.on_day, earliest=row.stood_on, today=clock.today())
    scheme = edition.scheme_of(row.sector) if edition else None
    if content.given_class is not None and content.step not in REVIEWS:
        found.add(
            "/given_class",
            "class_superfluous",
            _CLASS_OF_REVIEW,
            article=rules.SOURCE_CHAIN,
            rests_on=("/step",),
        )
    elif content.given_class is not None and scheme is not None:
        rules.check_not_raised(
            found, before=row.granted_class, given=content.given_class, classes=scheme.classes
        )
    if content.step == "take_effect" and row.notice_until is not None:
        rules.check_notice_over(found, day=content.on_day, notice_until=row.notice_until)
    if content.step == "refuse" and content.opinion is None:
        found.add("/opinion", "comment_required", _OPINION, article=rules.SOURCE_CHAIN, rests_on=("/step",))
    return found


async def withdraw(
    session: AsyncSession, principal: Principal, *, declaration_id: uuid.UUID
) -> DeclarationRead:
    """The enterprise takes its declaration back, until it is under public notice."""
    row, following = await _locked(session, principal, declaration_id, rules.Step.WITHDRAW)
    before = row.state
    row.state, row.stood_on, row.updated_at = following, clock.today(), clock.now()
    session.add(_step(principal, row, "withdraw", None))
    await session.flush()
    _record(session, principal, row, kind=PERFORMANCE_REVIEWED, before=before)
    return await read(session, principal.rows, declaration_id=row.id)


def _step(
    principal: Principal, row: PerformanceDeclaration, step: str, content: DeclarationStep | None
) -> PerformanceStep:
    return PerformanceStep(
        id=new_id(),
        declaration_id=row.id,
        step=step,
        granted_class=row.granted_class,
        on_day=content.on_day if content else clock.today(),
        basis=content.basis if content else "企业撤回",
        opinion=content.opinion if content else None,
        entered_by=principal.subject,
        entered_at=clock.now(),
    )


def _record(
    session: AsyncSession,
    principal: Principal,
    row: PerformanceDeclaration,
    *,
    kind: EventType,
    before: str | None,
    duty: str | None = None,
) -> None:
    fact = DeclarationFact(
        declaration_id=row.id,
        **row.model_dump(include=set(DeclarationFact.model_fields) - {"declaration_id"}),
    )
    deeds.record(
        session,
        principal,
        kind=kind,
        entity="performance_declaration",
        entity_id=row.id,
        owner=row.uscc,
        before={"state": before} if before else None,
        duty=duty,
        counterparts=[row.submitted_by] if duty else (),
        subject=f"/v1/permits/performance/declarations/{row.id}",
        fact=fact,
    )


async def read(session: AsyncSession, rows: RowScope, *, declaration_id: uuid.UUID) -> DeclarationRead:
    row = await repository.declaration(session, declaration_id, rows=rows)
    if row is None:
        raise DeclarationNotFound()
    steps = await repository.steps_of(session, [row.id])
    return views.declaration_view(row, steps.get(row.id, []))


async def listing(
    session: AsyncSession,
    rows: RowScope,
    *,
    query: PageQuery,
    uscc: str | None,
    permit_number: str | None,
    state: str | None,
) -> Page[DeclarationRead]:
    found, following = await repository.page_of_declarations(
        session, rows=rows, query=query, uscc=uscc, permit_number=permit_number, state=state
    )
    steps = await repository.steps_of(session, [row.id for row in found])
    items = [views.declaration_view(row, steps.get(row.id, [])) for row in found]
    return Page(items=items, next_cursor=following)
