"""What can go wrong with the catalogue."""

from services.kit.problems import NotFound
from services.kit.texts import Text
from services.waste.catalogue.rules import SOURCE_CODES


class NoEdition(NotFound):
    code = "catalogue_edition_not_found"
    title = Text(zh="该日没有可用的名录版本", en="No edition of the catalogue is at hand for that day")


class CodeNotListed(NotFound):
    code = "waste_code_not_listed"
    title = Text(zh="名录中没有该废物代码", en="The catalogue has no such waste code")
    article = SOURCE_CODES
