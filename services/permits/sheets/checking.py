"""Use case: have the reports of a file checked, all of them and everything, with nothing saved."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from typing import TypeVar

from pydantic import ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import Principal
from services.kit.errors import from_validation
from services.kit.findings import FieldError
from services.kit.problems import Problem
from services.kit.salvage import Unreadable, certain, salvage
from services.kit.schemas import Schema
from services.kit.uploads import Upload
from services.permits.drafts import service as drafts
from services.permits.drafts.schemas import DraftCreate
from services.permits.drafts.views import finding_of
from services.permits.obligations import service as obligations
from services.permits.obligations.errors import ObligationNotFound
from services.permits.obligations.rules import may_be_reported
from services.permits.reports import checks, dry_run
from services.permits.reports.errors import PeriodNotOver
from services.permits.reports.schemas import ChecksRead
from services.permits.sheets.items import Item, items_of
from services.permits.sheets.keeping import kept
from services.permits.sheets.schemas import SheetCheck, SheetChecks, SheetFinding

Shape = TypeVar("Shape", bound=Schema)


def shape_of(item: Item, shape: type[Shape]) -> tuple[Shape | None, list[FieldError]]:
    """The document as what it is to be, or what is wrong with its shape."""
    if item.document is None:
        return None, item.errors
    try:
        return shape.model_validate(item.document), item.errors
    except ValidationError as error:
        found = from_validation([{**each, "loc": ("body", *each["loc"])} for each in error.errors()])
        return None, [*item.errors, *found.errors]


async def reports_of(session: AsyncSession, principal: Principal, upload: Upload) -> list[Item]:
    """The reports of a file; corrections by sheet with what the sheet has no cell for."""
    items = await asyncio.to_thread(items_of, upload)
    return [await kept(session, principal, item) for item in items]


async def check(session: AsyncSession, principal: Principal, upload: Upload) -> SheetChecks:
    """Every report of the file, each with everything that it would be refused for."""
    items = await reports_of(session, principal, upload)
    found = [await _check(session, principal, item) for item in items]
    acceptable = sum(each.acceptable for each in found)
    return SheetChecks(acceptable=acceptable, refused=len(found) - acceptable, reports=found)


async def _check(session: AsyncSession, principal: Principal, item: Item) -> SheetCheck:
    content, errors = shape_of(item, DraftCreate)
    result: ChecksRead | None = None
    if await _is_nobodys(session, principal, item):
        errors = [FieldError("", ObligationNotFound.code, ObligationNotFound.title)]
    elif content is None:
        errors = [*errors, *await _of_the_rest(session, principal, item, errors)]
    else:
        try:
            await _refuse_what_is_not_open(session, principal, content)
            result = await dry_run.check(session, principal, content)
        except Problem as problem:
            errors = [*errors, FieldError("", problem.code, problem.title, article=problem.article)]
    of_rules = map(finding_of, result.errors if result else ())
    findings = [item.finding(error) for error in (*errors, *of_rules)]
    return SheetCheck(
        source=item.source,
        obligation_id=item.obligation_of(errors),
        acceptable=not findings,
        errors=findings,
        warnings=result.warnings if result else [],
        exceedances=result.exceedances if result else [],
        special_exceedances=result.special_exceedances if result else [],
    )


async def _is_nobodys(session: AsyncSession, principal: Principal, item: Item) -> bool:
    """Whether the obligation that is named is none of the caller's."""
    try:
        await obligations.get(session, principal.rows, uuid.UUID(item.obligation_id or ""))
    except ObligationNotFound:
        return True
    except ValueError:  # no identity at all: the shape says so
        return False
    return False


async def _of_the_rest(
    session: AsyncSession, principal: Principal, item: Item, errors: Sequence[FieldError]
) -> list[FieldError]:
    """What the rules say of what could be read."""
    unreadable = Unreadable(error.pointer for error in errors)
    if not isinstance(item.document, dict) or unreadable.covers("") or unreadable.covers("/obligation_id"):
        return []
    partial = salvage(DraftCreate, item.document, unreadable)
    return certain(await checks.of_submission(session, principal, partial), unreadable)


async def _refuse_what_is_not_open(session: AsyncSession, principal: Principal, content: DraftCreate) -> None:
    obligation = await obligations.get(session, principal.rows, content.obligation_id)
    await drafts.refuse_what_cannot_be_signed(session, principal, obligation, content)
    if not may_be_reported(
        period_end=obligation.period_end, today=clock.today(), stopped_from=content.stopped_from
    ):
        raise PeriodNotOver(period_end=obligation.period_end.isoformat())


async def found_in(
    session: AsyncSession, principal: Principal, items: Sequence[Item]
) -> Sequence[tuple[Item, Sequence[SheetFinding]]]:
    """Each report with what it would be refused for; 404 where none is of an obligation of the caller."""
    found = [(item, (await _check(session, principal, item)).errors) for item in items]
    if all(any(error.code == ObligationNotFound.code for error in each) for _, each in found):
        raise ObligationNotFound()
    return found
