"""Who may do what in credit: each name is a parameter type of endpoints."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from services.kit.auth import Principal, requires
from services.kit.problems import Forbidden
from services.kit.reading import reads
from services.kit.texts import Text

Reader = Annotated[Principal, reads("credit:read")]
"""Enterprises (their own rows), bureau staff and systems (all rows)."""

Recorder = Annotated[Principal, requires("credit:record")]
"""A clerk who enters records and works on candidates (受理人员)."""

CandidateReader = Annotated[Principal, reads("credit:record")]
"""A clerk who looks at what may become a record."""

Approver = Annotated[Principal, requires("credit:approve")]
"""Who admits records into the ledger and adopts rule packs (审批人员)."""

Stater = Annotated[Principal, requires("credit:state")]
"""Who asks for signed statements: an enterprise for itself, or staff for it."""


async def _statement_reader(principal: Annotated[Principal, reads()]) -> Principal:
    if not principal.scopes & {"credit:check", "credit:read"}:
        text = Text(
            zh="缺少权限：credit:check 或 credit:read", en="Missing scope: credit:check or credit:read"
        )
        raise Forbidden(text, missing_scopes=["credit:check"])
    return principal


StatementReader = Annotated[Principal, Depends(_statement_reader)]
"""A bank or insurer that was given the statement's address (credit:check), its enterprise, and the bureau."""
