"""What can go wrong with items."""

from services.kit.problems import Conflict, NotFound
from services.kit.texts import Text


class ItemNotFound(NotFound):
    code = "item_not_found"
    title = Text(zh="没有该物资", en="There is no such item")


class ItemExists(Conflict):
    code = "item_exists"
    title = Text(zh="该物资编码已登记", en="This item code is already registered")
