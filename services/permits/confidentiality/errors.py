"""What can go wrong with withholding."""

from services.kit.attempts import AuditedRefusal
from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text
from services.permits.confidentiality.rules import ARTICLE_SECRET


class WithholdingNotFound(NotFound):
    code = "withholding_not_found"
    title = Text(zh="没有该不予公开申请", en="There is no such request to withhold")


class WithholdingInvalid(Invalid):
    code = "withholding_invalid"
    title = Text(zh="不予公开申请不符合要求", en="The request to withhold breaks rules")
    article = ARTICLE_SECRET


class WithholdingStepNotOpen(Conflict):
    code = "withholding_step_not_open"
    title = Text(zh="当前状态不允许该操作", en="The request's state does not allow this")
    article = ARTICLE_SECRET


class PermitVersionSuperseded(Conflict):
    """`current_version` is the one to read."""

    code = "permit_version_superseded"
    title = Text(zh="许可证已有新版本", en="The permit has a newer version")


class WithholdingFourEyes(AuditedRefusal):
    code = "withholding_four_eyes"
    title = Text(zh="申请人不能审查自己的申请", en="Whoever asked cannot decide")
