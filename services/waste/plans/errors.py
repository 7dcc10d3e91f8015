"""What can go wrong with management plans."""

from services.kit.problems import Conflict, Invalid, NotFound
from services.kit.texts import Text
from services.waste.plans.rules import ARTICLE_PLAN


class PlanNotFound(NotFound):
    code = "plan_not_found"
    title = Text(zh="没有该管理计划", en="There is no such plan")


class PlanExists(Conflict):
    code = "plan_exists"
    title = Text(zh="该场所该年度的管理计划已备案", en="The plan of this site and year has been filed")
    article = ARTICLE_PLAN


class PlanInvalid(Invalid):
    code = "plan_invalid"
    title = Text(zh="管理计划不符合要求", en="The plan breaks rules")
