"""What the finder found, as it goes over the wire: with the catalogue's own words and the articles."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from services.kit.schemas import plain
from services.kit.texts import Text
from services.permits.catalogue.conditions import Class, Evidence, Fact, Given, Procedures, facts_of
from services.permits.catalogue.editions import Edition
from services.permits.catalogue.rules import (
    ARTICLE_ONE_PERMIT,
    ARTICLE_OTHER,
    ARTICLE_PROCEDURES,
    OTHER_INDUSTRIES,
    PROCEDURE_ROWS,
    Open,
    Row,
    SiteVerdict,
    Verdict,
)
from services.permits.catalogue.schemas import (
    ActivityDecision,
    EditionRead,
    EvidenceRead,
    FactRead,
    RowDecision,
    RowInEdition,
    RowRead,
    SiteDecision,
)

NAMES: dict[Class, Text] = {
    "key": Text(zh="重点管理", en="key management"),
    "simplified": Text(zh="简化管理", en="simplified management"),
    "registration": Text(zh="登记管理", en="registration"),
    "none": Text(zh="不纳入排污许可管理", en="not managed"),
}
_CODE = Fact("industry_code", "activity", Text(zh="更细的行业代码", en="a longer industry code"), {})
_OPEN: dict[Open, Text] = {
    "facts_missing": Text(zh="缺少判定所需的事实", en="facts that decide are missing"),
    "words_decide": Text(
        zh="名录原文须由审核人员对照判定", en="a reviewer has to apply the catalogue's own words"
    ),
    "several_rows": Text(zh="行业代码对应名录的几类", en="the industry code fits several rows"),
    "article_6": Text(
        zh="通用工序的管理类别严于本行业，须由审核人员按第六条判定",
        en="a general procedure is of a stricter class than the row: a reviewer applies article 6",
    ),
}
_IN_ANY_CASE = Text(zh="至少为{least}，至多为{most}", en="at least {least}, at most {most}")
_DECIDED = Text(zh="名录第{row}类，{name}：{words}", en="row {row}, {name}: {words}")
_NOT_MANAGED = Text(zh="不符合名录第{row}类所列任何情形", en="none of the cases that row {row} names")
_SITE = Text(
    zh="同一场所{count}个行业，申请一张排污许可证，管理类别从严：{name}",
    en="{count} industries at one site, one permit, of the strictest class: {name}",
)
NEEDS: dict[Class, str] = {
    "key": "permit",
    "simplified": "permit",
    "registration": "registration_form",
    "none": "nothing",
}


def edition_view(edition: Edition) -> EditionRead:
    return EditionRead.model_validate(edition)


def row_view(row: Row) -> RowRead:
    return RowRead(
        row=row.row,
        heading=row.heading,
        industry_codes=list(row.codes),
        industries=row.industries,
        key=row.words["key"],
        simplified=row.words["simplified"],
        registration=row.words["registration"],
        decided_by="facts" if row.by_facts else "reviewer",
    )


def row_in_edition(row: Row, edition: Edition) -> RowInEdition:
    names = _facts(row)
    if _on_procedures(row):
        names |= {name for each in edition.rows if each.row in PROCEDURE_ROWS for name in _facts(each)}
    return RowInEdition(
        **row_view(row).model_dump(),
        facts=_fact_views(frozenset(names), edition),
        catalogue=edition_view(edition),
    )


def _facts(row: Row) -> set[str]:
    return {name for clause in row.clauses for name in facts_of(clause.condition)}


def _on_procedures(row: Row) -> bool:
    return row.row == OTHER_INDUSTRIES or any(
        isinstance(clause.condition, Procedures) for clause in row.clauses
    )


def _fact_views(names: frozenset[str], edition: Edition) -> list[FactRead]:
    known = [fact for name, fact in edition.facts.items() if name in names]
    return [
        FactRead(name=fact.name, of=fact.of, zh=fact.text.zh, en=fact.text.en, units=list(fact.units))
        for fact in ([_CODE, *known] if _CODE.name in names else known)
    ]


def _shown(value: Given) -> str:
    """A figure without exponent; one that no decimal holds (from MW) to six places."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if value.denominator == 1:
        return str(value.numerator)
    return plain(round(Decimal(value.numerator) / value.denominator, 6).normalize())


