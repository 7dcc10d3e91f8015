"""Many drafts signed in one call, of whatever kind: each becomes what it is for, or stays open with the reason why."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.problems import Problem
from services.kit.told import savepoint
from services.permits.drafts.errors import DraftNotFound
from services.permits.drafts.schemas import ToSign

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Signed(Generic[T]):
    """What became of one draft: what it is now, or why it is still a draft."""

    asked: uuid.UUID
    became: T | None = None
    refusal: Problem | None = None

    @property
    def draft_id(self) -> uuid.UUID | None:
        """None where the caller has no such draft: what is not theirs is not said after them."""
        return None if isinstance(self.refusal, DraftNotFound) else self.asked

    @property
    def refused(self) -> dict[str, str | None]:
        """Why it is still a draft; nothing of one that was signed."""
        return said_of(self.refusal) if self.refusal is not None else {}


def said_of(refusal: Problem) -> dict[str, str | None]:
    """What one of many is refused for, as a problem document would say it."""
    text = refusal.detail or refusal.title
    return {"code": refusal.code, "detail_zh": text.zh, "detail_en": text.en, "article": refusal.article}


async def sign_each(
    session: AsyncSession,
    drafts: Iterable[ToSign],
    sign: Callable[[ToSign], Awaitable[T]],
    *,
    permits: Mapping[uuid.UUID, str] | None = None,
) -> list[Signed[T]]:
    """Signs each in a savepoint of its own; in the order of the request. One that is named twice is signed once.

    They are taken in the order of their `permits`, of which a signature may hold more than its own report, then of
    their ids, so that two requests never wait for each other.
    """
    numbers = permits or {}
    drafts = list(drafts)
    found: dict[int, Signed[T]] = {}
    order = sorted(
        enumerate(drafts), key=lambda place: (numbers.get(place[1].draft_id, ""), place[1].draft_id, place[0])
    )
    for at, each in order:
        try:
            async with savepoint(session):
                found[at] = Signed(each.draft_id, became=await sign(each))
        except Problem as problem:
            found[at] = Signed(each.draft_id, refusal=problem)
    return [found[at] for at in range(len(drafts))]
