"""Statements over the wire."""

import uuid

from pydantic import Field

from services.credit.log.schemas import Verbatim
from services.kit.identifiers.types import Uscc
from services.kit.schemas import Moment, Schema


class StatementCreate(Schema):
    """About whom: an enterprise asks for itself."""

    uscc: Uscc


class EvaluationLeaf(Schema):
    """The evaluation as the log has it: commitments, and what opens those that are disclosed."""

    leaf: str = Field(description="base64 of the leaf's bytes")
    disclosed: list[tuple[str, str, str | int]] = Field(description="[salt, field, value] each")


class StatementFile(Schema):
    """The file to keep and to hand on: `steppe verify statement` checks it without calling anybody."""

    format: str
    jws: str
    evaluation: EvaluationLeaf
    proof: Verbatim = Field(description="c2sp.org/tlog-proof@v1 with the signed checkpoint")


class StatementSummary(Schema):
    """A statement in a list."""

    id: uuid.UUID
    uscc: str
    evaluation_id: uuid.UUID
    evaluation_index: int
    tree_size: int
    requested_by: str
    issued_at: Moment
    expires_at: Moment


class StatementRead(StatementSummary):
    """A statement, and whether it still says what the ledger says."""

    current: bool = Field(description="neither expired nor overtaken by a newer evaluation or entry")
    statement: StatementFile
