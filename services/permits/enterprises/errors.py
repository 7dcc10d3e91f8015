"""What can go wrong with enterprises."""

from services.kit.problems import Conflict, NotFound
from services.kit.texts import Text


class EnterpriseNotFound(NotFound):
    code = "enterprise_not_found"
    title = Text(zh="没有该排污单位", en="There is no such enterprise")


class EnterpriseExists(Conflict):
    code = "enterprise_exists"
    title = Text(zh="该统一社会信用代码已登记", en="This USCC is already registered")
    article = "GB 32100-2015"
