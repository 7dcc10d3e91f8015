"""Use cases of tax declarations: the tax office tells of one, the bureau enters one; reports are held against them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import Principal, RowScope
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.kit.texts import Text
from services.kit.told import savepoint
from services.permits.enterprises import repository as enterprises
from services.permits.enterprises.errors import EnterpriseNotFound
from services.permits.permits import repository as permits
from services.permits.permits.errors import PermitNotFound
from services.permits.reports.rules_units import in_tonnes
from services.permits.taxes import repository, rules
from services.permits.taxes.errors import (
    TaxDeclarationExists,
    TaxDeclarationInvalid,
    TaxDeclarationNotFound,
    TaxDeclarationSuperseded,
    TaxYearDeclared,
)
from services.permits.taxes.events import TAX_DECLARED, TaxDeclared
from services.permits.taxes.models import TaxDeclaration, TaxLine
from services.permits.taxes.schemas import TaxDeclarationCreate, TaxDeclarationRead

PATH = "/v1/permits/tax-declarations"
_ABOUT = ("uscc", "permit_number", "year", "quarter")
_SAME = Text(
    zh="更正的申报与原申报的单位、场所、所属期不同", en="it corrects a declaration of something else"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What was declared for all quarters of a period, by pollutant, and by which declarations."""

    declared: dict[str, rules.Declared] = field(default_factory=dict)
    declarations: Sequence[uuid.UUID] = ()


async def standing(session: AsyncSession, permit_number: str, start: date, end: date) -> Standing:
    """What a report of these days is held against; nothing where they are not whole quarters that were declared."""
    return of_period(await repository.standing(session, permit_number, start, end), start, end)


def of_period(rows: repository.Told, start: date, end: date) -> Standing:
    """The same of what was read already. What was declared for the site itself comes before the enterprise's."""
    if not rows:
        return Standing()
    wanted = rules.quarters_of(start, end)
    told: dict[rules.Quarter, tuple[uuid.UUID, list[rules.Declared]]] = {}
    for declaration, _, year, quarter, pollutant, amount_t, levied in sorted(
        rows, key=lambda row: not row[1]
    ):
        key, lines = told.setdefault((year, quarter), (uuid.UUID(declaration), []))
        if key == uuid.UUID(declaration):
            lines.append(rules.Declared(pollutant, Decimal(amount_t), levied))
    declared = rules.added_up({quarter: lines for quarter, (_, lines) in told.items()}, wanted)
    if not declared:
        return Standing()
    in_quarters = all(quarter in told for quarter in wanted)
    used: Sequence[rules.Quarter] = wanted if in_quarters else [(wanted[0][0], None)]
    return Standing(declared, [told[quarter][0] for quarter in used])


def findings_of(content: TaxDeclarationCreate) -> Findings:
    """Everything that is wrong with a declaration in itself."""
    found = Findings()
    rules.check_site(found, uscc=content.uscc, permit_number=content.permit_number)
    rules.check_period(
        found,
        year=content.year,
        quarter=content.quarter,
        declared_on=content.declared_on,
        today=clock.today(),
    )
    rules.check_lines(found, [line.pollutant_code for line in content.lines])
    rules.check_reason(found, is_correction=content.supersedes is not None, reason=content.reason)
    return found


async def also_wrong(_: AsyncSession, __: Principal, content: TaxDeclarationCreate) -> Findings:
    """What the rules say about a declaration whose shape is wrong in places."""
    return findings_of(content)


async def enter(
    session: AsyncSession, principal: Principal, content: TaxDeclarationCreate
) -> TaxDeclarationRead:
    """Keeps a declaration; 409 where the period was declared, or the one to correct was corrected, however close."""
    if await enterprises.by_uscc(session, content.uscc, rows=principal.rows) is None:
        raise EnterpriseNotFound()
    found = findings_of(content)
    before = await _corrected(session, principal, content, found)
    found.raise_if_any(TaxDeclarationInvalid)
    if content.permit_number is not None:
        known = await permits.by_number(session, content.permit_number, rows=principal.rows)
        if known is None:
            raise PermitNotFound()
    if content.supersedes is not None and before is None:
        raise TaxDeclarationNotFound()
    if content.supersedes is None:
        await _refuse_overlap(session, content)
    declaration = TaxDeclaration(
        id=new_id(),
        **content.model_dump(exclude={"lines"}),
        recorded_by=principal.subject,
        recorded_at=clock.now(),
    )
    try:
        async with savepoint(session):
            session.add(declaration)
            await session.flush()
    except IntegrityError as error:
        await _refuse(session, content, error)
    for line in content.lines:
        amount_t = in_tonnes(line.amount, line.unit)
        session.add(TaxLine(declaration_id=declaration.id, amount_t=amount_t, **line.model_dump()))
    await session.flush()
    (made,) = await _views(session, [declaration])
    _tell(session, principal, made)
    return made


