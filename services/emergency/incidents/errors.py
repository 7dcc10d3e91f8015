"""What can go wrong with incidents."""

from services.emergency.incidents.rules import ARTICLE_RESPONSIBLE
from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text


class IncidentNotFound(NotFound):
    code = "incident_not_found"
    title = Text(zh="没有该突发环境事件", en="There is no such incident")


class IncidentInvalid(Invalid):
    code = "incident_invalid"
    title = Text(zh="事件信息不符合要求", en="The incident breaks rules")


class IncidentClosed(Conflict):
    code = "incident_closed"
    title = Text(zh="该事件已终止", en="The incident is closed")


class IncidentNotSettled(Conflict):
    """`open` says what is left: reserved, on the way, or still at the place."""

    code = "incident_not_settled"
    title = Text(zh="该事件尚有未结清的物资", en="Goods of this incident are not settled")


class ResponsibilityRecorded(Conflict):
    code = "responsibility_recorded"
    title = Text(zh="该事件的责任单位已认定", en="The responsible enterprise has been recorded")
    article = ARTICLE_RESPONSIBLE


class NoGradeTable(Invalid):
    code = "no_grade_table"
    title = Text(zh="没有适用于该日的分级标准", en="No table of grades holds on that day")


class GradeUndecided(Invalid):
    code = "grade_undecided"
    title = Text(zh="适用的分级标准不能判定", en="The table of that day does not decide this")
