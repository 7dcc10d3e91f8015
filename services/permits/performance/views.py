"""Performance classes and measures as they are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.permits.performance import rules
from services.permits.performance.editions import Edition, Editions
from services.permits.performance.models import (
    MeasurePlan,
    MeasureRow,
    PerformanceClass,
    PerformanceDeclaration,
    PerformanceStep,
)
from services.permits.performance.schemas import (
    ClassRead,
    DeclarationRead,
    DeclarationStepRead,
    MeasureContent,
    MeasurePlanRead,
    PerformanceEdition,
    PerformanceEditions,
    SchemeRead,
    SectorRead,
)
from services.permits.reports.schemas import ReceiptRead


def receipt_of(row: PerformanceDeclaration | MeasurePlan) -> ReceiptRead:
    return ReceiptRead(receipt_id=row.receipt_id, document_sha256=row.document_sha256, jws=row.receipt_jws)


def declaration_view(row: PerformanceDeclaration, steps: Sequence[PerformanceStep]) -> DeclarationRead:
    own = {"open_steps", "receipt", "steps"}
    opened = [step for state, step in rules.transitions(row.level) if state is rules.State(row.state)]
    return DeclarationRead.model_validate(
        {
            **row.model_dump(include=set(DeclarationRead.model_fields) - own),
            "open_steps": [str(step) for step in opened],
            "receipt": receipt_of(row),
            "steps": [DeclarationStepRead.model_validate(step) for step in steps],
        }
    )


def class_view(row: PerformanceClass) -> ClassRead:
    return ClassRead.model_validate(row)


def given_of(rows: Sequence[PerformanceClass]) -> list[rules.Given]:
    return [rules.Given(row.given_class, row.effective_from, row.sequence or 0) for row in rows]


def measure_view(row: MeasureRow) -> MeasureContent:
    return MeasureContent.model_validate(row.model_dump(exclude={"plan_id", "line"}))


def plan_view(row: MeasurePlan, measures: Sequence[MeasureRow]) -> MeasurePlanRead:
    own = {"measures", "receipt"}
    content: dict[str, Any] = row.model_dump(include=set(MeasurePlanRead.model_fields) - own)
    return MeasurePlanRead.model_validate(
        {**content, "measures": [measure_view(each) for each in measures], "receipt": receipt_of(row)}
    )


def editions_view(editions: Editions) -> PerformanceEditions:
    return PerformanceEditions(items=[_edition(each) for each in editions.editions])


def _edition(edition: Edition) -> PerformanceEdition:
    schemes = [
        SchemeRead.model_validate({"scheme": name, **each.model_dump()})
        for name, each in edition.schemes.items()
    ]
    sectors = [SectorRead(sector=name, scheme=scheme) for name, scheme in edition.sectors.items()]
    return PerformanceEdition(
        **edition.model_dump(exclude={"schemes", "sectors"}), schemes=schemes, sectors=sectors
    )
