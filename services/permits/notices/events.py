"""Facts about notices. None holds what somebody said."""

import uuid
from datetime import date

from services.kit.event_catalogue import EventType, Readers
from services.kit.schemas import Schema
from services.kit.texts import Text


class NoticeOpened(Schema):
    """Payload: what is announced."""

    notice_id: uuid.UUID
    kind: str
    subject: str
    title: str
    opens_on: date
    closes_on: date


class NoticeEnded(Schema):
    """Payload: that a notice ended before its last day, and why."""

    notice_id: uuid.UUID
    kind: str
    subject: str
    ended_on: date
    reason: str


class CommentGiven(Schema):
    """Payload: that something was said, for those who answer."""

    notice_id: uuid.UUID
    comment_id: uuid.UUID


class CommentWasAnswered(CommentGiven):
    """Payload: that the bureau answered in public."""

    answer_id: uuid.UUID


NOTICE_OPENED = EventType(
    "permits.notice_opened.v1",
    NoticeOpened,
    Text(zh="公示已发布", en="A notice was opened"),
    Readers.PUBLIC,
)
NOTICE_ENDED = EventType(
    "permits.notice_ended.v1",
    NoticeEnded,
    Text(zh="公示已终止", en="A notice was ended before its last day"),
    Readers.PUBLIC,
)
COMMENT_RECEIVED = EventType(
    "permits.notice_comment_received.v1",
    CommentGiven,
    Text(zh="收到对公示的意见", en="A comment on a notice was received"),
    Readers.BUREAU,
)
COMMENT_ANSWERED = EventType(
    "permits.notice_comment_answered.v1",
    CommentWasAnswered,
    Text(zh="对公示的意见已答复", en="A comment on a notice was answered"),
    Readers.PUBLIC,
)
