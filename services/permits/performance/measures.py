"""Use cases of 一厂一策: an enterprise files its measures, the bureau confirms them, an alert asks for them."""

from __future__ import annotations

import uuid
from dataclasses import fields
from datetime import date
from typing import cast

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.attempts import Attempt
from services.kit.auth import Principal, RowScope
from services.kit.event_catalogue import EventType
from services.kit.findings import FieldError, Findings
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.kit.receipt_keys import ReceiptOffice
from services.kit.schemas import Page
from services.kit.texts import Text
from services.permits.alerts import service as alerts
from services.permits.endings import service as endings
from services.permits.enterprises import repository as enterprises
from services.permits.performance import giving, repository, rules, views
from services.permits.performance.editions import Editions
from services.permits.performance.errors import (
    MeasurePlanDecided,
    MeasurePlanNotFound,
    MeasuresInvalid,
    NoAlert,
    PerformanceFourEyes,
)
from services.permits.performance.events import MEASURES_DECIDED, MEASURES_FILED, MeasurePlanFact
from services.permits.performance.models import MeasurePlan, MeasureRow
from services.permits.performance.schemas import (
    Alert,
    MeasurePlanCreate,
    MeasurePlanDecision,
    MeasurePlanRead,
    MeasuresOn,
)
from services.permits.permits import repository as permits
from services.permits.permits.errors import PermitNotFound

RECEIPT_KIND = "permits.measure_plan"
_COMMENT = Text(zh="退回时应说明理由", en="say why the sheet is returned")


async def file(
    session: AsyncSession,
    principal: Principal,
    content: MeasurePlanCreate,
    *,
    editions: Editions,
    office: ReceiptOffice,
) -> MeasurePlanRead:
    """Files a sheet; it holds once it is confirmed. The lock on the permit numbers two that come at once."""
    permit = await repository.permit(session, content.permit_number, rows=principal.rows, lock=True)
    if permit is None:
        raise PermitNotFound()
    await endings.refuse_ended(session, permit.id)
    rated = await giving.class_on(
        session,
        principal.rows,
        permit_number=content.permit_number,
        on=content.effective_from,
        editions=editions,
    )
    versions = await permits.versions_of(session, permit.id)
    newest = max(versions, key=lambda each: each.version)
    outlets = await permits.outlets_of(session, newest.id)
    found = Findings()
    since = min(each.valid_from for each in versions)
    rules.check_begin(found, effective_from=content.effective_from, since=since)
    rules.check_measures(
        found,
        _facts(content),
        exempt=rated.exempt,
        outlets={outlet.code for outlet, _ in outlets},
    )
    found.raise_if_any(MeasuresInvalid)
    number = await repository.last_version(session, content.permit_number) + 1
    row = _filed(principal, permit.uscc, content, number, office)
    session.add(row)
    await session.flush()
    rows = [
        MeasureRow(plan_id=row.id, line=line, **each.model_dump())
        for line, each in enumerate(content.measures, start=1)
    ]
    session.add_all(rows)
    await session.flush()
    _record(session, principal, row, kind=MEASURES_FILED)
    return views.plan_view(row, rows)


def _facts(content: MeasurePlanCreate) -> list[rules.Measure]:
    known = {field.name for field in fields(rules.Measure)}
    return [rules.Measure(**each.model_dump(include=known)) for each in content.measures]


async def also_wrong(_: AsyncSession, __: Principal, content: MeasurePlanCreate) -> Findings:
    """What the rules say about a sheet whose shape is wrong in places; not what class and permit decide."""
    found = Findings()
    rules.check_measures(found, _facts(content), exempt=True, outlets=None)
    return found


def _filed(
    principal: Principal, uscc: str, content: MeasurePlanCreate, version: int, office: ReceiptOffice
) -> MeasurePlan:
    identity = new_id()
    document = {**content.model_dump(mode="json"), "version": version}
    issued = office.issue(
        kind=RECEIPT_KIND,
        subject=f"/v1/permits/performance/measure-plans/{identity}",
        document=document,
        submitted_by=principal.subject,
        on_behalf_of=uscc,
    )
    return MeasurePlan(
        id=identity,
        permit_number=content.permit_number,
        uscc=uscc,
        version=version,
        effective_from=content.effective_from,
        state="filed",
        document=document,
        document_sha256=issued.receipt.document_sha256,
        receipt_id=issued.receipt.receipt_id,
        receipt_jws=issued.jws,
        filed_by=principal.subject,
        filed_at=clock.now(),
    )


