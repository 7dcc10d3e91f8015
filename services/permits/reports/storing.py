"""SQL that keeps a submission: report, version, values and the obligation that they answer in one statement.

A report has up to some hundred values, and each round trip is a good part of what a submission takes: the lines are
those of the document, whose text goes once, and as one JSON text of their own only where their figures were converted.
The statement is the same however many there are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSON, JSONB
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.driven import Driven, rows_of
from services.kit.told import Writing, write_with
from services.permits.obligations.models import Obligation
from services.permits.reports.models import Report, ReportValue, ReportVersion
from services.permits.reports.rules import ValueFact
from services.permits.reports.rules_values import CONVERTED

_REPORT, _VERSION, _VALUE, _OBLIGATION = (
    cast(sa.Table, sa.inspect(each).local_table) for each in (Report, ReportVersion, ReportValue, Obligation)
)
_LINE = [column for column in _VALUE.c if column.name != "report_version_id"]
_NAMES = [column.name for column in _LINE]
_FACTS = attrgetter(*_NAMES)
_DOCUMENT = sa.bindparam("version_document", type_=sa.Text())
_ROWS = rows_of(
    "lines",
    _LINE,
    given=sa.func.coalesce(
        sa.cast(sa.bindparam("lines", type_=sa.Text()), JSON), sa.cast(_DOCUMENT, JSON)["values"]
    ),
)


def _row(table: sa.Table, prefix: str) -> dict[str, sa.BindParameter[Any]]:
    return {each.name: sa.bindparam(f"{prefix}_{each.name}", type_=each.type) for each in table.c}


_ADD_VERSION = (
    _VERSION.insert()
    .values({**_row(_VERSION, "version"), "document": sa.cast(_DOCUMENT, JSONB)})
    .cte("added_version")
)
_ADD_VALUES = (
    _VALUE.insert()
    .from_select(
        ["report_version_id", *_NAMES],
        sa.select(sa.bindparam("version_id", type_=_VERSION.c.id.type), *(_ROWS.c[name] for name in _NAMES)),
    )
    .cte("added_values")
)
_CORRECTION = Driven(sa.select(sa.literal(1)).add_cte(_ADD_VERSION, _ADD_VALUES))
_FIRST_PARTS = (
    _REPORT.insert().values(_row(_REPORT, "report")).cte("added_report"),
    _ADD_VERSION,
    _ADD_VALUES,
    _OBLIGATION.update()
    .where(_OBLIGATION.c.id == sa.bindparam("report_obligation_id", type_=_OBLIGATION.c.id.type))
    .values(
        report_id=sa.bindparam("report_id", type_=_OBLIGATION.c.report_id.type),
        reported_on=sa.bindparam("reported_on", type_=_OBLIGATION.c.reported_on.type),
    )
    .cte("reported"),
)
_FIRST = Driven(sa.select(sa.literal(1)).add_cte(*_FIRST_PARTS))
_FIRST_WITH_TOLD = Writing(*_FIRST_PARTS)


async def first(
    session: AsyncSession,
    obligation: Obligation,
    report: Report,
    version: ReportVersion,
    values: Sequence[ValueFact],
    *,
    text: str,
    at_end: bool,
) -> None:
    """Adds a report in its first version, and says so on its obligation, whose row the caller has locked.

    `text` is the version's document as JSON. `at_end`: with the last statement of the transaction, where nothing in it
    reads or refers to the report.
    """
    answered = {"report_id": report.id, "reported_on": clock.today()}
    given = {**_given(_REPORT, "report", report), **answered, **_version(version, values, text)}
    if at_end:
        write_with(session, _FIRST_WITH_TOLD, given)
    else:
        await _FIRST.fetch(session, **given)
    known = session.sync_session.identity_map.get(sa.orm.util.identity_key(Obligation, obligation.id))
    for each in filter(None, (obligation, known)):
        for name, value in answered.items():
            set_committed_value(each, name, value)  # the row has it already, or will


async def correction(
    session: AsyncSession, version: ReportVersion, values: Sequence[ValueFact], *, text: str
) -> None:
    """Adds another version, whose document is the JSON `text`; the caller has locked the report."""
    await _CORRECTION.fetch(session, **_version(version, values, text))


def _version(version: ReportVersion, values: Sequence[ValueFact], text: str) -> dict[str, Any]:
    lines = _converted(version.document["values"], values)
    return {**_given(_VERSION, "version", version), "version_document": text, "lines": lines}


def _converted(stated: Sequence[Mapping[str, Any]], values: Sequence[ValueFact]) -> str | None:
    """The lines as one JSON text; None where the document has all of them as they are kept."""
    if all(_CONVERTED.isdisjoint(line) for line in stated):
        return None
    return json.dumps([dict(zip(_NAMES, _FACTS(value), strict=True)) for value in values], default=str)


_CONVERTED = frozenset(CONVERTED)


def _given(table: sa.Table, prefix: str, row: object) -> dict[str, Any]:
    return {f"{prefix}_{each.name}": getattr(row, each.name) for each in table.c}
