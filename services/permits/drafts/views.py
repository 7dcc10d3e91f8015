"""Draft reports as they are read: with everything that the rules say about them."""

from __future__ import annotations

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.findings import FieldError
from services.kit.texts import Text
from services.permits.drafts import repository
from services.permits.drafts.errors import DraftNotFound
from services.permits.drafts.models import Draft
from services.permits.drafts.schemas import DraftRead, DraftSummary, FindingRead
from services.permits.obligations import service as obligations
from services.permits.reports import checks
from services.permits.reports.evidence import evidence_of, period_of
from services.permits.reports.schemas import CheckFinding, ReportContent
from services.permits.reports.views import exceedance_rows, special_rows, warning_rows


async def get(session: AsyncSession, rows: RowScope, draft_id: uuid.UUID, *, lock: bool = False) -> Draft:
    draft = await repository.by_id(session, draft_id, rows=rows, lock=lock)
    if draft is None:
        raise DraftNotFound()
    return draft


async def read(session: AsyncSession, rows: RowScope, *, draft_id: uuid.UUID) -> DraftRead:
    return await view(session, rows, await get(session, rows, draft_id))


async def view(session: AsyncSession, rows: RowScope, draft: Draft) -> DraftRead:
    """A draft with its findings: those of the report checks, none of which refuses it."""
    content = ReportContent.model_validate(draft.content)
    obligation = await obligations.get(session, rows, draft.obligation_id)
    evidence = await evidence_of(session, obligation, content)
    found = checks.assess(content, evidence=evidence, period=period_of(obligation))
    return DraftRead.model_validate(
        {
            **DraftSummary.model_validate(draft).model_dump(),
            "content": content,
            "findings": [finding_read(error) for error in found.refusing.errors],
            "warnings": warning_rows(found.warnings),
            "exceedances": exceedance_rows(found.outcome.over),
            "special_exceedances": special_rows(found.outcome.special_over),
        }
    )


def finding_read(error: FieldError) -> FindingRead:
    """One finding in both languages."""
    return FindingRead(
        pointer=error.pointer,
        code=error.code,
        detail_zh=error.text.zh,
        detail_en=error.text.en,
        article=error.article,
    )


def finding_of(read: FindingRead | CheckFinding) -> FieldError:
    """What was said so, as the rules say it."""
    return FieldError(
        read.pointer, read.code, Text(zh=read.detail_zh, en=read.detail_en), article=read.article
    )


def etag(draft: DraftSummary) -> str:
    """Changes with every step of a draft."""
    return f'"{draft.version}"'
