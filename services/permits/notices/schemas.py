"""Notices over the wire."""

import uuid
from datetime import date
from typing import Literal

from pydantic import Field

from services.kit.identifiers.types import PermitNumber, Uscc
from services.kit.schemas import Day, LongText, Moment, Schema, ShortText

NoticeKind = Literal["pre_application", "application", "performance", "other"]
NoticeState = Literal["coming", "open", "closed", "ended"]


class NoticeCreate(Schema):
    """What is announced. Everything in it is public."""

    kind: NoticeKind = Field(
        description="申请前信息公开 pre_application, 许可申请 application, 绩效分级 performance, 其他 other"
    )
    subject: str = Field(
        pattern=r"^/v1/permits/[A-Za-z0-9_./-]{1,180}$",
        description="the path of what it is about",
        examples=["/v1/permits/applications"],
    )
    title: ShortText
    summary: LongText
    uscc: Uscc | None = None
    permit_number: PermitNumber | None = None
    opens_on: Day
    closes_on: Day = Field(description="the last day on which comments are taken")


class PreApplicationCreate(Schema):
    """What a unit announces before it applies (申请前信息公开, 条例 art. 8). Everything in it is public."""

    uscc: Uscc
    permit_number: PermitNumber | None = Field(default=None, description="where there is one already")
    title: ShortText
    summary: LongText = Field(description="基本信息和拟申请的许可事项")
    opens_on: Day
    closes_on: Day = Field(description="the last day on which comments are taken")


class NoticeEndingCreate(Schema):
    """Why a notice is ended before its last day. Published: it names no person."""

    reason: LongText


class NoticeRead(Schema):
    """A notice, as everybody sees it."""

    id: uuid.UUID
    kind: NoticeKind
    subject: str
    title: str
    summary: str
    uscc: str | None
    permit_number: str | None
    opens_on: date
    closes_on: date
    opened_at: Moment
    state: NoticeState = Field(
        description="未开始 coming, 公示中 open, 已结束 closed, 已终止 ended: before its last day"
    )
    ended_on: date | None = Field(
        description="from this day on it takes no comments; null unless it was ended"
    )
    end_reason: str | None = Field(description="why it was ended")
    comments: int = Field(description="how many were received")
    answers: int = Field(description="how many of them the bureau has answered")


class CommentCreate(Schema):
    """What anybody has to say; only the bureau reads it."""

    text: LongText
    contact: ShortText | None = Field(
        default=None, description="how the bureau may reach you; only the bureau sees it"
    )


class CommentReceived(Schema):
    """The receipt of a comment; it names nobody."""

    comment_id: uuid.UUID
    notice_id: uuid.UUID
    received_at: Moment
    document_sha256: str = Field(description="of `{notice_id, text}` as canonical JSON (RFC 8785)")
    jws: str = Field(description="`steppe verify receipt` checks it offline")


class AnswerCreate(Schema):
    """The bureau's answer. Both members are published: they name no person."""

    matter: LongText = Field(description="what was raised, in the bureau's words")
    answer: LongText


class AnswerRead(Schema):
    """A matter that was raised and what the bureau says to it."""

    id: uuid.UUID
    notice_id: uuid.UUID
    matter: str
    answer: str
    answered_at: Moment


class CommentRead(Schema):
    """A comment as the bureau reads it."""

    id: uuid.UUID
    notice_id: uuid.UUID
    text: str
    contact: str | None
    received_at: Moment
    answer: AnswerRead | None
