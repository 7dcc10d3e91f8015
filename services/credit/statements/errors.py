"""What can go wrong with statements."""

from services.kit.problems import Conflict, NotFound, Problem
from services.kit.texts import Text


class StatementNotFound(NotFound):
    code = "statement_not_found"
    title = Text(zh="没有该声明", en="There is no such statement")


class NotEvaluated(Conflict):
    code = "not_evaluated"
    title = Text(zh="该企业尚未评价", en="The enterprise has not been evaluated")


class EvaluationOutdated(Conflict):
    code = "evaluation_outdated"
    title = Text(
        zh="最近一次评价与台账现状不符，须重新评价",
        en="The newest evaluation is not what the ledger says today; evaluate again first",
    )


class StatementExpired(Problem):
    status = 410
    code = "statement_expired"
    title = Text(
        zh="该声明已过期，请企业重新出具", en="The statement has expired; ask the enterprise for a new one"
    )
