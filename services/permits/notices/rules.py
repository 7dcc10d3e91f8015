"""Public notices and what anybody may say to them. Pure: no clock, no database.

Sources: 行政许可法 art. 46, 47 (what touches the public is announced, its opinions are heard); 排污许可管理条例 art. 8
(pre-application disclosure of key units); 政府信息公开条例 art. 15 (persons are not public). How many days a notice
stays open is the matter of whoever opens it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.kit.findings import Findings, pointer
from services.kit.texts import Text

ARTICLE_ANNOUNCED = "行政许可法 第四十六条"
ARTICLE_HEARD = "行政许可法 第四十七条"
ARTICLE_PERSONS = "政府信息公开条例 第十五条"

# Numbers that single out a person. A bureau that answers does not repeat them (memory: forms of the numbers).
# People write a mobile number in groups: 138-1234-5678, 138 1234 5678.
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d(?:[- ]?\d{8}|([- ])\d{4}\1\d{4})(?!\d)")
_ID_CARD = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dA-Za-z])")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


class State(StrEnum):
    """Where a notice stands on a day."""

    COMING = "coming"  # 未开始
    OPEN = "open"  # 公示中
    CLOSED = "closed"  # 已结束
    ENDED = "ended"  # 已终止


@dataclass(frozen=True, slots=True)
class Flood:
    """How much one notice takes in a day: beyond it a bureau cannot read what is sent (ours)."""

    comments_a_day: int = 500
    same_text_a_day: int = 1


FLOOD = Flood()
MOST_DAYS = 366
"""So far ahead a notice opens, and so long it is open, at most: one for ever is a slip of the pen (ours)."""


def state_on(opens_on: date, closes_on: date, today: date, *, ended: bool = False) -> State:
    """A notice is open from its first day to its last, both included, unless what it announced came to nothing."""
    if ended:
        return State.ENDED
    if today < opens_on:
        return State.COMING
    return State.OPEN if today <= closes_on else State.CLOSED


def check_days(found: Findings, *, opens_on: date, closes_on: date, today: date) -> None:
    """行政许可法 art. 46: what is announced is announced before it is over, and within a time that one awaits."""
    if closes_on < opens_on:
        text = Text(zh="截止日早于开始日", en="it closes before it opens")
        found.add(
            pointer("closes_on"),
            "closes_before_it_opens",
            text,
            article=ARTICLE_ANNOUNCED,
            rests_on=(pointer("opens_on"),),
        )
    if opens_on < today:
        text = Text(zh="公示不能从过去的日期开始", en="a notice does not open in the past")
        found.add(pointer("opens_on"), "opens_in_the_past", text, article=ARTICLE_ANNOUNCED)
    if (opens_on - today).days > MOST_DAYS:
        text = Text(zh="公示应在{days}日内开始", en="a notice opens within {days} days").format(
            days=MOST_DAYS
        )
        found.add(pointer("opens_on"), "opens_too_late", text, article=ARTICLE_ANNOUNCED)
    if (closes_on - opens_on).days > MOST_DAYS:
        text = Text(zh="公示期不超过{days}日", en="a notice is open for {days} days at most").format(
            days=MOST_DAYS
        )
        found.add(
            pointer("closes_on"),
            "open_too_long",
            text,
            article=ARTICLE_ANNOUNCED,
            rests_on=(pointer("opens_on"),),
        )


def check_permit(found: Findings, *, uscc: str | None, holder: str) -> None:
    """行政许可法 art. 46: a notice of an enterprise names no other's permit."""
    if uscc is not None and uscc != holder:
        text = Text(zh="该排污许可证不属于该单位", en="the permit is not this enterprise's")
        found.add("/permit_number", "permit_of_another", text, article=ARTICLE_ANNOUNCED, rests_on=("/uscc",))


def check_no_person(found: Findings, where: str, text: str) -> None:
    """政府信息公开条例 art. 15: what the bureau publishes holds no mobile number, e-mail or identity card."""
    for form, said in (
        (_ID_CARD, Text(zh="公开的文字含身份证号码", en="what is published holds an identity card's number")),
        (_MOBILE, Text(zh="公开的文字含手机号码", en="what is published holds a mobile number")),
        (_EMAIL, Text(zh="公开的文字含电子邮箱", en="what is published holds an e-mail address")),
    ):
        if form.search(unicodedata.normalize("NFKC", text)):  # １３８ is 138
            found.add(where, "names_a_person", said, article=ARTICLE_PERSONS)
