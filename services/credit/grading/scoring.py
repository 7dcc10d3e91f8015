"""Computes scores from the ledger: which records were known when, under which rules, and what follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from services.credit.grading import repository, rules
from services.credit.grading.errors import NoPackInForce, PackNotFound
from services.credit.grading.models import Evaluation, RulePack
from services.credit.grading.pack_file import read_pack
from services.credit.records import repository as records
from services.credit.records.models import Record


@dataclass(frozen=True, slots=True)
class Scored:
    """A score with what it was computed from."""

    score: rules.Score
    pack: rules.Pack
    records: dict[int, Record]


def entries_of(found: Iterable[Record]) -> list[rules.Entry]:
    """Admitted records as the rules see them."""
    return [
        rules.Entry(
            index=record.log_index,
            kind=record.kind,
            clause=record.clause,
            points=record.points,
            effective_from=record.effective_from,
            effective_to=record.effective_to,
        )
        for record in found
        if record.log_index is not None
    ]


async def compute(
    session: AsyncSession, uscc: str, *, pack: RulePack, tree_size: int, valid_at: date
) -> Scored:
    """The score by the records below `tree_size`."""
    found = await records.admitted(session, uscc, tree_size=tree_size)
    read = read_pack(pack.document)
    by_index = {record.log_index: record for record in found if record.log_index is not None}
    return Scored(rules.score(read, entries_of(found), valid_at), read, by_index)


async def pack_for(
    session: AsyncSession, *, valid_at: date, known_at: datetime | None = None, rule: str | None = None
) -> RulePack:
    """The pack named by its digest, or the one in force on the day; 404 or 409 where there is none."""
    if rule is not None:
        named = await repository.pack_by_digest(session, rule)
        if named is None:
            raise PackNotFound()
        return named
    pack = await repository.pack_on(session, valid_at, known_at=known_at)
    if pack is None:
        raise NoPackInForce()
    return pack


def same(scored: Scored, evaluation: Evaluation) -> bool:
    """Whether a score is what an evaluation says: rules, score, grade and the entries that count."""
    return (
        scored.pack.digest == evaluation.rule_hash
        and scored.score.value == evaluation.score
        and scored.score.band.code == evaluation.grade
        and scored.score.counted == evaluation.counted
    )


async def replay(session: AsyncSession, evaluation: Evaluation) -> bool:
    """Computes a stored evaluation again from the ledger; whether it comes out the same."""
    pack = await repository.pack_by_digest(session, evaluation.rule_hash)
    if pack is None:
        return False
    scored = await compute(
        session, evaluation.uscc, pack=pack, tree_size=evaluation.tree_size, valid_at=evaluation.valid_at
    )
    return same(scored, evaluation)
