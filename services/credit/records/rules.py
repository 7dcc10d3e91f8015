"""What a credit record must satisfy, and the steps it goes through. Pure.

Sources: 信用修复管理办法 (NDRC order 36 of 2025, in force 2026-04-01): the classes 轻微, 一般, 严重;
企业环境信用评价办法（试行） (环发〔2013〕150号): what is recorded. Four eyes (谁认定谁负责) is this register's own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from services.kit.findings import Findings, pointer
from services.kit.texts import Text

ARTICLE_CLASSES = "信用修复管理办法（国家发展改革委2025年第36号令）"
ARTICLE_RECORDS = "企业环境信用评价办法（试行）（环发〔2013〕150号）"

KINDS = ("compliance", "violation", "commendation", "incident")
NEEDS_CLAUSE = ("violation", "commendation")

_BRACKETS = str.maketrans("〔〕［］[]【】{}", "()()()()()")


class State(StrEnum):
    """States of a record: 草稿, 待审批, 已记入日志, 已驳回."""

    DRAFT = "draft"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class Step(StrEnum):
    """What can happen to a record before it is in the log, where nothing happens to it any more."""

    REVISE = "revise"
    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"


_STEPS = {
    (State.DRAFT, Step.REVISE): State.DRAFT,
    (State.DRAFT, Step.SUBMIT): State.PENDING,
    (State.PENDING, Step.APPROVE): State.APPROVED,
    (State.PENDING, Step.REJECT): State.REJECTED,
    (State.REJECTED, Step.REVISE): State.DRAFT,
}


def after(state: State, step: Step) -> State | None:
    """The state that a step leads to; None where it is not open. Nothing leads out of approved."""
    return _STEPS.get((state, step))


def may_approve(approver: str, *, hands: Sequence[str | None]) -> bool:
    """Four eyes: whoever entered or submitted a record does not approve it."""
    return approver not in hands


def identity_key(text: str) -> str:
    """A document number or authority as it is compared: 锡环罚〔2026〕12号 = 锡环罚[2026] 12 号."""
    folded = unicodedata.normalize("NFKC", text).translate(_BRACKETS)
    return re.sub(r"\s", "", folded).upper()


def check_dates(found: Findings, *, act_date: date, decision_date: date, today: date) -> None:
    """What happened comes before what was decided, and nothing is recorded before it happened (环发〔2013〕150号)."""
    if decision_date < act_date:
        text = Text(zh="决定日期早于行为日期", en="decided before it happened")
        found.add(
            pointer("decision_date"),
            "dates_reversed",
            text,
            article=ARTICLE_RECORDS,
            rests_on=(pointer("act_date"),),
        )
    for name, day in (("act_date", act_date), ("decision_date", decision_date)):
        if day > today:
            text = Text(zh="日期晚于今天（{today}）", en="the date is after today ({today})").format(
                today=today
            )
            found.add(pointer(name), "date_in_future", text, article=ARTICLE_RECORDS)


def check_clause(
    found: Findings, *, kind: str, clause: str | None, pack: str, kinds_of: Mapping[str, Sequence[str]]
) -> None:
    """The clause must be one of the pack in force on the decision day, and made for this kind of record.

    `kinds_of`: the kinds each clause of the pack `pack` is for.
    """
    place, other = pointer("clause"), (pointer("kind"), pointer("decision_date"))
    if clause is None:
        if kind in NEEDS_CLAUSE:
            text = Text(zh="该类记录应注明评分条款", en="a record of this kind names its clause")
            found.add(place, "clause_required", text, article=pack, rests_on=other)
    elif clause not in kinds_of:
        text = Text(
            zh="规则包{pack}没有该条款，可用：{codes}", en="{pack} has no such clause; it has: {codes}"
        )
        codes = ", ".join(sorted(code for code, kinds in kinds_of.items() if kind in kinds))
        found.add(
            place, "clause_unknown", text.format(pack=pack, codes=codes), article=pack, rests_on=other[1:]
        )
    elif kind not in kinds_of[clause]:
        text = Text(zh="该条款不适用于此类记录", en="the clause is not for records of this kind")
        found.add(place, "clause_of_other_kind", text, article=pack, rests_on=other)


def check_class(found: Findings, *, kind: str, severity: str | None, basis: str | None) -> None:
    """Order 36 of 2025: 轻微/一般/严重 is decided with its basis for each violation, never computed."""
    if severity is not None and kind != "violation":
        text = Text(zh="只有违法信息分轻微、一般、严重", en="only violations have a class")
        found.add(
            pointer("severity"),
            "class_of_other_kind",
            text,
            article=ARTICLE_CLASSES,
            rests_on=(pointer("kind"),),
        )
    if (severity is None) != (basis is None):
        text = Text(zh="失信类别与认定依据应同时填写", en="a class and its legal basis come together")
        place, other = ("severity", "severity_basis") if severity is None else ("severity_basis", "severity")
        found.add(
            pointer(place), "class_without_basis", text, article=ARTICLE_CLASSES, rests_on=(pointer(other),)
        )


def check_fine(found: Findings, *, kind: str, fine_cny: Decimal | None) -> None:
    """Only a violation is fined (行政处罚法 art. 9)."""
    if fine_cny is not None and kind != "violation":
        text = Text(zh="只有违法信息有罚款", en="only a violation has a fine")
        found.add(
            pointer("fine_cny"),
            "fine_of_other_kind",
            text,
            article="行政处罚法 第九条",
            rests_on=(pointer("kind"),),
        )


def check_site(found: Findings, *, uscc: str, site: str | None) -> None:
    """A site is named by its permit number, which begins with its enterprise's USCC (HJ 608-2017)."""
    if site is not None and not site.startswith(uscc):
        text = Text(zh="该场所不属于此企业", en="the site belongs to another enterprise")
        found.add(pointer("site"), "site_of_other", text, article="HJ 608-2017", rests_on=(pointer("uscc"),))
