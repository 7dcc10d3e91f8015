"""What can go wrong with draft applications, beside what can with any draft (`drafts.errors`)."""

from services.kit.problems import Conflict, Invalid
from services.kit.texts import Text
from services.permits.applications.rules import ARTICLE_ACCEPTANCE


class ApplicationDraftOpen(Conflict):
    code = "application_draft_open"
    title = Text(zh="该场所已有待签署的申请草稿", en="This site has an open draft of an application")


class ApplicationDraftInvalid(Invalid):
    code = "application_draft_invalid"
    title = Text(zh="申请草稿不符合要求", en="The draft does not fit the application that it corrects")
    article = ARTICLE_ACCEPTANCE
