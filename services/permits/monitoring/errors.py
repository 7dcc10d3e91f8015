"""What can go wrong with reading self-monitoring."""

from services.kit.problems import BadRequest
from services.kit.texts import Text


class FiguresReversed(BadRequest):
    """Days that are none would read as «nothing was measured»."""

    code = "figures_reversed"
    title = Text(zh="起止日期颠倒", en="The days are reversed")
