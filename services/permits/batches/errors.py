"""What can go wrong with records, and with a file of many as a whole. What is wrong with a row is in its result."""

from services.kit.problems import BadRequest, Conflict, Invalid, NotFound
from services.kit.texts import Text


class BatchNotFound(NotFound):
    code = "batch_not_found"
    title = Text(zh="没有该批次", en="There is no such batch")


class FileUnreadable(BadRequest):
    code = "file_unreadable"
    title = Text(zh="文件无法读取", en="The file cannot be read")


class HeaderUnknown(Invalid):
    code = "header_unknown"
    title = Text(zh="表头不符合要求", en="The header row does not fit")


class TooManyRows(Invalid):
    code = "too_many_rows"
    title = Text(zh="文件的行数过多", en="The file has too many rows")


class RecordNotFound(NotFound):
    code = "record_not_found"
    title = Text(zh="没有该记录", en="There is no such record")


class RecordInvalid(Invalid):
    code = "record_invalid"
    title = Text(zh="记录不符合要求", en="The record breaks rules")
    article = "排污许可管理条例 第十九条、第二十一条"


class RecordExists(Conflict):
    code = "record_exists"
    title = Text(
        zh="该标识已用于另一条不同的记录", en="This id stands for another record, which says something else"
    )


class AlreadyCorrected(Conflict):
    code = "already_corrected"
    title = Text(zh="该记录已被更正", en="This record was corrected already")
