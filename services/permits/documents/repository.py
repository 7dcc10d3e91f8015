"""SQL of decision documents."""

from __future__ import annotations

import uuid
from typing import cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.permits.documents.models import PermitDocument

_TABLE = cast(sa.Table, PermitDocument.__table__)  # type: ignore[attr-defined]


async def by_content(session: AsyncSession, content_sha256: str) -> PermitDocument | None:
    statement = select(PermitDocument).where(PermitDocument.content_sha256 == content_sha256)
    return (await session.exec(statement)).first()


async def by_id(session: AsyncSession, document_id: uuid.UUID) -> PermitDocument | None:
    return (await session.exec(select(PermitDocument).where(PermitDocument.id == document_id))).first()


async def add(session: AsyncSession, document: PermitDocument) -> bool:
    """Whether this call stored it: of two that make the same document at once, the second waits for the first."""
    statement = (
        insert(_TABLE)
        .values(document.model_dump())
        .on_conflict_do_nothing(index_elements=["content_sha256"])
        .returning(_TABLE.c.id)
    )
    return (await session.exec(statement)).first() is not None
