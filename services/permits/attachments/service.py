"""Use cases of files: send one, look at it, have it back; what nobody names is forgotten."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import audit, clock, events
from services.kit.auth import Principal, RowScope
from services.kit.database import Database
from services.kit.event_catalogue import EventType
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.large_files import Spooled
from services.kit.pages import PageQuery
from services.kit.rounds import CLOCK, Round
from services.kit.schemas import Page
from services.permits.attachments import repository, rules
from services.permits.attachments.errors import AttachmentInvalid, AttachmentNotFound, AttachmentsWaiting
from services.permits.attachments.events import ATTACHMENT_FORGOTTEN, ATTACHMENT_KEPT, AttachmentFact
from services.permits.attachments.models import Attachment
from services.permits.attachments.schemas import AttachmentRead
from services.permits.batches.views import permit_of
from services.permits.enterprises import service as enterprises
from services.permits.permits.errors import PermitNotFound

PIECE_BYTES = 256 * 1024
_AT_ONCE = 4
"""Pieces that are read together: a mebibyte in memory for each who downloads."""
EVERY = timedelta(hours=1)
PATH = "/v1/permits/attachments"


async def keep(
    session: AsyncSession,
    principal: Principal,
    file: Spooled,
    *,
    uscc: str,
    permit_number: str | None,
    name: str,
    waiting_bytes: int,
) -> AttachmentRead:
    """Keeps a file piece by piece. 404 for an enterprise or permit that is not the caller's to prepare for."""
    await enterprises.to_prepare_for(session, principal.rows, uscc=uscc, permit_number=permit_number)
    if permit_number is not None:
        permit = await permit_of(session, principal.rows, permit_number)
        if permit.uscc != uscc:
            raise PermitNotFound()
    found = Findings()
    start = await file.start(rules.START_BYTES)
    rules.check_file(found, name=name, media_type=file.media_type, start=start)
    found.raise_if_any(AttachmentInvalid)
    if await repository.waiting_bytes(session, uscc) + file.size > waiting_bytes:
        raise AttachmentsWaiting(limit_bytes=waiting_bytes)
    attachment = Attachment(
        id=new_id(),
        uscc=uscc,
        permit_number=permit_number,
        name=name,
        media_type=file.media_type,
        size_bytes=file.size,
        sha256=file.sha256,
        pieces=-(-file.size // PIECE_BYTES),
        sent_by=principal.subject,
        sent_at=clock.now(),
    )
    session.add(attachment)
    await session.flush()
    number = 0
    async for piece in file.pieces(PIECE_BYTES):
        await repository.add_piece(session, attachment.id, number, piece)
        number += 1
    _tell(session, principal, attachment, kind=ATTACHMENT_KEPT)
    return view(attachment)


async def get(session: AsyncSession, rows: RowScope, attachment_id: uuid.UUID) -> Attachment:
    attachment = await repository.by_id(session, attachment_id, rows=rows)
    if attachment is None:
        raise AttachmentNotFound()
    return attachment


async def listing(
    session: AsyncSession, rows: RowScope, *, query: PageQuery, uscc: str | None, permit_number: str | None
) -> Page[AttachmentRead]:
    found, following = await repository.page_of(
        session, rows=rows, query=query, uscc=uscc, permit_number=permit_number
    )
    return Page(items=[view(each) for each in found], next_cursor=following)


async def content(database: Database, attachment: Attachment) -> AsyncIterator[bytes]:
    """The file again, a short transaction for each few pieces: a slow reader holds none open."""
    for first in range(0, attachment.pieces, _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, attachment.pieces))
        async with database.transaction() as session:
            pieces = await repository.pieces(session, attachment.id, numbers)
        if len(pieces) != len(numbers):
            raise RuntimeError(
                "the file was forgotten while it was read"
            )  # ends the answer before its length
        for piece in pieces:
            yield piece


def forgetting(days: int) -> Round:
    """Forgets files that so many days after they came no application, no report and no open draft names."""

    async def due(session: AsyncSession) -> Iterable[uuid.UUID]:
        return await repository.forgettable(session, clock.now() - timedelta(days=days))

    async def act(session: AsyncSession, attachment_id: uuid.UUID) -> None:
        gone = await repository.forget(session, attachment_id)
        if gone is not None:
            _tell(session, CLOCK, gone, kind=ATTACHMENT_FORGOTTEN)

    return Round("permits.forget_attachments", EVERY, due, act)


def view(attachment: Attachment) -> AttachmentRead:
    return AttachmentRead.model_validate(attachment.model_dump(exclude={"pieces"}))


def _tell(session: AsyncSession, principal: Principal, attachment: Attachment, *, kind: EventType) -> None:
    known = attachment.model_dump(include=set(AttachmentFact.model_fields))
    fact = AttachmentFact(attachment_id=attachment.id, **known)
    image = fact.model_dump(mode="json")
    audit.record(
        session,
        principal,
        action=kind,
        entity="attachment",
        entity_id=attachment.id,
        owner=attachment.uscc,
        before=image if kind is ATTACHMENT_FORGOTTEN else None,
        after=image if kind is ATTACHMENT_KEPT else None,
    )
    events.emit(session, kind=kind, subject=f"{PATH}/{attachment.id}", owner=attachment.uscc, fact=fact)
