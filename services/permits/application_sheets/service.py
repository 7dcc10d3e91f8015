"""Use cases of an application as a sheet: take it away filled in, have its errors marked, make a draft of it."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import Principal
from services.kit.findings import FieldError
from services.kit.pages import PageQuery
from services.kit.salvage import Unreadable, certain, salvage
from services.kit.texts import Text
from services.kit.uploads import XLSX, Upload
from services.permits.application_drafts import service as drafts
from services.permits.application_drafts import views as draft_views
from services.permits.application_drafts.schemas import (
    ApplicationDraftCreate,
    ApplicationDraftRead,
    ApplicationDraftUpdate,
)
from services.permits.application_sheets import laying, prefilling, reading
from services.permits.application_sheets.errors import ApplicationSheetInvalid
from services.permits.application_sheets.schemas import ApplicationSheet, DraftOnSheet
from services.permits.applications import checks, dry_run
from services.permits.applications.schemas import ApplicationCorrection, ApplicationCreate
from services.permits.attachments import repository as attachments
from services.permits.batches.errors import FileUnreadable
from services.permits.drafts import stepping
from services.permits.drafts.views import finding_of
from services.permits.eia import repository as eia
from services.permits.sheets.checking import shape_of
from services.permits.sheets.grids import Cell, from_csv
from services.permits.sheets.items import Item, of_sheet
from services.permits.sheets.listing import marked
from services.permits.sheets.xlsx import grids_of, written

_NO_SHEET = Text(
    zh="应有且只有一张本系统生成的申请表（工作表首格为 steppe:application）",
    en="one sheet of ours is to be in it, and no more (its first cell says steppe:application)",
)
_OTHER = Text(zh="与草稿不符", en="is not that of the draft")
_TITLE = "排污许可证申请"


async def blank(
    session: AsyncSession, principal: Principal, *, uscc: str, kind: str, permit_number: str | None
) -> bytes:
    """The workbook of a new application, with what is known already."""
    return await _written(
        session,
        principal,
        await prefilling.of_new(session, principal, uscc=uscc, kind=kind, permit_number=permit_number),
    )


async def correction(session: AsyncSession, principal: Principal, *, application_id: uuid.UUID) -> bytes:
    """The workbook of an application that is to be corrected."""
    document = await prefilling.of_correction(session, principal, application_id=application_id)
    return await _written(session, principal, document)


async def of_draft(session: AsyncSession, principal: Principal, *, draft_id: uuid.UUID) -> bytes:
    """The workbook of a draft: sent back, it changes the draft."""
    return await _written(
        session, principal, await prefilling.of_draft(session, principal, draft_id=draft_id)
    )


async def _written(session: AsyncSession, principal: Principal, document: dict[str, Any]) -> bytes:
    rows = laying.rows_of(document, printed=await _named(session, principal, document["uscc"]))
    return await asyncio.to_thread(written, [(_TITLE, rows)], dress=laying.dress_of(rows))


async def _named(session: AsyncSession, principal: Principal, uscc: str) -> list[list[Cell]]:
    """The newest documents and files that an application may name, with their identities."""
    rows, query = principal.rows, PageQuery(limit=100)
    documents, _ = await eia.page_of(session, rows=rows, query=query, uscc=uscc, state=None)
    files, _ = await attachments.page_of(session, rows=rows, query=query, uscc=uscc, permit_number=None)
    named: list[list[Cell]] = [["本单位的环评文件", "标识", "文号", "项目名称"]]
    named += [[None, str(each.id), each.number, each.project_name] for each in documents]
    named.append(["本单位的附件", "标识", "文件名"])
    named += [[None, str(each.id), each.name] for each in files]
    return named


async def annotated(session: AsyncSession, principal: Principal, upload: Upload) -> bytes:
    """The sheet as it came, bad cells in red with a comment, and a sheet that lists all errors; nothing is saved."""
    item = await asyncio.to_thread(_item_of, upload)
    content, errors = shape_of(item, ApplicationSheet)
    if content is None:
        errors = [*errors, *await _of_the_rest(session, principal, item, errors)]
    else:
        errors = [*errors, *await _of_the_rules(session, principal, content)]
    return await asyncio.to_thread(marked, [(item, [item.finding(error) for error in errors])])


async def take(session: AsyncSession, principal: Principal, upload: Upload) -> ApplicationDraftRead:
    """Makes a draft of the sheet, or changes the one that it is of. What the rules find is shown, and refuses none."""
    item = await asyncio.to_thread(_item_of, upload)
    content, errors = shape_of(item, ApplicationSheet)
    if content is None or errors:
        raise _refusal(item, errors)
    if content.draft is None:
        names = set(ApplicationDraftCreate.model_fields)
        new = ApplicationDraftCreate.model_validate(content.model_dump(mode="json", include=names))
        return await drafts.file(session, principal, new)
    return await _change(session, principal, item, content, content.draft)


async def _change(
    session: AsyncSession, principal: Principal, item: Item, content: ApplicationSheet, named: DraftOnSheet
) -> ApplicationDraftRead:
    """Who applies for what stays; 409 where the draft was changed since the sheet was taken away."""
    draft = await draft_views.get(session, principal.rows, named.id, lock=True)
    stepping.refuse_unless_read(draft, named.version)
    others = [
        FieldError(f"/{name}", "not_of_the_draft", _OTHER)
        for name in ("uscc", "kind", "permit_number")
        if getattr(content, name) != getattr(draft, name)
    ]
    corrects = (content.corrects.application_id, content.corrects.version) if content.corrects else None
    if corrects != ((draft.application_id, draft.corrects_version) if draft.corrects_version else None):
        others.append(FieldError("/corrects", "not_of_the_draft", _OTHER))
    if others:
        raise _refusal(item, others)
    update = ApplicationDraftUpdate.model_validate(drafts.document_of(content))
    return await drafts.change(session, principal, update, draft_id=draft.id, if_match="*")


def _refusal(item: Item, errors: list[FieldError]) -> ApplicationSheetInvalid:
    cells = reading.cells_of(item.filled, errors) if item.filled else {}
    return ApplicationSheetInvalid(errors=errors, cells=cells)


def _item_of(upload: Upload) -> Item:
    sheets = grids_of(upload.content) if upload.media_type == XLSX else [from_csv(upload.content)]
    ours = [grid for grid in sheets if reading.is_application(grid)]
    if len(ours) != 1:
        raise FileUnreadable(_NO_SHEET)
    return of_sheet(reading.read(ours[0]))


async def _of_the_rest(
    session: AsyncSession, principal: Principal, item: Item, errors: list[FieldError]
) -> list[FieldError]:
    """What the rules say of what could be read; of a correction nothing, before all of it can be."""
    unreadable = Unreadable(error.pointer for error in errors)
    if "corrects" in item.document or any(map(unreadable.covers, ("/uscc", "/kind", "/permit_number", ""))):
        return []
    partial = salvage(ApplicationCreate, item.document, unreadable)
    return certain(await checks.of_submission(session, principal, partial), unreadable)


async def _of_the_rules(
    session: AsyncSession, principal: Principal, content: ApplicationSheet
) -> list[FieldError]:
    document = drafts.document_of(content)
    if content.corrects is None:
        about = content.model_dump(mode="json", include={"uscc", "kind", "permit_number"})
        new = ApplicationCreate.model_validate({**document, **about})
        found = await dry_run.of_submission(session, principal, new)
    else:
        found = await dry_run.of_correction(
            session,
            principal,
            ApplicationCorrection.model_validate({**document, "corrects_version": content.corrects.version}),
            application_id=content.corrects.application_id,
        )
    return [finding_of(each) for each in found.errors]
