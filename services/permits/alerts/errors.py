"""What can go wrong with alerts."""

from services.kit.problems import Conflict, NotFound
from services.kit.texts import Text
from services.permits.alerts.rules import ARTICLE_ALERT


class AlertNotFound(NotFound):
    code = "alert_not_found"
    title = Text(zh="没有该预警", en="There is no such alert")


class AlertChanged(Conflict):
    """`followed_by` is the period of the level that came after it."""

    code = "alert_changed"
    title = Text(zh="该预警级别已调整", en="The alert was raised or lowered: another period follows it")
    article = ARTICLE_ALERT


class AlertOver(Conflict):
    code = "alert_over"
    title = Text(zh="该预警已到期结束", en="The alert is over; declare another")
    article = ARTICLE_ALERT


class AlertLifted(Conflict):
    code = "alert_lifted"
    title = Text(zh="该预警已解除", en="The alert has been lifted")
    article = ARTICLE_ALERT


class AlertExists(Conflict):
    """`alert` is the one that was declared already."""

    code = "alert_exists"
    title = Text(zh="该预警已录入", en="This alert has been declared already")
    article = ARTICLE_ALERT
