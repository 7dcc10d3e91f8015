"""What can go wrong with the log."""

from services.kit.problems import NotFound
from services.kit.texts import Text


class TreeNotReached(NotFound):
    code = "tree_not_reached"
    title = Text(zh="日志没有该序号或该大小", en="The log has no such index or size")
