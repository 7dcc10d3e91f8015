"""What can go wrong with candidates."""

from services.kit.problems import Conflict, NotFound
from services.kit.texts import Text


class CandidateNotFound(NotFound):
    code = "candidate_not_found"
    title = Text(zh="没有该待认定信息", en="There is no such candidate")


class CandidateDecided(Conflict):
    code = "candidate_decided"
    title = Text(zh="该待认定信息已处理", en="This candidate has been decided on")
