"""What can go wrong with permits."""

from services.kit.problems import Conflict, NotFound
from services.kit.texts import Text


class PermitNotFound(NotFound):
    code = "permit_not_found"
    title = Text(zh="没有该排污许可证", en="There is no such permit")


class PermitExists(Conflict):
    code = "permit_exists"
    title = Text(zh="该许可证编号已登记", en="This permit number is already registered")


class PermitChanged(Conflict):
    """Somebody else entered a version in between."""

    code = "permit_changed"
    title = Text(zh="许可证已有更新的版本", en="The permit has a newer version")


class PermitEnded(Conflict):
    """An end was decided: what has ended does not change, and never holds again."""

    code = "permit_ended"
    title = Text(zh="许可证已撤销、撤回、吊销或注销", en="An end of the permit was decided")
    article = "行政许可法 第七十条"
