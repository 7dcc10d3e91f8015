"""What can go wrong with alerts."""

from services.kit.problems import Conflict, NotFound
from services.kit.texts import Text


class AlertNotFound(NotFound):
    code = "alert_not_found"
    title = Text(zh="没有该预警", en="There is no such alert")


class AlertLifted(Conflict):
    code = "alert_lifted"
    title = Text(zh="该预警已解除", en="The alert has been lifted")
