"""Conditions of the management catalogue over stated facts, in three values: met, not met, not known. Pure.

A condition that rests on a fact nobody stated is neither met nor unmet (Kleene's strong logic): whatever the fact
turns out to be, an answer that was given without it stays right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, Protocol

from services.kit.texts import Text

Class = Literal["key", "simplified", "registration", "none"]
STRICTNESS: dict[Class, int] = {"none": 0, "registration": 1, "simplified": 2, "key": 3}
"""重点管理, 简化管理, 登记管理, and what the catalogue does not manage."""


Given = Fraction | bool | str


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that decides a class: a quantity with its units, or a statement that holds or not.

    `units` gives each unit that is taken, as a multiple of the first; empty for a statement. `of` says whether it is
    stated once for the site or with an activity. Where a statement holds, the one that it `implies` does, too.
    """

    name: str
    of: Literal["site", "activity"]
    text: Text
    units: Mapping[str, Fraction]
    implies: str | None = None

    @property
    def unit(self) -> str | None:
        return next(iter(self.units), None)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One comparison that was made: what was stated, against what the catalogue says."""

    fact: str
    given: Given
    comparison: Literal[">=", ">", "is", "begins with"]
    bound: Given
    unit: str | None
    met: bool
    article: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a condition; `truth` is None where facts are missing."""

    truth: bool | None
    because: tuple[Evidence, ...] = ()
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known when a row is judged: quantities are in the first unit of their fact.

    `procedures` are the classes that each of the general procedures (通用工序, rows 109-112) may have.
    """

    code: str = ""
    quantities: Mapping[str, Fraction] = field(default_factory=dict)
    statements: Mapping[str, bool] = field(default_factory=dict)
    procedures: tuple[tuple[frozenset[Class], frozenset[str], tuple[Evidence, ...]], ...] = ()


class Condition(Protocol):
    def of(self, known: Known) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class Always:
    """其他, 全部: whatever is left."""

    def of(self, known: Known) -> Outcome:
        return Outcome(True)


@dataclass(frozen=True, slots=True)
class Amount:
    """The sum of these facts reaches (`>=`) or exceeds (`>`) a bound.

    Quantities are never negative: a part that reaches the bound alone decides, without the others.
    """

    facts: tuple[str, ...]
    comparison: Literal[">=", ">"]
    bound: Fraction
    unit: str
    article: str | None = None

    def of(self, known: Known) -> Outcome:
        stated = [known.quantities[name] for name in self.facts if name in known.quantities]
        total = sum(stated, Fraction(0))
        met = total >= self.bound if self.comparison == ">=" else total > self.bound
        missing = frozenset(self.facts) - known.quantities.keys()
        if missing and not met:
            return Outcome(None, missing=missing)
        made = Evidence(
            "+".join(self.facts), total, self.comparison, self.bound, self.unit, met, self.article
        )
        return Outcome(met, (made,))


@dataclass(frozen=True, slots=True)
class Holds:
    """A statement is as the words of the catalogue have it."""

    statement: str
    wanted: bool = True
    article: str | None = None

    def of(self, known: Known) -> Outcome:
        given = known.statements.get(self.statement)
        if given is None:
            return Outcome(None, missing=frozenset({self.statement}))
        met = given is self.wanted
        return Outcome(met, (Evidence(self.statement, given, "is", self.wanted, None, met, self.article),))


@dataclass(frozen=True, slots=True)
class InIndustry:
    """The industry is one of these; a code too short to tell is not known."""

    codes: tuple[str, ...]

    def of(self, known: Known) -> Outcome:
        met = known.code.startswith(self.codes)
        if not met and any(code.startswith(known.code) for code in self.codes):
            return Outcome(None, missing=frozenset({"industry_code"}))
        bound = "、".join(self.codes)
        return Outcome(met, (Evidence("industry_code", known.code, "begins with", bound, None, met),))


@dataclass(frozen=True, slots=True)
class Procedures:
    """涉及通用工序…管理的: a general procedure of the site (rows 109-112) is of this class or a stricter one."""

    reach: Class

    def of(self, known: Known) -> Outcome:
        wanted = STRICTNESS[self.reach]
        missing: frozenset[str] = frozenset()
        because: tuple[Evidence, ...] = ()
        for classes, unknown, evidence in known.procedures:
            strictness = [STRICTNESS[each] for each in classes]
            if min(strictness) >= wanted:
                return Outcome(True, evidence)
            if max(strictness) >= wanted:
                missing |= unknown
            because += evidence
        return Outcome(None, missing=missing) if missing else Outcome(False, because)


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Condition, ...]

    def of(self, known: Known) -> Outcome:
        return _joined([part.of(known) for part in self.parts], decisive=False)


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Condition, ...]

    def of(self, known: Known) -> Outcome:
        return _joined([part.of(known) for part in self.parts], decisive=True)


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition

    def of(self, known: Known) -> Outcome:
        inner = self.part.of(known)
        return Outcome(None if inner.truth is None else not inner.truth, inner.because, inner.missing)


def _joined(outcomes: Iterable[Outcome], *, decisive: bool) -> Outcome:
    """One part of the decisive truth decides; failing that, one that is not known leaves it open."""
    parts = list(outcomes)
    deciding = [part for part in parts if part.truth is decisive]
    if deciding:
        return Outcome(decisive, tuple(each for part in deciding for each in part.because))
    unknown = [part for part in parts if part.truth is None]
    if unknown:
        return Outcome(None, missing=frozenset().union(*(part.missing for part in unknown)))
    return Outcome(not decisive, tuple(each for part in parts for each in part.because))


def facts_of(condition: Condition) -> frozenset[str]:
    """The names of the facts that a condition looks at itself; general procedures have theirs in their own rows."""
    match condition:
        case Amount(facts=names):
            return frozenset(names)
        case Holds(statement=name):
            return frozenset({name})
        case Not(part=part):
            return facts_of(part)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return frozenset().union(*(facts_of(part) for part in parts))
    return frozenset()
