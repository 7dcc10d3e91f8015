"""Rule packs as data: read strictly, hashed by their RFC 8785 form, turned into what `rules.py` works with."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from services.credit.grading.rules import Band, Clause, Pack
from services.kit.canonical import document_digest, load_json
from services.kit.identifiers.types import RegionCode
from services.kit.schemas import Exact, LongText, Schema, ShortText
from services.kit.texts import Text

_FOLDER = Path(__file__).parent / "packs"

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
RecordKind = Literal["compliance", "violation", "commendation", "incident"]


class Bilingual(Schema):
    zh: LongText
    en: LongText

    @property
    def text(self) -> Text:
        return Text(zh=self.zh, en=self.en)


class Scale(Schema):
    start: Exact
    maximum: Exact
    verified: bool


class Effect(Schema):
    after_days: int = Field(ge=0, le=366)
    verified: bool
    note: str | None = None


class GradeBand(Schema):
    code: Code
    name: Bilingual
    at_least: Exact | None
    verified: bool


class ClauseVerified(Schema):
    points: bool
    valid_months: bool


class ClauseRule(Schema):
    code: Code
    kinds: list[RecordKind] = Field(min_length=1)
    title: Bilingual
    points: Exact
    valid_months: int | None = Field(ge=1, le=600)
    article: ShortText
    verified: ClauseVerified = Field(description="whether each number was read in the rule's text")


class PackDocument(Schema):
    """A rule pack as it is shipped and published."""

    format: Literal[1]
    id: Code
    title: Bilingual
    jurisdiction: RegionCode
    source: ShortText
    valid_from: date
    valid_to: date | None
    note: Bilingual | None = None
    scale: Scale
    effect: Effect
    grades: list[GradeBand] = Field(min_length=1)
    clauses: list[ClauseRule] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> PackDocument:
        limits = [grade.at_least for grade in self.grades]
        above = [limit for limit in limits[:-1] if limit is not None]
        if (
            limits[-1] is not None
            or len(above) != len(limits) - 1
            or above != sorted(set(above), reverse=True)
        ):
            raise ValueError("grades go from the highest limit down; the last one has none")
        if len({clause.code for clause in self.clauses}) != len(self.clauses):
            raise ValueError("a clause appears twice")
        return self


def shipped(name: str) -> dict[str, Any] | None:
    """The document of a pack that comes with Steppe; None where there is none of that name."""
    files = {file.stem: file for file in _FOLDER.glob("*.json")}
    if name not in files:
        return None
    document: dict[str, Any] = load_json(files[name].read_bytes())
    return document


def read_pack(document: dict[str, Any]) -> Pack:
    """The rules in a document; pydantic's ValidationError where it breaks the form of a pack."""
    read = PackDocument.model_validate(document)
    return Pack(
        id=read.id,
        digest=document_digest(document),
        title=read.title.text,
        jurisdiction=read.jurisdiction,
        source=read.source,
        valid_from=read.valid_from,
        valid_to=read.valid_to,
        start=read.scale.start,
        maximum=read.scale.maximum,
        effect_after_days=read.effect.after_days,
        bands=tuple(Band(each.code, each.name.text, each.at_least) for each in read.grades),
        clauses={each.code: _clause(each) for each in read.clauses},
    )


def _clause(rule: ClauseRule) -> Clause:
    return Clause(
        code=rule.code,
        kinds=tuple(rule.kinds),
        title=rule.title.text,
        points=Decimal(rule.points),
        valid_months=rule.valid_months,
        article=rule.article,
    )
