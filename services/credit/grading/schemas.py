"""Rule packs, scores and evaluations over the wire."""

import uuid
from datetime import date
from typing import Any, Literal

from pydantic import Field

from services.kit.identifiers.types import Uscc
from services.kit.schemas import Exact, Moment, Schema, ShortText


class PackPublish(Schema):
    """Which of the shipped packs the bureau adopts."""

    pack: ShortText = Field(examples=["jiangsu-2020"])


class PackSummary(Schema):
    """A published rule pack in a list."""

    pack: str
    sha256: str = Field(description="SHA-256 of the RFC 8785 form of `document`: the rule hash")
    jurisdiction: str
    valid_from: date
    valid_to: date | None
    published_by: str
    published_at: Moment
    log_index: int


class PackRead(PackSummary):
    """A published rule pack with its rules."""

    document: dict[str, Any]


class ScoreRead(Schema):
    """A score as of a day (valid time) and by what was known at a moment (knowledge time)."""

    uscc: str
    valid_at: date
    known_at: Moment
    tree_size: int = Field(description="size of the log at `known_at`")
    score: Exact
    grade: str
    grade_name: str
    rule_pack: str
    rule_hash: str
    counted: list[int] = Field(description="log indices of the entries that count")


class ExplanationLine(Schema):
    """One entry of the ledger, and what it does to the score."""

    index: int
    record: str
    kind: str
    clause: str | None
    clause_title: str | None
    article: str | None
    points: Exact
    effective_from: date
    effective_to: date | None
    standing: Literal["counts", "not_yet_effective", "expired"]


class Explanation(ScoreRead):
    """Every point traced: start + the points that count, at most the maximum."""

    start: Exact
    maximum: Exact
    sum: Exact = Field(description="start and points, before the maximum is applied")
    source: str
    lines: list[ExplanationLine]


class EvaluationCreate(Schema):
    """Whom to evaluate, as of today and by everything the ledger knows."""

    uscc: Uscc


class EvaluationRead(Schema):
    """A grade as it was given, with all that is needed to compute it again."""

    id: uuid.UUID
    uscc: str
    valid_at: date
    tree_size: int
    counted: list[int]
    score: Exact
    grade: str
    grade_name: str
    previous_grade: str | None
    rule_pack: str
    rule_hash: str
    evaluated_by: str
    evaluated_at: Moment
    log_index: int
