"""What can go wrong with the management catalogue and the class finder."""

from services.kit.problems import Invalid, NotFound
from services.kit.texts import Text
from services.permits.catalogue.rules import SOURCE


class NoEdition(NotFound):
    code = "management_catalogue_edition_not_found"
    title = Text(zh="该日没有可用的分类管理名录版本", en="No management catalogue is at hand for that day")


class RowNotFound(NotFound):
    code = "management_catalogue_row_not_found"
    title = Text(zh="名录中没有该类", en="The management catalogue has no such row")


class ClassificationInvalid(Invalid):
    code = "classification_invalid"
    title = Text(zh="所述事实不能用于判定管理类别", en="The facts stated cannot be judged by")
    article = SOURCE
