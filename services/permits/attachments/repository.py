"""SQL of files."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.locking import locking
from services.kit.pages import PageQuery, page
from services.kit.scoping import matching, within_sites
from services.permits.application_drafts.models import ApplicationDraft
from services.permits.attachments.models import Attachment, AttachmentPiece, AttachmentUse, ReportAnnex
from services.permits.drafts.models import Draft

_SITE = sa.func.coalesce(col(Attachment.permit_number), "")


async def by_id(session: AsyncSession, attachment_id: uuid.UUID, *, rows: RowScope) -> Attachment | None:
    statement = select(Attachment).where(Attachment.id == attachment_id)
    statement = within_sites(rows, statement, col(Attachment.uscc), site=_SITE)
    return (await session.exec(statement)).first()


async def page_of(
    session: AsyncSession, *, rows: RowScope, query: PageQuery, uscc: str | None, permit_number: str | None
) -> tuple[list[Attachment], str | None]:
    """Newest first."""
    statement = within_sites(rows, select(Attachment), col(Attachment.uscc), site=_SITE)
    wanted = ((col(Attachment.uscc), uscc), (col(Attachment.permit_number), permit_number))
    statement = matching(statement, *wanted)
    return await page(session, statement, by=[(col(Attachment.id), uuid.UUID)], query=query, descending=True)


async def of_site(
    session: AsyncSession, uscc: str, permit_number: str | None, ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, Attachment]:
    """Those of these files that are the enterprise's, and of this site or of none; nobody forgets them meanwhile."""
    statement = (
        select(Attachment)
        .where(
            Attachment.uscc == uscc,
            col(Attachment.id).in_(ids),
            sa.or_(col(Attachment.permit_number).is_(None), col(Attachment.permit_number) == permit_number),
        )
        .order_by(col(Attachment.id))
        .with_for_update(read=True, key_share=True)
    )
    return {each.id: each for each in await session.exec(statement)}


async def add_piece(session: AsyncSession, attachment_id: uuid.UUID, number: int, content: bytes) -> None:
    """Executed at once, so that the session holds none of it."""
    row = {"attachment_id": attachment_id, "number": number, "content": content}
    await session.exec(sa.insert(AttachmentPiece).values(row))


async def pieces(session: AsyncSession, attachment_id: uuid.UUID, numbers: range) -> list[bytes]:
    statement = (
        select(AttachmentPiece.content)
        .where(
            AttachmentPiece.attachment_id == attachment_id,
            col(AttachmentPiece.number).between(numbers[0], numbers[-1]),
        )
        .order_by(col(AttachmentPiece.number))
    )
    return list(await session.exec(statement))


async def add_uses(session: AsyncSession, version_id: uuid.UUID, ids: Iterable[uuid.UUID]) -> None:
    session.add_all(AttachmentUse(attachment_id=each, application_version_id=version_id) for each in ids)


async def add_annexes(session: AsyncSession, version_id: uuid.UUID, ids: Iterable[uuid.UUID]) -> None:
    """To a version of a report that is there already."""
    rows = [{"attachment_id": each, "report_version_id": version_id} for each in ids]
    if rows:
        await session.exec(sa.insert(ReportAnnex).values(rows))


def _unused() -> sa.ColumnElement[bool]:
    named = (AttachmentUse.attachment_id, ReportAnnex.attachment_id)
    return sa.and_(*(~sa.exists().where(col(each) == Attachment.id) for each in named))


async def waiting_bytes(session: AsyncSession, uscc: str) -> int:
    """How much an enterprise has sent that neither an application nor a report names."""
    statement = select(sa.func.coalesce(sa.func.sum(Attachment.size_bytes), 0))
    return int((await session.exec(statement.where(Attachment.uscc == uscc, _unused()))).one())


async def forgettable(session: AsyncSession, before: datetime) -> list[uuid.UUID]:
    """Files of before that moment that no application, no report and no open draft names; oldest first."""
    statement = select(Attachment.id).where(Attachment.sent_at < before, _unused(), ~_drafted())
    return list(await session.exec(statement.order_by(col(Attachment.id))))


def _drafted() -> sa.ColumnElement[bool]:
    return sa.or_(_drafted_in(ApplicationDraft, "attachments"), _drafted_in(Draft, "annexes"))


def _drafted_in(draft: type[ApplicationDraft] | type[Draft], member: str) -> sa.ColumnElement[bool]:
    of_draft = sa.func.jsonb_build_object(
        member,
        sa.func.jsonb_build_array(
            sa.func.jsonb_build_object("attachment_id", sa.cast(Attachment.id, sa.Text))
        ),
    )
    return sa.exists().where(
        col(draft.uscc) == Attachment.uscc,
        col(draft.state) == "open",
        col(draft.content).contains(of_draft),
    )


async def forget(session: AsyncSession, attachment_id: uuid.UUID) -> Attachment | None:
    """Deletes a file that is still named by nobody; None where it is not there, or somebody names it now."""
    statement = locking(select(Attachment).where(Attachment.id == attachment_id))
    attachment = (await session.exec(statement)).first()
    if attachment is None:
        return None
    # Asked behind the lock: who was naming it meanwhile has done so by now.
    free = (
        await session.exec(
            select(Attachment.id).where(Attachment.id == attachment_id, _unused(), ~_drafted())
        )
    ).first()
    if free is None:
        return None
    await session.exec(sa.delete(AttachmentPiece).where(col(AttachmentPiece.attachment_id) == attachment_id))
    await session.exec(sa.delete(Attachment).where(col(Attachment.id) == attachment_id))
    return attachment
