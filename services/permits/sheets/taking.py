"""Use cases of many reports at once: file as drafts, submit, sign. Each is taken or refused by itself."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import Principal
from services.kit.findings import FieldError
from services.kit.problems import Invalid, Problem
from services.kit.receipt_keys import ReceiptOffice
from services.kit.told import savepoint
from services.kit.uploads import Upload
from services.permits.drafts import service as drafts
from services.permits.drafts import signing
from services.permits.drafts.errors import NothingToCorrect
from services.permits.drafts.schemas import DraftCreate, SignatureCreate, SignaturesCreate, ToSign
from services.permits.drafts.together import Signed, said_of, sign_each
from services.permits.obligations import service as obligations
from services.permits.reports import submission
from services.permits.reports.schemas import ReportCorrection, ReportCreate, Submitted
from services.permits.sheets.checking import shape_of
from services.permits.sheets.items import Item, items_of
from services.permits.sheets.keeping import kept
from services.permits.sheets.schemas import (
    SheetResult,
    SheetResults,
    SignatureResult,
    SignatureResults,
)

Take = Callable[[Any], Awaitable[dict[str, Any]]]


async def file(session: AsyncSession, principal: Principal, upload: Upload) -> SheetResults:
    """Each report of the file becomes a draft; what the rules find in it is shown there and refuses nothing."""

    async def take(content: DraftCreate) -> dict[str, Any]:
        return {"draft_id": (await drafts.file(session, principal, content)).id}

    return await _each(session, principal, await asyncio.to_thread(items_of, upload), take)


async def submit(
    session: AsyncSession, principal: Principal, upload: Upload, *, office: ReceiptOffice
) -> SheetResults:
    """Each report of the file is submitted, or corrected, with its own receipt."""

    async def take(content: DraftCreate) -> dict[str, Any]:
        document = content.model_dump(mode="json", exclude={"corrects"}, exclude_unset=True)
        if content.corrects is None:
            report = ReportCreate.model_validate(document)
            return _taken(await submission.submit(session, principal, report, office=office))
        correction = {"corrects_version": content.corrects.version, "reason": content.corrects.reason}
        del document["obligation_id"]
        return _taken(
            await submission.correct(
                session,
                principal,
                ReportCorrection.model_validate({**document, **correction}),
                report_id=await _report_of(session, principal, content.obligation_id),
                office=office,
            )
        )

    return await _each(session, principal, await asyncio.to_thread(items_of, upload), take)


async def _report_of(session: AsyncSession, principal: Principal, obligation_id: uuid.UUID) -> uuid.UUID:
    """The report that answers an obligation, or answered it until it was repudiated; 409 where there is none."""
    obligation = await obligations.get(session, principal.rows, obligation_id)
    answering = obligation.report_id or obligation.repudiated_report_id
    if answering is None:
        raise NothingToCorrect()
    return answering


async def sign(
    session: AsyncSession, principal: Principal, content: SignaturesCreate, *, office: ReceiptOffice
) -> SignatureResults:
    """Each draft becomes its report, or stays open with the reason why."""

    async def one(draft: ToSign) -> Submitted:
        signature = SignatureCreate(version=draft.version)
        return await signing.sign(session, principal, signature, draft_id=draft.draft_id, office=office)

    permits = await signing.lock_all(session, principal, {each.draft_id for each in content.drafts})
    results = [_signed(each) for each in await sign_each(session, content.drafts, one, permits=permits)]
    accepted = sum(each.result == "accepted" for each in results)
    return SignatureResults(accepted=accepted, refused=len(results) - accepted, results=results)


def _signed(each: Signed[Submitted]) -> SignatureResult:
    if each.became is not None:
        return SignatureResult(draft_id=each.draft_id, result="accepted", **_taken(each.became))
    item, refusal = Item(str(each.asked), None), each.refusal
    return SignatureResult(
        draft_id=each.draft_id,
        result="refused",
        errors=[item.finding(error) for error in refusal.errors] if refusal else [],
        **each.refused,
    )


async def _each(
    session: AsyncSession, principal: Principal, items: Sequence[Item], take: Take
) -> SheetResults:
    """Takes each report in a savepoint of its own, in an order in which two files never wait for each other.

    A report may change every open violation of its permit: the obligations are locked first, as where one report is
    submitted, then permit after permit is taken.
    """
    named = [_identity(item) for item in items]
    permits = await obligations.lock_all(
        session, principal.rows, {each for each in named if each is not None}
    )
    places = [(permits[each], str(each)) if each in permits else ("", "") for each in named]
    found: dict[int, SheetResult] = {}
    for at, item in sorted(enumerate(items), key=lambda each: (places[each[0]], each[0])):
        found[at] = await _one(session, principal, item, take)
    results = [found[at] for at in range(len(items))]
    accepted = sum(each.result == "accepted" for each in results)
    return SheetResults(accepted=accepted, refused=len(results) - accepted, results=results)


def _identity(item: Item) -> uuid.UUID | None:
    """Of the obligation that is named; None where that is no identity at all."""
    try:
        return uuid.UUID(item.obligation_id or "")
    except ValueError:
        return None


async def _one(session: AsyncSession, principal: Principal, item: Item, take: Take) -> SheetResult:
    item = await kept(session, principal, item)
    content, errors = shape_of(item, DraftCreate)
    refusal: Problem = Invalid()
    if content is not None and not errors:
        try:
            async with savepoint(session):
                taken = await take(content)
                return SheetResult(
                    source=item.source, obligation_id=item.obligation_id, result="accepted", **taken
                )
        except Problem as problem:
            refusal = problem
            errors = list(problem.errors) or [
                FieldError("", problem.code, problem.title, article=problem.article)
            ]
    return SheetResult(
        source=item.source,
        obligation_id=item.obligation_of(errors),
        result="refused",
        errors=[item.finding(each) for each in errors],
        **said_of(refusal),
    )


def _taken(submitted: Submitted) -> dict[str, Any]:
    return {"report_id": submitted.report.id, "receipt": submitted.receipt}