async def decide(
    session: AsyncSession, principal: Principal, content: MeasurePlanDecision, *, plan_id: uuid.UUID
) -> MeasurePlanRead:
    """The bureau confirms or returns a filed sheet."""
    row = await repository.plan(session, plan_id, rows=principal.rows, lock=True)
    if row is None:
        raise MeasurePlanNotFound()
    if row.state != "filed":
        raise MeasurePlanDecided(state=row.state)
    if row.filed_by == principal.subject:
        raise PerformanceFourEyes(
            Attempt(
                entity="measure_plan",
                entity_id=row.id,
                owner=row.uscc,
                duty="review",
                counterparts=[row.filed_by],
            )
        )
    if content.decision == "return" and content.comment is None:
        raise MeasuresInvalid(
            errors=[FieldError("/comment", "comment_required", _COMMENT, article=rules.ARTICLE_RESPONSE)]
        )
    row.state = "confirmed" if content.decision == "confirm" else "returned"
    row.decided_by, row.decided_at, row.comment = principal.subject, clock.now(), content.comment
    await session.flush()
    _record(session, principal, row, kind=MEASURES_DECIDED, duty="review")
    return await read(session, principal.rows, plan_id=row.id)


def _record(
    session: AsyncSession,
    principal: Principal,
    row: MeasurePlan,
    *,
    kind: EventType,
    duty: str | None = None,
) -> None:
    fact = MeasurePlanFact(
        plan_id=row.id, **row.model_dump(include=set(MeasurePlanFact.model_fields) - {"plan_id"})
    )
    deeds.record(
        session,
        principal,
        kind=kind,
        entity="measure_plan",
        entity_id=row.id,
        owner=row.uscc,
        after={**fact.model_dump(mode="json"), "comment": row.comment},
        duty=duty,
        counterparts=[row.filed_by] if duty else (),
        subject=f"/v1/permits/performance/measure-plans/{row.id}",
        fact=fact,
    )


async def read(session: AsyncSession, rows: RowScope, *, plan_id: uuid.UUID) -> MeasurePlanRead:
    row = await repository.plan(session, plan_id, rows=rows)
    if row is None:
        raise MeasurePlanNotFound()
    measures = await repository.measures_of(session, [row.id])
    return views.plan_view(row, measures.get(row.id, []))


async def listing(
    session: AsyncSession,
    rows: RowScope,
    *,
    query: PageQuery,
    uscc: str | None,
    permit_number: str | None,
    state: str | None,
) -> Page[MeasurePlanRead]:
    found, following = await repository.page_of_plans(
        session, rows=rows, query=query, uscc=uscc, permit_number=permit_number, state=state
    )
    measures = await repository.measures_of(session, [row.id for row in found])
    items = [views.plan_view(row, measures.get(row.id, [])) for row in found]
    return Page(items=items, next_cursor=following)


async def holding(
    session: AsyncSession,
    rows: RowScope,
    *,
    permit_number: str,
    on: date,
    alert: Alert | None,
    editions: Editions,
) -> MeasuresOn:
    """大气污染防治法 art. 96: what a site has to do on a day; without `alert`, at the level declared where it is."""
    rated = await giving.class_on(session, rows, permit_number=permit_number, on=on, editions=editions)
    level = alert or await _declared(session, rated.uscc, permit_number, on)
    plan = await repository.plan_on(session, permit_number, on)
    found = await repository.measures_of(session, [plan.id], alert_level=level) if plan else {}
    return MeasuresOn(
        permit_number=permit_number,
        uscc=rated.uscc,
        on=on,
        alert=level,
        alert_source="asked" if alert else "declared",
        given_class=rated.given_class,
        exempt=rated.exempt,
        plan_id=plan.id if plan else None,
        version=plan.version if plan else None,
        measures=[views.measure_view(each) for each in (found.get(plan.id, []) if plan else [])],
    )


async def _declared(session: AsyncSession, uscc: str, permit_number: str, on: date) -> Alert:
    """The level that was declared where the site is, else the enterprise; 404 where there is none."""
    region = await permits.site_region(session, permit_number, on) or await enterprises.region_of(
        session, uscc
    )
    level = await alerts.level_on(session, day=on, region=region) if region else None
    if level is None:
        raise NoAlert()
    return cast("Alert", level)
