"""What can go wrong with performance classes and measures."""

from services.kit.attempts import AuditedRefusal
from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text
from services.permits.performance.rules import ARTICLE_RESPONSE, SOURCE_CHAIN


class DeclarationNotFound(NotFound):
    code = "performance_declaration_not_found"
    title = Text(zh="没有该绩效分级申报", en="There is no such declaration of a performance class")


class PerformanceInvalid(Invalid):
    code = "performance_invalid"
    title = Text(zh="绩效分级材料不符合要求", en="The performance class breaks rules")
    article = SOURCE_CHAIN


class DeclarationOpen(Conflict):
    code = "performance_declaration_open"
    title = Text(zh="该许可证已有办理中的申报", en="A declaration for this permit is under review")
    article = SOURCE_CHAIN


class DeclarationStepNotOpen(Conflict):
    code = "performance_step_not_open"
    title = Text(zh="申报当前状态不允许该操作", en="The state of the declaration does not allow this")
    article = SOURCE_CHAIN


class PerformanceFourEyes(AuditedRefusal):
    code = "performance_four_eyes"
    title = Text(
        zh="申报、初审和生效须由不同人员办理", en="Declaring, first review and effect take different people"
    )


class MeasurePlanNotFound(NotFound):
    code = "measure_plan_not_found"
    title = Text(zh="没有该一厂一策", en="There is no such sheet of measures")


class MeasuresInvalid(Invalid):
    code = "measures_invalid"
    title = Text(zh="一厂一策不符合要求", en="The sheet of measures breaks rules")
    article = ARTICLE_RESPONSE


class MeasurePlanDecided(Conflict):
    code = "measure_plan_decided"
    title = Text(zh="该一厂一策已办结", en="The sheet of measures has been decided")
    article = ARTICLE_RESPONSE


class NoAlert(NotFound):
    code = "no_alert"
    title = Text(zh="该日没有重污染天气预警", en="No heavy-pollution alert holds on that day")
    article = ARTICLE_RESPONSE