async def _refuse_overlap(session: AsyncSession, content: TaxDeclarationCreate) -> None:
    """Two that come at once wait for each other: a quarter and its year are no duplicates to the database."""
    about = content.model_dump(include={"uscc", "permit_number", "year"})
    known = await repository.first_of_year(session, **about)
    over = next((each for each in known if rules.overlaps(content.quarter, each.quarter)), None)
    if over is not None and over.quarter != content.quarter:
        raise TaxYearDeclared(declaration=f"{PATH}/{over.id}")


async def _corrected(
    session: AsyncSession, principal: Principal, content: TaxDeclarationCreate, found: Findings
) -> TaxDeclaration | None:
    """What `content` corrects, and what is wrong with correcting it; None where it is not the caller's to correct."""
    if content.supersedes is None:
        return None
    before = await repository.by_id(session, content.supersedes, rows=principal.rows)
    if before is None:
        return None
    for name in _ABOUT:
        if getattr(before, name) != getattr(content, name):
            found.add(
                f"/{name}",
                "correction_of_another",
                _SAME,
                article=rules.ARTICLE_QUARTER,
                rests_on=("/supersedes",),
            )
    rules.check_after(found, declared_on=content.declared_on, corrected_on=before.declared_on)
    return before


async def _refuse(session: AsyncSession, content: TaxDeclarationCreate, error: IntegrityError) -> None:
    if content.supersedes is not None:
        raise TaxDeclarationSuperseded() from error
    about = {name: getattr(content, name) for name in _ABOUT}
    known = await repository.first_of(session, **about)
    raise TaxDeclarationExists(declaration=f"{PATH}/{known.id}" if known else None) from error


async def read(session: AsyncSession, rows: RowScope, *, declaration_id: uuid.UUID) -> TaxDeclarationRead:
    declaration = await repository.by_id(session, declaration_id, rows=rows)
    if declaration is None:
        raise TaxDeclarationNotFound()
    return (await _views(session, [declaration]))[0]


async def listing(
    session: AsyncSession,
    rows: RowScope,
    *,
    query: PageQuery,
    uscc: str | None,
    permit_number: str | None,
    year: int | None,
    quarter: int | None,
) -> Page[TaxDeclarationRead]:
    found, following = await repository.page_of(
        session,
        rows=rows,
        query=query,
        uscc=uscc,
        permit_number=permit_number,
        year=year,
        quarter=quarter,
    )
    return Page(items=await _views(session, found), next_cursor=following)


async def _views(session: AsyncSession, declarations: Sequence[TaxDeclaration]) -> list[TaxDeclarationRead]:
    ids = [each.id for each in declarations]
    if not ids:
        return []
    lines = await repository.lines_of(session, ids)
    newer = await repository.superseded_by(session, ids)
    return [
        TaxDeclarationRead.model_validate(
            {
                **each.model_dump(exclude={"recorded_by"}),
                "lines": [line.model_dump(exclude={"declaration_id"}) for line in lines[each.id]],
                "superseded_by": newer.get(each.id),
            }
        )
        for each in declarations
    ]


def _tell(session: AsyncSession, principal: Principal, made: TaxDeclarationRead) -> None:
    about = made.model_dump(include={*_ABOUT, "supersedes"})
    fact = TaxDeclared(tax_declaration_id=made.id, **about)
    deeds.record(
        session,
        principal,
        kind=TAX_DECLARED,
        entity="tax_declaration",
        entity_id=made.id,
        subject=f"{PATH}/{made.id}",
        owner=made.uscc,
        after=made.model_dump(mode="json"),
        fact=fact,
    )
