"""Applications as they are read: each with the clock of today."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import RowScope
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.kit.working_days import published_calendar
from services.permits.applications import repository, rules
from services.permits.applications.errors import ApplicationNotFound
from services.permits.applications.models import (
    Application,
    ApplicationFinding,
    ApplicationStep,
    ApplicationVersion,
)
from services.permits.applications.periods import periods
from services.permits.applications.rules import Case, Done, Item, Kind, Outcome, Step
from services.permits.applications.rules_clocks import Standing, standing
from services.permits.applications.rules_content import deemed_renewed
from services.permits.applications.schemas import (
    ApplicationClockRead,
    ApplicationRead,
    ApplicationRemarkRead,
    ApplicationStepRead,
    ApplicationSummary,
    ApplicationVersionRead,
    ChecklistItem,
    DisclosedApplication,
    EiaLink,
)
from services.permits.eia import repository as eia
from services.permits.eia.classes import usual_classes
from services.permits.eia.models import EiaDocument
from services.permits.eia.rules import remark
from services.permits.enterprises import repository as enterprises
from services.permits.reports.schemas import ReceiptRead

_INTERNAL = frozenset({Step.EXAMINE, Step.REVIEW, Step.RETURN})


def case_of(
    application: Application,
    steps: Iterable[ApplicationStep],
    *,
    findings: Iterable[ApplicationFinding] = (),
    **facts: Any,
) -> Case:
    """The application as the rules see it."""
    return Case(
        kind=Kind(application.kind),
        management_class=application.management_class,
        history=tuple(Done(Step(each.step), each.taken_on, each.taken_by) for each in steps),
        findings={Item(each.item): Outcome(each.outcome) for each in findings},
        **facts,
    )


def stands(case: Case, today: date) -> Standing:
    """How an application stands today, by the published calendar and the city's periods."""
    change = periods().change_on(case.history[0].on)
    return standing(case, max(today, case.history[-1].on), published_calendar(), change=change)


def working_days_late(due: date, today: date) -> int:
    """Working days from the last day of a period to today."""
    return published_calendar().working_days_between(due, max(due, today)).days


def etag(application: Application | ApplicationSummary) -> str:
    """Changes with every step, and with the day: so does what is left of a period."""
    return f'"{application.revision}.{clock.today():%Y%m%d}"'


def summary(application: Application, steps: Sequence[ApplicationStep], today: date) -> ApplicationSummary:
    now = stands(case_of(application, steps), today)
    return ApplicationSummary.model_validate(
        {
            **application.model_dump(include=set(ApplicationSummary.model_fields)),
            "state": now.state,
            "received_on": now.received_on,
            "accepted_on": now.accepted_on,
            "deemed_accepted": now.deemed_accepted,
            "deadline": now.clock and now.clock.deadline,
            "days_left": now.clock and now.clock.days_left,
            "basis": now.clock and now.clock.basis,
            "provisional": bool(now.clock and now.clock.provisional),
        }
    )


async def listing(
    session: AsyncSession, rows: RowScope, *, query: PageQuery, due_before: date | None, **filters: str | None
) -> Page[ApplicationSummary]:
    today = clock.today()
    found, following = await repository.page_of(
        session, rows=rows, query=query, today=today, due_before=due_before, **filters
    )
    steps = await repository.steps_of(session, [each.id for each in found])
    return Page(items=[summary(each, steps[each.id], today) for each in found], next_cursor=following)


async def disclosed(
    session: AsyncSession, *, query: PageQuery, uscc: str | None, name: str | None
) -> Page[DisclosedApplication]:
    today = clock.today()
    found, following = await repository.page_of_public(
        session, query=query, today=today, uscc=uscc, name=name
    )
    steps = await repository.steps_of(session, [each.id for each in found])
    names = await enterprises.names_of(session, {each.uscc for each in found})
    shown = set(DisclosedApplication.model_fields) - {"enterprise_name"}
    items = [
        DisclosedApplication(
            enterprise_name=names[each.uscc],
            **summary(each, steps[each.id], today).model_dump(include=shown),
        )
        for each in found
    ]
    return Page(items=items, next_cursor=following)


async def get(
    session: AsyncSession, rows: RowScope, application_id: uuid.UUID, *, lock: bool = False
) -> Application:
    application = await repository.by_id(session, application_id, rows=rows, lock=lock)
    if application is None:
        raise ApplicationNotFound()
    return application


