"""What can go wrong with violations."""

from services.kit.attempts import AuditedRefusal
from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text
from services.permits.violations.rules import ARTICLE_INSPECTION


class ViolationNotFound(NotFound):
    code = "violation_not_found"
    title = Text(zh="没有该违法记录", en="There is no such violation")


class ViolationExists(Conflict):
    code = "violation_exists"
    title = Text(zh="该违法行为已登记", en="This violation has been entered")
    article = ARTICLE_INSPECTION


class ViolationInvalid(Invalid):
    code = "violation_invalid"
    title = Text(zh="违法记录不符合要求", en="The violation breaks rules")
    article = ARTICLE_INSPECTION


class ViolationChanged(Conflict):
    code = "violation_changed"
    title = Text(zh="该违法记录已变化，请重新核对", en="The violation has changed; read it again")


class ViolationStepNotOpen(Conflict):
    code = "violation_step_not_open"
    title = Text(zh="当前状态不允许该操作", en="The violation's state does not allow this")
    article = ARTICLE_INSPECTION


class DismissalFourEyes(AuditedRefusal):
    code = "dismissal_four_eyes"
    title = Text(zh="提请人不能自行认定", en="Whoever proposed the dismissal cannot decide on it")
