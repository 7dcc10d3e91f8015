"""What can go wrong with calculations."""

from services.kit.problems import Invalid
from services.kit.texts import Text
from services.permits.amounts.rules import ARTICLE_ORDER


class AmountInvalid(Invalid):
    code = "amount_invalid"
    title = Text(zh="核算数据不符合要求", en="The amount cannot be worked out from this")
    article = ARTICLE_ORDER
