"""What can go wrong with grading."""

from services.kit.problems import Conflict, NotFound
from services.kit.texts import Text


class SubjectNotFound(NotFound):
    code = "subject_not_found"
    title = Text(zh="信用台账中没有该主体", en="The ledger has no entry about this subject")


class PackNotFound(NotFound):
    code = "rule_pack_not_found"
    title = Text(zh="没有该规则包", en="There is no such rule pack")


class PackPublished(Conflict):
    code = "rule_pack_published"
    title = Text(zh="该规则包已发布", en="This rule pack has been published")


class NoPackInForce(Conflict):
    code = "no_rule_pack_in_force"
    title = Text(
        zh="该日没有生效的规则包，须先发布", en="No rule pack was in force on that day; publish one first"
    )


class EvaluationNotFound(NotFound):
    code = "evaluation_not_found"
    title = Text(zh="没有该评价", en="There is no such evaluation")
