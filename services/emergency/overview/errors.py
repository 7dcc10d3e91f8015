"""What can go wrong with an overview."""

from services.kit.problems import NotFound
from services.kit.texts import Text


class EnterpriseUnknown(NotFound):
    code = "enterprise_unknown"
    title = Text(zh="没有该企业的应急记录", en="Emergency has no record of this enterprise")
