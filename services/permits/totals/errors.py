"""What can go wrong with total-emission control."""

from services.kit.attempts import AuditedRefusal
from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text
from services.permits.totals.rules import ARTICLE_REPLACEMENT, ARTICLE_TOTALS


class DecisionInvalid(Invalid):
    code = "quota_decision_invalid"
    title = Text(zh="总量指标文件不符合要求", en="The decision on quotas breaks rules")
    article = ARTICLE_TOTALS


class QuotaShort(Conflict):
    code = "quota_short"
    title = Text(zh="可动用的总量指标不足", en="There is not enough quota to take")
    article = ARTICLE_TOTALS


class OffsetInvalid(Invalid):
    code = "offset_invalid"
    title = Text(zh="削减替代说明不符合要求", en="The replacement statement breaks rules")
    article = ARTICLE_REPLACEMENT


class OffsetNotFound(NotFound):
    code = "offset_not_found"
    title = Text(zh="没有该削减替代说明", en="There is no such replacement statement")


class OffsetEnded(Conflict):
    code = "offset_ended"
    title = Text(zh="该削减替代说明已办结", en="The replacement statement has been decided or withdrawn")
    article = ARTICLE_REPLACEMENT


class OffsetFourEyes(AuditedRefusal):
    code = "offset_four_eyes"
    title = Text(zh="提交人不能审批自己的说明", en="Whoever stated cannot decide")
