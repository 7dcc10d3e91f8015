"""What can go wrong with notices."""

from services.kit.problems import Conflict, Invalid, NotFound, Problem
from services.kit.texts import Text
from services.permits.notices import rules
from services.permits.performance.rules import SOURCE_CHAIN


class NoticeNotFound(NotFound):
    code = "notice_not_found"
    title = Text(zh="没有该公示", en="There is no such notice")


class CommentNotFound(NotFound):
    code = "comment_not_found"
    title = Text(zh="没有该意见", en="There is no such comment")


class NoticeInvalid(Invalid):
    code = "notice_invalid"
    title = Text(zh="公示不符合要求", en="The notice breaks rules")
    article = rules.ARTICLE_ANNOUNCED


class NoticeNotOpen(Conflict):
    """`opens_on` and `closes_on` say when it is, or was; `ended_on` that it was ended before."""

    code = "notice_not_open"
    title = Text(zh="该公示不在征求意见期内", en="The notice takes no comments today")
    article = rules.ARTICLE_HEARD


class NoticeOver(Conflict):
    code = "notice_over"
    title = Text(zh="该公示已结束或已终止", en="The notice is over, or was ended")
    article = rules.ARTICLE_HEARD


class NoticeOfDeclaration(Conflict):
    """A class takes effect after its whole notice: refusing the declaration ends the notice, nothing else does."""

    code = "notice_of_declaration"
    title = Text(
        zh="该公示随绩效分级申报办理，申报不予通过时终止",
        en="The notice belongs to a declaration of a class, and ends early where that is refused",
    )
    article = SOURCE_CHAIN


class NoticeEndingInvalid(Invalid):
    code = "notice_ending_invalid"
    title = Text(zh="终止原因不能公开", en="The reason cannot be published")
    article = rules.ARTICLE_PERSONS


class CommentRepeated(Conflict):
    code = "comment_repeated"
    title = Text(zh="今日已收到相同的意见", en="The same comment was received today")


class NoticeFull(Problem):
    """Tomorrow it takes comments again."""

    status = 429
    code = "notice_full"
    title = Text(
        zh="该公示今日意见已达上限，请明日再提交",
        en="The notice takes no more comments today; come back tomorrow",
    )


class CommentAnswered(Conflict):
    code = "comment_answered"
    title = Text(zh="该意见已答复", en="This comment was answered")


class AnswerInvalid(Invalid):
    code = "answer_invalid"
    title = Text(zh="答复不能公开", en="The answer cannot be published")
    article = rules.ARTICLE_PERSONS