def _evidence(each: Evidence) -> EvidenceRead:
    return EvidenceRead(
        fact=each.fact,
        given=_shown(each.given),
        comparison=each.comparison,
        bound=_shown(each.bound),
        unit=each.unit,
        met=each.met,
        article=each.article,
    )


def _reason(verdict: Verdict, rows: list[Row]) -> Text:
    decided, first = verdict.decided, rows[0]
    if decided == "none":
        return _NOT_MANAGED.format(row=first.row)
    if decided is not None:
        name = NAMES[decided]
        words = first.words[decided]
        return Text(
            zh=_DECIDED.zh.format(row=first.row, name=name.zh, words=words),
            en=_DECIDED.en.format(row=first.row, name=name.en, words=words),
        )
    why = [_OPEN[each] for each in verdict.open]
    return Text(
        zh="；".join([*(each.zh for each in why), _between(verdict.at_least, verdict.at_most).zh]),
        en="; ".join([*(each.en for each in why), _between(verdict.at_least, verdict.at_most).en]),
    )


def _between(least: Class, most: Class) -> Text:
    return Text(
        zh=_IN_ANY_CASE.zh.format(least=NAMES[least].zh, most=NAMES[most].zh),
        en=_IN_ANY_CASE.en.format(least=NAMES[least].en, most=NAMES[most].en),
    )


def _article(verdict: Verdict, edition: Edition) -> str:
    cited = [f"{edition.name} 第{'、'.join(str(number) for number in verdict.rows)}类"]
    if OTHER_INDUSTRIES in verdict.rows:
        cited.append(ARTICLE_OTHER)
    if "article_6" in verdict.open:
        cited.append(ARTICLE_PROCEDURES)
    return "；".join(cited)


def _members(verdict: Verdict, edition: Edition) -> dict[str, Any]:
    rows = [row for row in edition.rows if row.row in verdict.rows]
    reason, decided = _reason(verdict, rows), verdict.decided
    managed = decided is not None and decided != "none"
    return {
        "decision": "for_review" if decided is None else "decided",
        "management_class": decided,
        "at_least": verdict.at_least,
        "at_most": verdict.at_most,
        "article": _article(verdict, edition),
        "reason_zh": reason.zh,
        "reason_en": reason.en,
        "rows": [row_view(row) for row in rows],
        "clause": f"第{rows[0].row}类 {NAMES[decided].zh}" if managed and decided is not None else None,
        "because": [_evidence(each) for each in verdict.because],
        "missing": _fact_views(verdict.missing, edition),
        "open": list(verdict.open),
    }


def procedure_view(verdict: Verdict, edition: Edition) -> RowDecision:
    return RowDecision(**_members(verdict, edition))


def activity_view(code: str, verdict: Verdict, edition: Edition) -> ActivityDecision:
    return ActivityDecision(industry_code=code, **_members(verdict, edition))


def site_view(found: SiteVerdict) -> SiteDecision:
    decided = found.decided
    if decided is None:
        reason = _between(found.at_least, found.at_most)
    else:
        count, name = len(found.activities), NAMES[decided]
        reason = Text(
            zh=_SITE.zh.format(count=count, name=name.zh), en=_SITE.en.format(count=count, name=name.en)
        )
    return SiteDecision(
        decision="for_review" if decided is None else "decided",
        management_class=decided,
        at_least=found.at_least,
        at_most=found.at_most,
        article=ARTICLE_ONE_PERMIT,
        reason_zh=reason.zh,
        reason_en=reason.en,
        needs=None if decided is None else NEEDS[decided],
    )
