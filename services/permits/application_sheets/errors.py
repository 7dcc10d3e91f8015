"""What can go wrong with sheets of applications, beside what can with any file (`batches.errors`)."""

from services.kit.problems import Conflict, Invalid
from services.kit.texts import Text
from services.permits.applications.rules import ARTICLE_CONTENT


class ApplicationSheetInvalid(Invalid):
    """`cells` says where on the sheet each error is, by its pointer."""

    code = "application_sheet_invalid"
    title = Text(zh="申请表填写不符合要求", en="The sheet is no application")
    article = ARTICLE_CONTENT


class ApplicationTooLong(Conflict):
    code = "application_too_long"
    title = Text(
        zh="申请内容超过一张表的行数，请以 JSON 填报",
        en="The application has more rows than a sheet takes: send it as JSON",
    )
