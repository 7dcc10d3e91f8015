"""What can go wrong with tax declarations."""

from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text
from services.permits.taxes.rules import ARTICLE_QUARTER


class TaxDeclarationNotFound(NotFound):
    code = "tax_declaration_not_found"
    title = Text(zh="没有该环境保护税申报", en="There is no such tax declaration")


class TaxDeclarationExists(Conflict):
    """`declaration` is the one that is known: a correction names it in `supersedes`."""

    code = "tax_declaration_exists"
    title = Text(zh="该单位该所属期已有申报", en="The period was declared; correct it by superseding")
    article = ARTICLE_QUARTER


class TaxYearDeclared(Conflict):
    """`declaration` is the one that is known: the whole of the year, or a quarter of it."""

    code = "tax_year_declared"
    title = Text(
        zh="该年度已按季或按年申报，同一期间不得重复申报",
        en="The year was declared by quarters or as a whole; nothing is declared twice",
    )
    article = ARTICLE_QUARTER


class TaxDeclarationSuperseded(Conflict):
    code = "tax_declaration_superseded"
    title = Text(zh="该申报已被更正", en="The declaration was corrected already")


class TaxDeclarationInvalid(Invalid):
    code = "tax_declaration_invalid"
    title = Text(zh="环境保护税申报不符合要求", en="The tax declaration breaks rules")
    article = ARTICLE_QUARTER
