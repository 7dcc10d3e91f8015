"""What can go wrong with permits."""

from services.kit.problems import Conflict, NotFound
from services.kit.texts import Text


class PermitNotFound(NotFound):
    code = "permit_not_found"
    title = Text(zh="没有该排污许可证", en="There is no such permit")


class PermitExists(Conflict):
    code = "permit_exists"
    title = Text(zh="该许可证编号已登记", en="This permit number is already registered")
