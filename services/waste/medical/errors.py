"""What can go wrong with medical waste bags."""

from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text
from services.waste.medical.rules import ARTICLE_REGISTER


class BagNotFound(NotFound):
    code = "bag_not_found"
    title = Text(zh="没有该医疗废物包装袋", en="There is no such bag")


class BagExists(Conflict):
    code = "bag_exists"
    title = Text(zh="该编码已登记", en="A bag with this code is registered already")


class ScanInvalid(Invalid):
    code = "scan_invalid"
    title = Text(zh="扫描信息不符合要求", en="The scan breaks rules")


class ScanOutOfOrder(Conflict):
    code = "scan_out_of_order"
    title = Text(zh="扫描顺序不符", en="The bag is not expected there")
    article = ARTICLE_REGISTER
