"""A correction by sheet says what the sheet has cells for; the rest stays as the version that is corrected had it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import Principal
from services.permits.attachments.schemas import AnnexNamed
from services.permits.obligations import service as obligations
from services.permits.obligations.errors import ObligationNotFound
from services.permits.reports import repository as reports
from services.permits.reports.rules_units import in_tonnes
from services.permits.reports.schemas import ReportContent
from services.permits.sheets.filled import Filled
from services.permits.sheets.items import Item
from services.permits.sheets.sections import SECTIONS, Section


async def kept(session: AsyncSession, principal: Principal, item: Item) -> Item:
    """The report of a sheet that corrects one of the caller's, with what the sheet has no cell for."""
    if item.filled is None or "corrects" not in item.document:
        return item
    try:
        obligation = await obligations.get(session, principal.rows, uuid.UUID(item.obligation_id or ""))
    except (ObligationNotFound, ValueError):  # what is not theirs, or no identity at all: the checks say so
        return item
    corrected = obligation.report_id or obligation.repudiated_report_id
    before = await reports.newest_document(session, corrected) if corrected else None
    return item if before is None else replace(item, document=merged(item.filled, before))


def merged(sheet: Filled, before: Mapping[str, Any]) -> dict[str, Any]:
    """What a sheet says, with those members of the version `before` that it has no cell, column or list for."""
    document = dict(sheet.document)
    for name in ReportContent.model_fields:
        known = name in sheet.form or name in sheet.columns
        if not known and before.get(name) not in (None, []):
            document[name] = _restated(name, before[name])
    for section in SECTIONS:
        if section.name in sheet.columns and section.given and document.get(section.name):
            earlier = {_key(section, each): each for each in before.get(section.name, ())}
            document[section.name] = [
                _line(line, earlier.get(_key(section, line), {}), sheet.columns[section.name])
                for line in document[section.name]
            ]
    return document


def _restated(name: str, value: Any) -> Any:
    """Annexes without what was sealed of them: each is looked up again."""
    if name != "annexes":
        return value
    return [{member: each[member] for member in AnnexNamed.model_fields} for each in value]


def _key(section: Section, line: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(line.get(name)) for name in section.given)


def _line(line: dict[str, Any], before: Mapping[str, Any], columns: frozenset[str]) -> dict[str, Any]:
    """How an amount was worked out stays with that amount: another one was worked out otherwise."""
    same = _amount(line) == _amount(before)
    left = {
        name: value
        for name, value in before.items()
        if name not in columns and value is not None and name not in ("amount", "amount_unit")
    }
    if not same:
        left.pop("calculation", None)
    return {**left, **line}


def _amount(line: Mapping[str, Any]) -> Decimal | None:
    """In tonnes; None where there is none that can be read."""
    try:
        if line.get("amount") is not None:
            return in_tonnes(Decimal(line["amount"]), line.get("amount_unit") or "t")
        return None if line.get("amount_t") is None else Decimal(line["amount_t"])
    except (InvalidOperation, TypeError, ValueError, KeyError):
        return None
