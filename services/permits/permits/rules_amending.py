"""When a permit may have a new version, and from which day it is held. Pure: no clock, no database.

Sources: 排污许可管理条例 (Order 736) art. 14 (five years, renewal before expiry, changes of basic facts), art. 15
(re-application), art. 16 (change by the authority); 排污许可管理办法 (MEE Order 32; from memory: other changes).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from services.kit.findings import Findings
from services.kit.texts import Text

ARTICLES = {
    "first_issue": "排污许可管理条例 第十二条",
    "basic_change": "排污许可管理条例 第十四条",
    "change": "排污许可管理办法（生态环境部令第32号）",
    "reapplication": "排污许可管理条例 第十五条",
    "renewal": "排污许可管理条例 第十四条",
    "adjustment": "排污许可管理条例 第十六条",
}
"""The article that a version rests on, by its kind, where none is stated."""

KEEPS_TERM = frozenset({"basic_change", "change", "adjustment"})
"""A change alters what the permit says, not for how long it is held."""

_BACKWARDS = Text(
    zh="新版本不能早于现版本的生效日期{day}",
    en="a version does not begin before the one it replaces, which began on {day}",
)
_OUTSIDE = Text(
    zh="生效日期应在有效期限之内", en="the version begins within the time for which the permit is held"
)
_TERM = Text(
    zh="变更不改变许可证的有效期限（{first}至{last}）",
    en="a change leaves the permit's term as it is ({first} to {last})",
)
_RENEWED_LATE = Text(
    zh="延续应自原有效期届满之日起衔接，最晚{day}开始",
    en="a renewal follows on the old term without a gap: it begins on {day} at the latest",
)
_RENEWED_SHORTER = Text(zh="延续后的有效期止应晚于原有效期止", en="a renewed term ends after the old one")
_REASON = Text(zh="依职权变更应说明理由", en="a change by the authority gives its reason")


@dataclass(frozen=True, slots=True)
class Term:
    """One version: the term that the permit prints, and the day from which the version holds."""

    valid_from: date
    valid_to: date
    effective_from: date


def check_begin(found: Findings, *, present: Term, new: Term) -> None:
    """条例 art. 14: no clock runs backwards, and a version begins within its own term."""
    where = "/basis/effective_from"
    if new.effective_from < present.effective_from:
        text = _BACKWARDS.format(day=present.effective_from)
        found.add(where, "version_backdated", text, article=ARTICLES["renewal"])
    if not new.valid_from <= new.effective_from <= new.valid_to:
        rests_on = ("/valid_from", "/valid_to")
        found.add(where, "outside_validity", _OUTSIDE, article=ARTICLES["renewal"], rests_on=rests_on)


def check_term(found: Findings, *, kind: str, present: Term, new: Term) -> None:
    """条例 art. 14 and 16: a change keeps the term; a renewal follows on it without a gap and lengthens it."""
    first, last = present.valid_from, present.valid_to
    following = last + timedelta(days=1)
    if kind in KEEPS_TERM:
        text = _TERM.format(first=first, last=last)
        for name, given, kept in (("valid_from", new.valid_from, first), ("valid_to", new.valid_to, last)):
            if given != kept:
                found.add(
                    f"/{name}", "term_changed", text, article=ARTICLES["renewal"], rests_on=("/basis/kind",)
                )
    if kind == "renewal":
        if new.valid_from > following:
            text = _RENEWED_LATE.format(day=following)
            found.add(
                "/valid_from",
                "renewal_gap",
                text,
                article=ARTICLES["renewal"],
                rests_on=("/basis/kind",),
            )
        if new.valid_to <= last:
            found.add(
                "/valid_to",
                "renewal_shorter",
                _RENEWED_SHORTER,
                article=ARTICLES["renewal"],
                rests_on=("/basis/kind",),
            )


def check_reason(found: Findings, *, kind: str, reason: str | None) -> None:
    """条例 art. 16: the authority says why it changes a permit by itself."""
    if kind == "adjustment" and reason is None:
        rests_on = ("/basis/kind",)
        found.add("/basis/reason", "reason_missing", _REASON, article=ARTICLES[kind], rests_on=rests_on)
