"""What can go wrong with fuel facts."""

from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text
from services.permits.fuels.rules import ARTICLE_LEDGER


class FuelFactNotFound(NotFound):
    code = "fuel_fact_not_found"
    title = Text(zh="没有该能源消耗记录", en="There is no such fuel fact")


class FuelFactInvalid(Invalid):
    code = "fuel_fact_invalid"
    title = Text(zh="能源消耗记录不符合要求", en="The fuel fact breaks rules")
    article = ARTICLE_LEDGER


class FuelFactSuperseded(Conflict):
    code = "fuel_fact_superseded"
    title = Text(zh="该记录已有更新的版本", en="There is a newer version of the fuel fact")
