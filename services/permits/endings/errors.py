"""What can go wrong with ending a permit."""

from services.kit.attempts import AuditedRefusal
from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text
from services.permits.endings import rules, rules_procedure
from services.permits.endings.rules_procedure import Obstacle


class EndingNotFound(NotFound):
    code = "ending_not_found"
    title = Text(zh="没有该终止事项", en="There is no such ending")


class PermitNotInForce(Conflict):
    """`standing` is how the permit stands."""

    code = "permit_not_in_force"
    title = Text(zh="该许可证不在有效状态", en="This permit is not in force")
    article = "排污许可管理条例 第二条"


class EndingNotOpen(Conflict):
    """`standing` is how the permit stands; another ground, or another kind of end, may be open to it."""

    code = "ending_not_open"
    title = Text(
        zh="该许可证当前状态不允许以此理由终止", en="A permit that stands so cannot be ended on this ground"
    )
    article = rules.ARTICLE_CANCELLATION


class ProposalOpen(Conflict):
    code = "ending_proposal_open"
    title = Text(zh="该许可证已有待决定的终止建议", en="A proposal to end this permit waits for its decision")
    article = rules.ARTICLE_ENDS


class EndingStepNotOpen(Conflict):
    """`state` is how far the proposal has come."""

    code = "ending_step_not_open"
    title = Text(zh="当前状态不允许该操作", en="The proposal's state does not allow this")
    article = rules_procedure.ARTICLE_NOTICE


class NoticeNeeded(Conflict):
    code = "notice_needed"
    title = Text(zh="尚未事先告知当事人", en="The holder was not told before the decision")
    article = rules_procedure.ARTICLE_NOTICE


class NoHearing(Conflict):
    code = "no_hearing"
    title = Text(zh="该终止事项不适用听证", en="There is no hearing before this end")
    article = rules.ARTICLE_HEARING


class HearingClosed(Conflict):
    code = "hearing_closed"
    title = Text(zh="申请听证的期限已过", en="The time to ask for a hearing is over")
    article = rules.ARTICLE_HEARING


class AlreadyDecided(Conflict):
    code = "ending_decided"
    title = Text(zh="该终止建议已作出决定", en="This proposal was decided on")
    article = rules.ARTICLE_ENDS


class HearingOpen(Conflict):
    """`not_before` is the first day on which the decision may be taken."""

    code = "hearing_open"
    title = Text(zh="当事人申请听证的期限未满", en="The holder may still ask for a hearing")
    article = rules.ARTICLE_HEARING


class EndingFourEyes(AuditedRefusal):
    code = "ending_four_eyes"
    title = Text(zh="建议人不能决定自己的建议", en="Whoever proposed cannot decide")


class EndingInvalid(Invalid):
    code = "ending_invalid"
    title = Text(zh="终止事项不符合要求", en="The ending breaks rules")
    article = rules.ARTICLE_ENDS


PROCEDURE_REFUSALS: dict[Obstacle, type[Conflict]] = {
    Obstacle.STEP_NOT_OPEN: EndingStepNotOpen,
    Obstacle.NOTICE_NEEDED: NoticeNeeded,
    Obstacle.NO_HEARING: NoHearing,
    Obstacle.HEARING_CLOSED: HearingClosed,
    Obstacle.HEARING_OPEN: HearingOpen,
}
"""By obstacle on the way to a decision."""
