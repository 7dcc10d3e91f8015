"""What can go wrong with licences."""

from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text


class LicenceNotFound(NotFound):
    code = "licence_not_found"
    title = Text(zh="没有该危险废物经营许可证", en="There is no such licence")


class LicenceExists(Conflict):
    code = "licence_exists"
    title = Text(zh="该许可证编号已登记", en="This licence number is already registered")


class LicenceInvalid(Invalid):
    code = "licence_invalid"
    title = Text(zh="许可证信息不符合要求", en="The licence breaks rules")


class HolderNotReceiver(Conflict):
    code = "holder_not_receiver"
    title = Text(zh="持证单位未登记为接收单位", en="The holder is not registered as a receiver")
