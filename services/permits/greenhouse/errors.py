"""What can go wrong with greenhouse-gas reports."""

from services.kit.attempts import AuditedRefusal
from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text
from services.permits.greenhouse.rules import ARTICLE_REPORT, ARTICLE_VERIFICATION


class GreenhouseReportNotFound(NotFound):
    code = "greenhouse_report_not_found"
    title = Text(zh="没有该温室气体排放报告", en="There is no such greenhouse-gas report")


class GreenhouseInvalid(Invalid):
    code = "greenhouse_report_invalid"
    title = Text(zh="温室气体排放报告不符合要求", en="The greenhouse-gas report breaks rules")
    article = ARTICLE_REPORT


class EmitterInvalid(Invalid):
    code = "key_emitter_invalid"
    title = Text(zh="重点排放单位名录不符合要求", en="The list of key emitters breaks rules")
    article = ARTICLE_REPORT


class NotKeyEmitter(Conflict):
    code = "not_key_emitter"
    title = Text(
        zh="该单位不在该年度重点排放单位名录中", en="The enterprise is not on the year's list of key emitters"
    )
    article = ARTICLE_REPORT


class AlreadyListed(Conflict):
    code = "key_emitter_listed"
    title = Text(zh="该单位已列入该年度名录", en="The enterprise is on the year's list already")


class GreenhouseReported(Conflict):
    code = "greenhouse_reported"
    title = Text(zh="该年度排放报告已提交", en="This year has been reported")
    article = ARTICLE_REPORT


class GreenhouseSuperseded(Conflict):
    code = "greenhouse_version_superseded"
    title = Text(zh="排放报告已有更新的版本", en="There is a newer version of the greenhouse-gas report")


class GreenhouseStepNotOpen(Conflict):
    code = "greenhouse_step_not_open"
    title = Text(zh="排放报告当前状态不允许该操作", en="The state of the greenhouse-gas report forbids this")
    article = ARTICLE_VERIFICATION


class GreenhouseFourEyes(AuditedRefusal):
    code = "greenhouse_four_eyes"
    title = Text(zh="提交人不能办理自己的排放报告", en="Whoever submitted cannot take the bureau's steps")
