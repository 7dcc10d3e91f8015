"""What can go wrong with confirmations."""

from services.kit.problems import Conflict, Invalid
from services.kit.texts import Text
from services.permits.exceedances.rules import ARTICLE_CHECK


class NotExceeded(Invalid):
    code = "not_exceeded"
    title = Text(zh="该报告没有此项超标", en="The report shows no such exceedance")
    article = ARTICLE_CHECK


class AlreadyConfirmed(Conflict):
    code = "already_confirmed"
    title = Text(zh="该项超标已确认", en="This exceedance has been confirmed")
    article = ARTICLE_CHECK


class ExceedanceDismissed(Conflict):
    """`violation` is where two inspectors decided that it was none."""

    code = "exceedance_dismissed"
    title = Text(zh="该项超标已认定不成立", en="This exceedance was dismissed")
    article = ARTICLE_CHECK
