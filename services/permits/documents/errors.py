"""What can go wrong with decision documents."""

from services.kit.problems import NotFound
from services.kit.texts import Text


class DocumentNotFound(NotFound):
    code = "document_not_found"
    title = Text(zh="没有该文件，它不是本系统签发的", en="There is no such document: it was not issued here")


class NoPermitInForce(NotFound):
    code = "no_permit_in_force"
    title = Text(
        zh="该许可证今日不在有效状态，不公开正本",
        en="The permit does not hold today: it has no public certificate",
    )
