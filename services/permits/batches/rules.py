"""What holds for every record that an enterprise keeps, of the ledger as of its monitoring. Pure.

Sources: 排污许可管理条例 (Order 736) art. 19 and 21: monitoring records and the ledger are true, complete and kept for
five years at least.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from services.kit.anniversaries import anniversary
from services.kit.findings import Findings
from services.kit.texts import Text

LEAST_YEARS_KEPT = 5
CLOCK_TOLERANCE = timedelta(minutes=5)
"""Ours: so far may the clock of a handheld run ahead."""

_FUTURE = Text(zh="晚于现在", en="it has not happened yet")
_BEFORE = Text(zh="早于许可证生效之时 {moment}", en="before the permit began, {moment}")
_REASON = Text(zh="更正应说明理由", en="a correction needs its reason")
_NOTHING_CORRECTED = Text(
    zh="没有更正任何记录，不应填写更正理由", en="it corrects nothing, so there is no reason to give"
)
_ITSELF = Text(zh="不能更正自己", en="it cannot correct itself")
_OFFLINE = Text(
    zh="离线记录应有自己的标识（UUID 第7版），重复发送才不会成为两条",
    en="what was made offline has an id of its own (UUID version 7), so that sent twice it is one",
)


def latest_moment(now: datetime) -> datetime:
    """条例 art. 19, 21: records are of what happened; a clock may run ahead by so much."""
    return now + CLOCK_TOLERANCE


def check_moment(
    found: Findings, where: str, moment: datetime, *, latest: datetime, since: datetime, article: str
) -> None:
    """条例 art. 19, 21: records are of what happened, under the permit; nothing is written down ahead.

    `since` is the moment at which the permit's first day began.
    """
    if moment > latest:
        found.add(where, "in_the_future", _FUTURE, article=article)
    elif moment < since:
        found.add(where, "before_permit", _BEFORE.format(moment=since.isoformat()), article=article)


def check_correction(
    found: Findings, *, identity: str | None, supersedes: str | None, reason: str | None, article: str
) -> None:
    """条例 art. 19, 21: what was written stays, and a correction says why it was made."""
    if supersedes is not None and reason is None:
        found.add("/reason", "reason_needed", _REASON, article=article, rests_on=("/supersedes",))
    if supersedes is None and reason is not None:
        found.add("/reason", "nothing_corrected", _NOTHING_CORRECTED, rests_on=("/supersedes",))
    if supersedes is not None and supersedes == identity:
        found.add("/supersedes", "corrects_itself", _ITSELF, rests_on=("/id",))


def check_offline(found: Findings, *, identity: str | None, made_offline: bool) -> None:
    """Ours: what was made without a connection is sent until it is answered, and must stay one record."""
    if made_offline and identity is None:
        found.add("/id", "id_needed", _OFFLINE, rests_on=("/made_offline",))


def kept_until(day: date, years: int) -> date:
    """条例 art. 19, 21: kept for five years at least, counted from the day that the record is about."""
    if years < LEAST_YEARS_KEPT:
        raise ValueError("records are kept for five years at least")
    return anniversary(day, years)
