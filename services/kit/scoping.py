"""Every read takes the caller's scope: a row that is not yours is not there (404, never 403)."""

from __future__ import annotations

from typing import Any, TypeVar

import sqlalchemy as sa

from services.kit.auth import RowScope

Statement = TypeVar("Statement", bound=sa.Select[Any])


def within(rows: RowScope, statement: Statement, column: Any) -> Statement:
    """Narrows `statement` to the rows whose USCC in `column` the caller may read."""
    if rows.everything:
        return statement
    return statement.where(column.in_(rows.usccs))
