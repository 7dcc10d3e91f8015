"""Use cases of the log: append an entry, read checkpoints, make proofs.

Appending takes a place, then writes entry, nodes and signed checkpoint in the caller's transaction: the row that the
entry is about, its index and the new root commit together, or none of them does.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from services.credit.log import repository
from services.credit.log.errors import TreeNotReached
from services.credit.log.keys import LogSigner
from services.credit.log.leaf import Fields, make_leaf, new_secret
from services.credit.log.merkle import (
    EMPTY_ROOT,
    complete_subtrees,
    consistency_ranges,
    fold,
    grow,
    inclusion_ranges,
    leaf_hash,
)
from services.credit.log.models import LogCheckpoint, LogEntry, LogNode
from services.kit import clock


@dataclass(frozen=True, slots=True)
class Place:
    """Where the next entry goes. Times never run backwards along the log, whatever the clock does."""

    index: int
    recorded_at: datetime
    subject: str | None
    subject_sequence: int | None
    previous_index: int | None


@dataclass(frozen=True, slots=True)
class Proof:
    """Hashes of a proof, and the signed checkpoint of the (newer) tree it is about."""

    hashes: list[bytes]
    note: str


async def take_place(session: AsyncSession, *, subject: str | None) -> Place:
    """The next place, held until the transaction ends: nobody else appends meanwhile."""
    await repository.lock(session)
    newest = await repository.newest_checkpoint(session)
    before = await repository.newest_of(session, subject) if subject is not None else None
    moment = clock.now() if newest is None else max(clock.now(), newest.signed_at)
    count = None if subject is None else (before.subject_sequence or 0) + 1 if before else 1
    return Place(
        index=newest.size if newest else 0,
        recorded_at=moment,
        subject=subject,
        subject_sequence=count,
        previous_index=before.index if before else None,
    )


async def append(
    session: AsyncSession, place: Place, *, kind: str, entity_id: uuid.UUID, body: Fields, signer: LogSigner
) -> LogCheckpoint:
    """Writes the entry at its place; the checkpoint of the tree that now ends with it."""
    secret = new_secret()
    leaf = make_leaf(kind, fields_of(place, body), secret)
    entry = LogEntry(
        index=place.index,
        kind=kind,
        entity_id=entity_id,
        subject=place.subject,
        subject_sequence=place.subject_sequence,
        previous_index=place.previous_index,
        secret=secret,
        leaf=leaf,
        leaf_hash=leaf_hash(leaf),
        recorded_at=place.recorded_at,
    )
    session.add(entry)
    await session.flush()
    return await _grow(session, entry, signer)


def fields_of(place: Place | LogEntry, body: Fields) -> Fields:
    """Everything that a leaf commits to: its place among the entries about its subject, and its row's fields.

    `body` comes from the row alone and has `subject` and `recorded_at` in every kind, so that neither can be changed
    there without the log showing it.
    """
    return {
        **body,
        "subject_sequence": place.subject_sequence,
        "previous_index": place.previous_index,
    }


async def _grow(session: AsyncSession, entry: LogEntry, signer: LogSigner) -> LogCheckpoint:
    size = entry.index + 1
    before = complete_subtrees((0, entry.index))
    stored = await repository.nodes(session, before)
    made, peaks = grow([stored[node] for node in before], entry.index, entry.leaf_hash)
    root = fold(peaks)
    session.add_all(LogNode(level=level, index=index, hash=value) for (level, index), value in made.items())
    checkpoint = LogCheckpoint(
        size=size,
        last_index=entry.index,
        root=root,
        note=signer.sign(size=size, root=root),
        signed_at=entry.recorded_at,
    )
    session.add(checkpoint)
    await session.flush()
    return checkpoint


async def checkpoint_note(session: AsyncSession, signer: LogSigner) -> str:
    """The newest signed checkpoint; that of the empty log where nothing was appended yet."""
    newest = await repository.newest_checkpoint(session)
    return newest.note if newest else signer.sign(size=0, root=EMPTY_ROOT)


async def inclusion(session: AsyncSession, *, index: int, size: int) -> Proof:
    """The proof that the entry at `index` is in the tree of `size` (RFC 9162, 2.1.3)."""
    checkpoint = await repository.checkpoint_of(session, size)
    if checkpoint is None or index >= size:
        raise TreeNotReached()
    hashes = await repository.range_hashes(session, inclusion_ranges(index, size))
    return Proof(hashes, checkpoint.note)


async def consistency(session: AsyncSession, *, old: int, new: int) -> Proof:
    """The proof that the tree of `new` begins with that of `old` (RFC 9162, 2.1.4)."""
    checkpoint = await repository.checkpoint_of(session, new)
    if checkpoint is None or not 0 <= old <= new:
        raise TreeNotReached()
    hashes = await repository.range_hashes(session, consistency_ranges(old, new))
    return Proof(hashes, checkpoint.note)
