"""What can go wrong on the public pages."""

from services.kit.problems import BadRequest, NotFound
from services.kit.texts import Text


class BadBox(BadRequest):
    code = "bad_bbox"
    title = Text(
        zh="bbox 应为“西,南,东,北”四个度数", en="A bbox is west,south,east,north: four numbers in degrees"
    )


class ReceiptNotFound(NotFound):
    code = "receipt_not_found"
    title = Text(zh="没有该回执", en="There is no such receipt")
