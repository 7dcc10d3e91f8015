"""What can go wrong with replacing a certificate."""

from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text
from services.permits.replacements import rules


class ReplacementNotFound(NotFound):
    code = "replacement_not_found"
    title = Text(zh="没有该补办事项", en="There is no such replacement")


class ReplacementInvalid(Invalid):
    code = "replacement_invalid"
    title = Text(zh="补办申请不符合要求", en="The request for a replacement breaks rules")
    article = rules.ARTICLE_REPLACEMENT


class ReplacementOpen(Conflict):
    code = "replacement_open"
    title = Text(zh="该许可证已有待办的补办申请", en="A replacement of this certificate was asked for")
    article = rules.ARTICLE_REPLACEMENT


class ReplacementIssued(Conflict):
    code = "replacement_issued"
    title = Text(zh="该补办申请已办结", en="This replacement was issued")
    article = rules.ARTICLE_REPLACEMENT