async def read(session: AsyncSession, rows: RowScope, *, application_id: uuid.UUID) -> ApplicationRead:
    return await view(session, rows, await get(session, rows, application_id))


async def read_version(
    session: AsyncSession, rows: RowScope, *, application_id: uuid.UUID, version: int
) -> ApplicationVersionRead:
    application = await get(session, rows, application_id)
    found = await repository.version_of(session, application.id, version)
    if found is None:
        raise ApplicationNotFound()
    return _version(found)


async def view(session: AsyncSession, rows: RowScope, application: Application) -> ApplicationRead:
    """An application with everything about it that this reader may see."""
    today = clock.today()
    steps = (await repository.steps_of(session, [application.id]))[application.id]
    newest = await repository.version_of(session, application.id, application.version)
    if newest is None:
        raise ApplicationNotFound()
    now = stands(case_of(application, steps), today)
    open_to_all = rows.everything or now.state in rules.DECIDED
    return ApplicationRead.model_validate(
        {
            **summary(application, steps, today).model_dump(),
            "clock": now.clock and ApplicationClockRead.model_validate(now.clock),
            "newest": _version(newest),
            "remarks": _remarks(application, newest, now, today),
            "disclosed": newest.document.get("disclosed"),
            "eia": await _links(session, application, newest),
            "checklist": await _checklist(session, application) if open_to_all and now.accepted_on else None,
            "history": [_step(each) for each in steps if open_to_all or each.step not in _INTERNAL],
            "permit_version": application.permit_version,
        }
    )


def _remarks(
    application: Application, newest: ApplicationVersion, now: Standing, today: date
) -> list[ApplicationRemarkRead]:
    told = [ApplicationRemarkRead.model_validate(each) for each in newest.document["remarks"]]
    valid_to = newest.document["permit_valid_to"]
    deemed = deemed_renewed(
        kind=Kind(application.kind),
        state=now.state,
        valid_to=date.fromisoformat(valid_to) if valid_to else None,
        today=today,
    )
    if deemed is not None:
        told.append(remark_read(deemed.code, deemed.text.zh, deemed.text.en, deemed.article))
    return told


def remark_read(code: str, zh: str, en: str, article: str) -> ApplicationRemarkRead:
    return ApplicationRemarkRead(code=code, detail_zh=zh, detail_en=en, article=article)


async def _links(
    session: AsyncSession, application: Application, newest: ApplicationVersion
) -> list[EiaLink]:
    ids = [uuid.UUID(each) for each in newest.document["eia_ids"]]
    known: Mapping[uuid.UUID, EiaDocument] = await eia.of_enterprise(session, application.uscc, ids)
    return [_link(known[each], application.management_class) for each in ids]


def _link(document: EiaDocument, management_class: str) -> EiaLink:
    said = remark(document.eia_class, management_class, usual_classes())
    return EiaLink(
        remark_zh=said.zh if said else None,
        remark_en=said.en if said else None,
        **document.model_dump(include={"id", "number", "eia_class", "authority", "state"}),
    )


async def _checklist(session: AsyncSession, application: Application) -> list[ChecklistItem]:
    found = {each.item: each for each in await repository.findings_of(session, application.id)}
    return [_item(item, found.get(item)) for item in Item]


def _item(item: Item, finding: ApplicationFinding | None) -> ChecklistItem:
    known = {"outcome": None, "comment": None, "reviewer": None, "found_at": None}
    if finding is not None:
        known = finding.model_dump(include=set(known))
    return ChecklistItem.model_validate({"item": item, "article": rules.ITEM_ARTICLES[item], **known})


def _step(step: ApplicationStep) -> ApplicationStepRead:
    return ApplicationStepRead.model_validate(
        {
            **step.model_dump(include=set(ApplicationStepRead.model_fields)),
            "receipt": _receipt(step) if step.receipt_id else None,
        }
    )


def _version(version: ApplicationVersion) -> ApplicationVersionRead:
    return ApplicationVersionRead.model_validate(
        {**version.model_dump(include=set(ApplicationVersionRead.model_fields)), "receipt": _receipt(version)}
    )


def _receipt(sealed: ApplicationStep | ApplicationVersion) -> ReceiptRead:
    return ReceiptRead.model_validate(
        {
            "receipt_id": sealed.receipt_id,
            "document_sha256": sealed.document_sha256,
            "jws": sealed.receipt_jws,
        }
    )
