"""Spans of SQL statements: what kind and on which table, never with their values."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.kit import tracing

_KIND = re.compile(r"\s*(\w+)")
_WRITTEN = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM)\s+\"?([a-z_][a-z0-9_.]*)", re.I)
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE|JOIN)\s+\"?([a-z_][a-z0-9_.]*)", re.I)
_SPAN = "steppe_span"


def trace_statements(engine: AsyncEngine) -> None:
    """Has each statement of the engine make a span under the current one."""
    sync = engine.sync_engine
    sa.event.listen(sync, "before_cursor_execute", _before)
    sa.event.listen(sync, "after_cursor_execute", _after)
    sa.event.listen(sync, "handle_error", _failed)


@lru_cache(maxsize=2048)
def described(statement: str) -> tuple[str, dict[str, str | int]]:
    """The name of a statement's span (`SELECT report`) and its attributes. The text itself may hold literals.

    One that writes several tables at once (`WITH …`) has the name of its first part and of every table that it writes.
    """
    found, table = _KIND.match(statement), _TABLE.search(statement)
    kind = found[1].upper() if found else "?"
    tables = table[1] if table else ""
    written = _WRITTEN.findall(statement) if kind == "WITH" else ()
    if written:
        kind, tables = written[0][0].split()[0].upper(), " ".join(name for _, name in written)
    attributes: dict[str, str | int] = {"db.system.name": "postgresql", "db.operation.name": kind}
    if not tables:
        return kind, attributes
    return f"{kind} {tables}", {**attributes, "db.collection.name": tables}


def _before(_c: Any, _k: Any, statement: str, _p: Any, context: Any, _many: Any) -> None:
    if context is not None and (parent := tracing.current()) is not None:
        name, attributes = described(statement)
        setattr(context, _SPAN, parent.child(name, "client", attributes))


def _after(_c: Any, _k: Any, _s: Any, _p: Any, context: Any, _many: Any) -> None:
    span = getattr(context, _SPAN, None)
    if span is not None:
        span.end()


def _failed(failure: sa.engine.ExceptionContext) -> None:
    span = getattr(failure.execution_context, _SPAN, None)
    if span is not None:
        span.end(error=type(failure.original_exception).__name__)
