"""What can go wrong with obligations."""

from services.kit.problems import NotFound
from services.kit.texts import Text


class ObligationNotFound(NotFound):
    code = "obligation_not_found"
    title = Text(zh="没有该执行报告任务", en="There is no such obligation")
