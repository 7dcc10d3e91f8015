"""What can go wrong with records."""

from services.kit.attempts import AuditedRefusal
from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text


class RecordNotFound(NotFound):
    code = "record_not_found"
    title = Text(zh="没有该信用记录", en="There is no such record")


class RecordInvalid(Invalid):
    code = "record_invalid"
    title = Text(zh="信用记录不符合要求", en="The record breaks rules")


class RecordExists(Conflict):
    code = "record_exists"
    title = Text(
        zh="该认定机关的该文书已有此企业的记录",
        en="This document of this authority has been recorded for this enterprise",
    )


class StepNotOpen(Conflict):
    code = "step_not_open"
    title = Text(zh="当前状态不允许该操作", en="The record's state does not allow this")


class VersionSuperseded(Conflict):
    code = "version_superseded"
    title = Text(zh="已有更新的版本", en="There is a newer version")


class FourEyes(AuditedRefusal):
    code = "four_eyes"
    title = Text(
        zh="录入或提交人不能审批同一记录", en="Whoever entered or submitted a record cannot decide on it"
    )


class CommentRequired(Invalid):
    code = "comment_required"
    title = Text(zh="不予通过时应说明理由", en="A rejection needs a comment")
