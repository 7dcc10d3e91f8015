"""The class finder: which class of the management catalogue an activity, and a site, has. Pure: no file, no clock.

Source: 固定污染源排污许可分类管理名录（2019年版）, MEE Order 11, articles 5 to 7 and rows 1 to 112. What the facts do
not decide is left to a reviewer with the catalogue's own words: the finder names every class that is still possible,
and never picks one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from services.permits.catalogue.conditions import STRICTNESS, Class, Condition, Evidence, Known, Procedures

SOURCE = "固定污染源排污许可分类管理名录（2019年版）"
ARTICLE_ONE_PERMIT = f"{SOURCE} 第五条"
ARTICLE_PROCEDURES = f"{SOURCE} 第六条"
ARTICLE_OTHER = f"{SOURCE} 第七条"
OTHER_INDUSTRIES = 108
PROCEDURE_ROWS = (109, 110, 111, 112)
MANAGED: tuple[Class, ...] = ("key", "simplified", "registration")
ANY_CLASS: frozenset[Class] = frozenset(STRICTNESS)

Open = Literal["facts_missing", "words_decide", "several_rows", "article_6"]
"""Why a reviewer decides: a fact is missing; the row's words have no machine-checkable form, or do not name the case;
the code fits several rows; a general procedure of a stricter class than the row's own words stands at the site."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One class of a row with its condition."""

    of_class: Class
    condition: Condition


@dataclass(frozen=True, slots=True)
class Row:
    """One row (类) of the catalogue in its own words; `clauses` from the strictest on, empty where only words decide.

    `otherwise`: what holds where no clause is met; None where the words do not say.
    """

    row: int
    heading: str
    codes: tuple[str, ...]
    excepted: tuple[str, ...]
    industries: str
    words: Mapping[Class, str]
    clauses: tuple[Clause, ...] = ()
    otherwise: Class | None = None

    @property
    def by_facts(self) -> bool:
        """Every class that the row has is decided by facts; otherwise some of its words are a reviewer's."""
        decided = {clause.of_class for clause in self.clauses}
        return bool(decided) and all(name in decided for name in MANAGED if self.words[name] != "/")

    def fits(self, code: str) -> bool:
        """The code is one of the row's, or below one."""
        return code.startswith(self.codes or ("-",)) and not code.startswith(self.excepted or ("-",))

    def may_fit(self, code: str) -> bool:
        """The code is above one of the row's: a longer one may be the row's."""
        return any(len(each) > len(code) and each.startswith(code) for each in self.codes)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one activity: the classes still possible, and which rows they are of."""

    rows: tuple[int, ...]
    classes: frozenset[Class]
    because: tuple[Evidence, ...] = ()
    missing: frozenset[str] = frozenset()
    open: tuple[Open, ...] = ()

    @property
    def decided(self) -> Class | None:
        return next(iter(self.classes)) if len(self.classes) == 1 else None

    @property
    def at_least(self) -> Class:
        """The class that it has in any case."""
        return min(self.classes, key=lambda each: STRICTNESS[each])

    @property
    def at_most(self) -> Class:
        return max(self.classes, key=lambda each: STRICTNESS[each])


@dataclass(frozen=True, slots=True)
class SiteVerdict:
    """The site's answer: one class, of its strictest activity (art. 5: one permit)."""

    activities: tuple[Verdict, ...]
    procedures: tuple[Verdict, ...]
    at_least: Class
    at_most: Class

    @property
    def decided(self) -> Class | None:
        return self.at_least if self.at_least == self.at_most else None


def judge(row: Row, known: Known) -> Verdict:
    """One row on what is known: its clauses from the strictest on, the first that is met decides."""
    if not row.clauses:
        return Verdict((row.row,), _worded(row), open=("words_decide",))
    classes: set[Class] = set()
    because: tuple[Evidence, ...] = ()
    missing: frozenset[str] = frozenset()
    for clause in row.clauses:
        outcome = clause.condition.of(known)
        if outcome.truth is not False:
            classes.add(clause.of_class)
            missing |= outcome.missing
        because += outcome.because
        if outcome.truth:
            break
    else:
        if row.otherwise is None:
            unnamed: tuple[Open, ...] = ("facts_missing",) if missing else ("words_decide",)
            return Verdict((row.row,), ANY_CLASS, because, missing, unnamed)
        classes.add(row.otherwise)
    return Verdict(
        (row.row,),
        frozenset(classes),
        because,
        missing if len(classes) > 1 else frozenset(),
        ("facts_missing",) if len(classes) > 1 else (),
    )


def _worded(row: Row) -> frozenset[Class]:
    return frozenset({"none", *(each for each in MANAGED if row.words[each] != "/")})


def rows_of(rows: Sequence[Row], code: str) -> tuple[Row, ...]:
    """The rows that an industry code (without its section letter) may belong to; row 108 where no other does."""
    sure = [row for row in rows if row.fits(code)]
    perhaps = [row for row in rows if row.may_fit(code)]
    other = [row for row in rows if row.row == OTHER_INDUSTRIES and not sure]
    return (*sure, *perhaps, *other)


def find(rows: Sequence[Row], site: Known, activities: Iterable[Known]) -> SiteVerdict:
    """The classes of all activities at one site and of the site. An activity knows what the site knows.

    名录 art. 5: several industries at one place, one permit; its class is the strictest.
    """
    by_number = {row.row: row for row in rows}
    procedures = tuple(judge(by_number[number], site) for number in PROCEDURE_ROWS if number in by_number)
    seen = tuple((each.classes, each.missing, each.because) for each in procedures)
    verdicts = tuple(
        _activity(rows, procedures, replace(_with(site, activity), procedures=seen))
        for activity in activities
    )
    return SiteVerdict(
        verdicts,
        procedures,
        at_least=max((each.at_least for each in verdicts), key=lambda each: STRICTNESS[each]),
        at_most=max((each.at_most for each in verdicts), key=lambda each: STRICTNESS[each]),
    )


def _with(site: Known, activity: Known) -> Known:
    return Known(
        activity.code,
        {**site.quantities, **activity.quantities},
        {**site.statements, **activity.statements},
    )


def _activity(rows: Sequence[Row], procedures: Sequence[Verdict], known: Known) -> Verdict:
    judged = [_with_article_6(row, judge(row, known), procedures) for row in rows_of(rows, known.code)]
    if len(judged) == 1:
        return judged[0]
    return Verdict(
        tuple(number for each in judged for number in each.rows),
        frozenset().union(*(each.classes for each in judged)),
        missing=frozenset({"industry_code"}).union(*(each.missing for each in judged)),
        open=("several_rows",),
    )


def _with_article_6(row: Row, verdict: Verdict, procedures: Sequence[Verdict]) -> Verdict:
    """名录 art. 6: rows 1-107 with a general procedure under key or simplified management need a permit for it.

    Whether that lifts a row whose words name no general procedure, authorities read differently: a reviewer decides.
    """
    if row.row >= OTHER_INDUSTRIES or any(_rests_on_procedures(clause) for clause in row.clauses):
        return verdict
    surely = [each.at_least for each in procedures if STRICTNESS[each.at_least] >= STRICTNESS["simplified"]]
    stricter = {each for each in surely if STRICTNESS[each] > STRICTNESS[verdict.at_most]}
    if not stricter:
        return verdict
    return replace(verdict, classes=verdict.classes | stricter, open=(*verdict.open, "article_6"))


def _rests_on_procedures(clause: Clause) -> bool:
    return isinstance(clause.condition, Procedures)
