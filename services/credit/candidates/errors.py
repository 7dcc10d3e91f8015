"""What can go wrong with candidates."""

from services.kit.problems import Conflict, NotFound
from services.kit.texts import Text


class CandidateNotFound(NotFound):
    code = "candidate_not_found"
    title = Text(zh="没有该待认定信息", en="There is no such candidate")


class CandidateDecided(Conflict):
    code = "candidate_decided"
    title = Text(zh="该待认定信息已处理", en="This candidate has been decided on")


class CandidateContradicted(Conflict):
    """`contradicted_by` is where that was decided; the candidate can be dismissed."""

    code = "candidate_contradicted"
    title = Text(zh="来源部门已认定该事实不成立", en="The service it came from decided that it is not so")
