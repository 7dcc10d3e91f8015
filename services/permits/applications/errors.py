"""What can go wrong with applications."""

from services.kit.attempts import AuditedRefusal
from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text
from services.permits.applications import rules
from services.permits.applications.rules import Obstacle


class ApplicationNotFound(NotFound):
    code = "application_not_found"
    title = Text(zh="没有该申请", en="There is no such application")


class ApplicationInvalid(Invalid):
    code = "application_invalid"
    title = Text(zh="申请不符合要求", en="The application breaks rules")
    article = rules.ARTICLE_CONTENT


class ApplicationOpen(Conflict):
    code = "application_open"
    title = Text(zh="该场所已有在办的申请", en="This site has an application that is not yet decided")
    article = rules.ARTICLE_ONE_PERMIT


class ApplicationSuperseded(Conflict):
    code = "application_superseded"
    title = Text(zh="申请已有更新的版本", en="The application has a newer version")


class ApplicationStepNotOpen(Conflict):
    code = "application_step_not_open"
    title = Text(zh="申请当前状态不允许该操作", en="The application's state does not allow this")
    article = rules.ARTICLE_PROCEDURE


class NoticeOnlyOnce(Conflict):
    code = "notice_only_once"
    title = Text(zh="补正内容应一次性告知，已告知过", en="What is missing is said once, and was")
    article = "排污许可管理条例 第九条第（四）项"


class NoticeFirst(Conflict):
    code = "notice_first"
    title = Text(zh="尚未告知需要补正的内容", en="The applicant was not yet told what is missing")
    article = "排污许可管理条例 第九条第（四）项"


class SiteCheckOrdered(Conflict):
    code = "site_check_ordered"
    title = Text(zh="已决定现场核查", en="A site check was ordered already")
    article = rules.ARTICLE_REVIEW


class SiteCheckNotOrdered(Conflict):
    code = "site_check_not_ordered"
    title = Text(zh="尚未决定现场核查", en="No site check was ordered")
    article = rules.ARTICLE_REVIEW


class SiteCheckPending(Conflict):
    code = "site_check_pending"
    title = Text(zh="现场核查尚未完成", en="The site check is not recorded yet")
    article = rules.ARTICLE_REVIEW


class ChecklistIncomplete(Conflict):
    code = "checklist_incomplete"
    title = Text(zh="审查清单尚未填完", en="A condition of the checklist has no finding")
    article = rules.ARTICLE_CONDITIONS


class ConditionNotMet(Conflict):
    code = "condition_not_met"
    title = Text(zh="有不符合的许可条件，不得准予许可", en="A condition is not met: no permit may be granted")
    article = rules.ARTICLE_CONDITIONS


class EiaUnverified(Conflict):
    code = "eia_unverified"
    title = Text(
        zh="环评批复或备案未经核实，不得准予许可", en="The EIA is not verified: no permit may be granted"
    )
    article = rules.ARTICLE_EIA


class ApplicantBarred(Conflict):
    code = "applicant_barred"
    title = Text(
        zh="申请人在三年内不得申请排污许可证", en="The applicant is barred from permits for three years"
    )
    article = rules.ARTICLE_BAR


class PermitEnded(Conflict):
    code = "permit_ended"
    title = Text(
        zh="原许可证已撤销、撤回、吊销或注销", en="The permit was annulled, withdrawn, revoked or cancelled"
    )
    article = "行政许可法 第六十九条、第七十条"


class DisclosureUnmet(Conflict):
    """`detail` says what is wrong with the disclosure, as it is known now."""

    code = "disclosure_unmet"
    title = Text(
        zh="申请前信息公开不符合要求，不得准予许可",
        en="What had to be disclosed before the application was not: no permit may be granted",
    )
    article = rules.ARTICLE_DISCLOSURE


class ApplicationFourEyes(AuditedRefusal):
    code = "application_four_eyes"
    title = Text(zh="提交、审查与审批不得为同一人", en="Nobody checks or decides on their own work")


REFUSALS: dict[Obstacle, type[Conflict]] = {
    Obstacle.STEP_NOT_OPEN: ApplicationStepNotOpen,
    Obstacle.NOTICE_ONLY_ONCE: NoticeOnlyOnce,
    Obstacle.NOTICE_FIRST: NoticeFirst,
    Obstacle.SITE_CHECK_ORDERED: SiteCheckOrdered,
    Obstacle.SITE_CHECK_NOT_ORDERED: SiteCheckNotOrdered,
    Obstacle.SITE_CHECK_PENDING: SiteCheckPending,
    Obstacle.CHECKLIST_INCOMPLETE: ChecklistIncomplete,
    Obstacle.CONDITION_NOT_MET: ConditionNotMet,
    Obstacle.EIA_UNVERIFIED: EiaUnverified,
    Obstacle.APPLICANT_BARRED: ApplicantBarred,
    Obstacle.PERMIT_ENDED: PermitEnded,
    Obstacle.DISCLOSURE_UNMET: DisclosureUnmet,
}
"""By obstacle; `four_eyes` is an `ApplicationFourEyes`, which the trail keeps."""
