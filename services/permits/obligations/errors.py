"""What can go wrong with obligations."""

from services.kit.problems import BadRequest, Conflict, Invalid, NotFound
from services.kit.texts import Text
from services.permits.obligations.rules_due import ARTICLE_REPORT


class ObligationNotFound(NotFound):
    code = "obligation_not_found"
    title = Text(zh="没有该执行报告任务", en="There is no such obligation")


class NotOwed(Conflict):
    code = "not_owed"
    title = Text(zh="该期不单独报送执行报告", en="No report of its own is owed for this period")
    article = "HJ 944-2018"


class DueOverrideInvalid(Invalid):
    code = "due_override_invalid"
    title = Text(zh="截止日调整不符合要求", en="The notice on due days breaks rules")
    article = ARTICLE_REPORT


class DueOverrideExists(Conflict):
    """`due_override_id` is the notice that was entered already."""

    code = "due_override_exists"
    title = Text(zh="该截止日调整已录入", en="This notice on due days has been entered already")


class PermitNumberNeeded(BadRequest):
    code = "permit_number_needed"
    title = Text(zh="应指明许可证编号", en="Say of which permit")


class SpanTooLong(BadRequest):
    code = "span_too_long"
    title = Text(zh="起止日期颠倒，或时间跨度过长", en="The days are reversed, or too many")
