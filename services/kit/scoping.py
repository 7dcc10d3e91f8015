"""Every read takes the caller's scope: a row that is not yours is not there (404, never 403)."""

from __future__ import annotations

from typing import Any, TypeVar

import sqlalchemy as sa

from services.kit.auth import RowScope

Statement = TypeVar("Statement", bound="sa.Select[*tuple[Any, ...]]")


def within(rows: RowScope, statement: Statement, column: Any) -> Statement:
    """Narrows `statement` to the rows whose USCC in `column` the caller may read."""
    if rows.everything:
        return statement
    return statement.where(column.in_(rows.usccs))


def within_sites(rows: RowScope, statement: Statement, column: Any, *, site: Any) -> Statement:
    """As `within`, for rows that belong to a site (column `site`): a caller narrowed to sites gets those of its own."""
    if rows.everything:
        return statement
    if not rows.partly:
        return statement.where(column.in_(rows.usccs))
    of_sites = sa.and_(column.in_(rows.partly), site.in_(rows.sites))
    return statement.where(sa.or_(column.in_(rows.usccs), of_sites))


def of_whoever(column: Any, *, site: Any) -> sa.ColumnElement[bool]:
    """As `within_sites`, for a statement that is put together once: with the parameters `whose(rows)`."""
    usccs, partly, sites = (
        sa.bindparam(name, type_=sa.ARRAY(sa.Text())) for name in ("own", "partly", "sites")
    )
    return sa.or_(
        sa.bindparam("everything", type_=sa.Boolean()),
        column == sa.any_(usccs),
        sa.and_(column == sa.any_(partly), site == sa.any_(sites)),
    )


def whose(rows: RowScope) -> dict[str, Any]:
    """The parameters of `of_whoever`."""
    return {
        "everything": rows.everything,
        "own": list(rows.usccs),
        "partly": list(rows.partly),
        "sites": list(rows.sites),
    }


def naming(rows: RowScope, statement: Statement, column: Any) -> Statement:
    """As `within`, for the record of an enterprise itself: it is also read by who acts for some of its sites."""
    if rows.everything:
        return statement
    return statement.where(column.in_((*rows.usccs, *rows.partly)))


def matching(statement: Statement, *wanted: tuple[Any, object]) -> Statement:
    """Narrows `statement` to the rows that have each value in its column; a value of None asks for nothing."""
    for column, value in wanted:
        if value is not None:
            statement = statement.where(column == value)
    return statement
