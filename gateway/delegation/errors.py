"""What can go wrong with delegations."""

from gateway.delegation.rules import ARTICLE_END
from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text


class DelegationNotFound(NotFound):
    code = "delegation_not_found"
    title = Text(zh="没有该委托，或邀请码无效", en="There is no such delegation, or the code does not hold")


class DelegationInvalid(Invalid):
    code = "delegation_invalid"
    title = Text(zh="委托内容不符合要求", en="The delegation breaks rules")


class DelegationStepNotOpen(Conflict):
    code = "delegation_step_not_open"
    title = Text(zh="委托当前状态不允许该操作", en="The delegation's state does not allow this")
    article = ARTICLE_END


class TooManyDelegations(Conflict):
    code = "too_many_delegations"
    title = Text(zh="该单位的委托过多，请先撤回不用的", en="Too many delegations; withdraw those not needed")
