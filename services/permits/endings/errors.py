"""What can go wrong with ending a permit."""

from services.kit.attempts import AuditedRefusal
from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text
from services.permits.endings import rules


class EndingNotFound(NotFound):
    code = "ending_not_found"
    title = Text(zh="没有该终止事项", en="There is no such ending")


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


class AlreadyDecided(Conflict):
    code = "ending_decided"
    title = Text(zh="该终止建议已作出决定", en="This proposal was decided on")


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
