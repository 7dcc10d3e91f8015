"""What can go wrong with permits."""

from services.kit.problems import Conflict, NotFound
from services.kit.texts import Text
from services.permits.permits.rules import SOURCE_CODES


class PermitNotFound(NotFound):
    code = "permit_not_found"
    title = Text(zh="没有该排污许可证", en="There is no such permit")


class PermitExists(Conflict):
    code = "permit_exists"
    title = Text(zh="该许可证编号已登记", en="This permit number is already registered")
    article = SOURCE_CODES


class SitePermitHeld(Conflict):
    """HJ 608-2017: a number's first 21 characters are those of the site; the last one makes it no other site."""

    code = "site_permit_held"
    title = Text(zh="该场所已有有效许可证，每个场所一证", en="The site holds a permit: one permit a site")
    article = "排污许可管理条例 第六条"


class HolderBarred(Conflict):
    """Issued on a day on which nobody could apply for it."""

    code = "holder_barred"
    title = Text(
        zh="发证之日该单位在三年内不得申请排污许可证",
        en="On the day of issue the enterprise was barred from permits for three years",
    )
    article = "排污许可管理条例 第四十条、第四十一条"


class PermitChanged(Conflict):
    """Somebody else entered a version in between."""

    code = "permit_changed"
    title = Text(zh="许可证已有更新的版本", en="The permit has a newer version")


class PermitEnded(Conflict):
    """An end was decided: what has ended does not change, and never holds again."""

    code = "permit_ended"
    title = Text(zh="许可证已撤销、撤回、吊销或注销", en="An end of the permit was decided")
    article = "行政许可法 第七十条"
