"""Rows enter their table: at once where all are new, else one by one against what is there.

The usual file is new as a whole and goes straight in by COPY. Where it holds a row that is there already, nothing of it
has entered: it goes through a table of the transaction's own, and each row is compared with the one of its id.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.findings import FieldError
from services.kit.texts import Text
from services.kit.told import savepoint
from services.permits.batches.copying import copy_rows
from services.permits.batches.desk import Desk
from services.permits.batches.intake import Intake, id_taken

ARTICLE_TRUE = "排污许可管理条例 第二十一条"
_NO_TARGET = Text(
    zh="没有可更正的同类记录{id}", en="there is no row {id} of the same kind that it could correct"
)
_CORRECTED = Text(
    zh="记录{id}已被更正，请更正最新的一条", en="row {id} was corrected already: correct the newest"
)


async def straight_in(session: AsyncSession, desk: Desk, pieces: AsyncIterator[bytes]) -> bool:
    """Copies the pieces into the table; False, with nothing of them in it, where one of their ids is there."""
    try:
        async with savepoint(session):
            await copy_rows(session, desk.table, desk.columns, pieces)
    except sa.exc.IntegrityError:
        return False
    return True


async def one_by_one(session: AsyncSession, desk: Desk, intake: Intake, identities: list[str]) -> None:
    """Enters those of these rows that are new; the others are repeated or refused, which the intake then says."""
    await session.exec(sa.text(f"CREATE TEMP TABLE incoming (LIKE {desk.table}) ON COMMIT DROP"))  # type: ignore[call-overload]
    await copy_rows(session, "incoming", desk.columns, _pieces(intake, identities))
    columns = ", ".join(desk.columns)
    plain = sa.text(
        f"INSERT INTO {desk.table} ({columns}) SELECT {columns} FROM incoming "  # noqa: S608 - names of the code
        "WHERE supersedes IS NULL ON CONFLICT DO NOTHING"
    )
    await session.exec(plain)  # type: ignore[call-overload]
    while (await session.exec(_correcting(desk))).rowcount:  # type: ignore[call-overload]
        continue  # a correction may itself be corrected in the same file
    places = intake.places()
    for outcome in await session.exec(_compared(desk)):  # type: ignore[call-overload]
        _conclude(intake, places[str(outcome.id)], outcome)
    await session.exec(sa.text("DROP TABLE incoming"))  # type: ignore[call-overload]


async def _pieces(intake: Intake, identities: list[str]) -> AsyncIterator[bytes]:
    yield b"".join([intake.texts[identity] for identity in identities])


def _correcting(desk: Desk) -> sa.TextClause:
    columns = ", ".join(f"i.{name}" for name in desk.columns)
    alike = " AND ".join(f"t.{name} IS NOT DISTINCT FROM i.{name}" for name in desk.alike)
    return sa.text(
        f"INSERT INTO {desk.table} ({', '.join(desk.columns)}) SELECT {columns} FROM incoming i "  # noqa: S608
        f"JOIN {desk.table} t ON t.permit_number = i.permit_number AND t.id = i.supersedes AND {alike} "
        "ON CONFLICT DO NOTHING"
    )


def _compared(desk: Desk) -> sa.TextClause:
    """For each row: whether one of its id is in the table, whether that is this one, or says the same; and whether
    there is what it could have corrected."""
    there, here = (", ".join(f"{side}.{name}" for name in desk.same) for side in "ei")
    alike = " AND ".join(f"t.{name} IS NOT DISTINCT FROM i.{name}" for name in desk.alike)
    return sa.text(
        f"SELECT i.id, i.supersedes, e.id IS NOT NULL AS known, e.batch_id IS NOT DISTINCT FROM i.batch_id AS ours, "  # noqa: S608
        f"({there}) IS NOT DISTINCT FROM ({here}) AS same, EXISTS (SELECT FROM {desk.table} t "
        f"WHERE t.permit_number = i.permit_number AND t.id = i.supersedes AND {alike}) AS correctable "
        f"FROM incoming i LEFT JOIN {desk.table} e ON e.permit_number = i.permit_number AND e.id = i.id"
    )


def _conclude(intake: Intake, place: int, outcome: Any) -> None:
    if not outcome.known:
        text = (_CORRECTED if outcome.correctable else _NO_TARGET).format(id=outcome.supersedes)
        code = "already_superseded" if outcome.correctable else "superseded_unknown"
        intake.errors[place] = [FieldError("/supersedes", code, text, article=ARTICLE_TRUE)]
    elif not outcome.ours and outcome.same:
        intake.repeated.add(place)
    elif not outcome.ours:
        intake.errors[place] = [id_taken()]
