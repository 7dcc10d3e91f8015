"""What can go wrong with EIA documents."""

from services.kit.attempts import AuditedRefusal
from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text
from services.permits.eia.rules import ARTICLE


class EiaNotFound(NotFound):
    code = "eia_not_found"
    title = Text(zh="没有该环评文件", en="There is no such EIA document")


class EiaExists(Conflict):
    code = "eia_exists"
    title = Text(zh="该单位已登记该环评文号", en="This enterprise has a document of that number")


class EiaInvalid(Invalid):
    code = "eia_invalid"
    title = Text(zh="环评信息不符合要求", en="What is said of the EIA breaks rules")
    article = ARTICLE


class EiaVerified(Conflict):
    code = "eia_verified"
    title = Text(zh="该环评文件无需核实或已核实", en="This document needs no verification, or had it")
    article = ARTICLE


class EiaFourEyes(AuditedRefusal):
    code = "eia_four_eyes"
    title = Text(zh="申报人不能核实自己的申报", en="Whoever stated it cannot verify it")
