"""What can go wrong with files."""

from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text


class AttachmentNotFound(NotFound):
    code = "attachment_not_found"
    title = Text(zh="没有该附件", en="There is no such file")


class AttachmentInvalid(Invalid):
    code = "attachment_invalid"
    title = Text(zh="附件不符合要求", en="The file is not as it is said to be")


class AttachmentsWaiting(Conflict):
    code = "attachments_waiting"
    title = Text(
        zh="尚未用于申请或执行报告的附件过多，请先提交或等待过期清理",
        en="Too much was sent that no application or report names: submit, or wait until it is forgotten",
    )
