"""What can go wrong with stock."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.emergency.stock.rules import ARTICLE_RESERVE
from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text

_SHORT = Text(
    zh="物资{item_code}需要{asked}，仅有{left}可用",
    en="of {item_code} {asked} are asked for and {left} are left",
)


class InsufficientStock(Conflict):
    """`shortfalls` says for each line what was asked and what is left; `held_by` who holds the rest."""

    code = "insufficient_stock"
    title = Text(zh="库存不足", en="There is not enough in stock")

    def __init__(self, shortfalls: Sequence[Mapping[str, str]], **extra: Any) -> None:
        super().__init__(_SHORT.format(**shortfalls[0]), shortfalls=shortfalls, **extra)


class IntakeInvalid(Invalid):
    code = "intake_invalid"
    title = Text(zh="入库单不符合要求", en="The intake breaks rules")
    article = ARTICLE_RESERVE


class IntakeNotFound(NotFound):
    code = "intake_not_found"
    title = Text(zh="没有该入库单", en="There is no such intake")
