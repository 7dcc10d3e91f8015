"""What can go wrong with execution reports."""

from services.kit.attempts import AuditedRefusal
from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text
from services.permits.reports.rules import ARTICLE_REPORT


class ReportNotFound(NotFound):
    code = "report_not_found"
    title = Text(zh="没有该执行报告", en="There is no such report")


class ReportInvalid(Invalid):
    code = "report_invalid"
    title = Text(zh="执行报告不符合要求", en="The execution report breaks rules")
    article = ARTICLE_REPORT


class AlreadyReported(Conflict):
    code = "already_reported"
    title = Text(zh="该期执行报告已提交", en="This period has been reported")
    article = "排污许可管理条例 第二十二条"


class PeriodNotOver(Conflict):
    code = "period_not_over"
    title = Text(zh="报告期尚未结束", en="The period is not over")
    article = "排污许可管理条例 第二十二条"


class VersionSuperseded(Conflict):
    code = "version_superseded"
    title = Text(zh="已有更新的版本", en="There is a newer version")


class StepNotOpen(Conflict):
    code = "step_not_open"
    title = Text(zh="当前状态不允许该操作", en="The report's state does not allow this")
    article = ARTICLE_REPORT


class RepudiationOver(Conflict):
    code = "repudiation_over"
    title = Text(zh="否认期限已过", en="It can no longer be repudiated")


class FourEyes(AuditedRefusal):
    code = "four_eyes"
    title = Text(zh="提交人不能审核自己的报告", en="Whoever submitted cannot review")


class CommentRequired(Invalid):
    code = "comment_required"
    title = Text(zh="退回时应说明理由", en="A return needs a comment")
    article = ARTICLE_REPORT
