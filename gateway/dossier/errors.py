"""What can go wrong with a dossier."""

from services.kit.problems import NotFound
from services.kit.texts import Text


class EnterpriseUnknown(NotFound):
    code = "enterprise_unknown"
    title = Text(zh="各服务均无该企业的记录", en="No service has a record of this enterprise")
