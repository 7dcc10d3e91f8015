"""What can go wrong with units."""

from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text


class UnitNotFound(NotFound):
    code = "unit_not_found"
    title = Text(zh="没有该单位", en="There is no such unit")


class UnitExists(Conflict):
    code = "unit_exists"
    title = Text(zh="该统一社会信用代码已登记", en="This USCC is already registered")


class UnitInvalid(Invalid):
    code = "unit_invalid"
    title = Text(zh="单位信息不符合要求", en="The unit's record breaks rules")
