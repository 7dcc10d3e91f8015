"""What the leaves of rule packs and evaluations commit to, computed from their rows alone."""

from __future__ import annotations

from services.credit.grading.models import Evaluation, RulePack
from services.credit.log.leaf import Fields, moment_text
from services.kit.canonical import document_digest
from services.kit.schemas import plain

DISCLOSED = (
    "evaluation_id",
    "grade",
    "grade_name",
    "recorded_at",
    "rule_hash",
    "rule_pack",
    "score",
    "subject",
    "subject_sequence",
    "valid_at",
)
"""Fields of an evaluation that a statement opens: the grade, and not the cases behind it."""


def body_of_pack(pack: RulePack) -> Fields:
    return {
        "subject": None,
        "recorded_at": moment_text(pack.published_at),
        "rule_pack": pack.pack,
        "rule_hash": pack.sha256,
        "document_sha256": document_digest(pack.document),
        "jurisdiction": pack.jurisdiction,
        "valid_from": pack.valid_from.isoformat(),
        "valid_to": pack.valid_to.isoformat() if pack.valid_to else None,
        "published_by": pack.published_by,
    }


def body_of_evaluation(evaluation: Evaluation) -> Fields:
    return {
        "subject": evaluation.uscc,
        "recorded_at": moment_text(evaluation.evaluated_at),
        "evaluation_id": str(evaluation.id),
        "valid_at": evaluation.valid_at.isoformat(),
        "tree_size": evaluation.tree_size,
        "counted": evaluation.counted,
        "score": plain(evaluation.score),
        "grade": evaluation.grade,
        "grade_name": evaluation.grade_name,
        "previous_grade": evaluation.previous_grade,
        "rule_pack": evaluation.rule_pack,
        "rule_hash": evaluation.rule_hash,
        "evaluated_by": evaluation.evaluated_by,
    }
