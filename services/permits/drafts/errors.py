"""What can go wrong with draft reports."""

from services.kit.problems import Conflict, NotFound
from services.kit.texts import Text


class DraftNotFound(NotFound):
    code = "draft_not_found"
    title = Text(zh="没有该草稿", en="There is no such draft")


class NothingToCorrect(Conflict):
    code = "nothing_to_correct"
    title = Text(zh="该期尚无报告，无从更正", en="This period has no report yet that could be corrected")


class DraftOpen(Conflict):
    code = "draft_open"
    title = Text(zh="该期已有待签署的草稿", en="This period has an open draft")


class DraftEnded(Conflict):
    code = "draft_ended"
    title = Text(zh="草稿已签署或作废", en="The draft was signed or discarded")


class DraftChanged(Conflict):
    code = "draft_changed"
    title = Text(zh="草稿已被修改，请核对后再签署", en="The draft has changed; read it again before signing")
