"""What can go wrong with depots."""

from services.kit.problems import Conflict, NotFound
from services.kit.texts import Text


class DepotNotFound(NotFound):
    code = "depot_not_found"
    title = Text(zh="没有该储备库", en="There is no such depot")


class DepotExists(Conflict):
    code = "depot_exists"
    title = Text(zh="该储备库编码已登记", en="This depot code is already registered")
