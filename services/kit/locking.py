"""Reading what is to be changed."""

from __future__ import annotations

from services.kit.scoping import Statement


def locking(statement: Statement) -> Statement:
    """Its rows locked, and as they are by then: a session that holds one already does not read it again by itself."""
    return statement.with_for_update().execution_options(populate_existing=True)
