"""The catalogue of refusals is the classes themselves."""

from __future__ import annotations

from services.kit.problem_catalogue import KIT, problems_of
from services.kit.problems import Conflict, Problem
from services.kit.texts import Text


class Sealed(Conflict):
    """`sealed_by` says who sealed it."""

    code = "sealed"
    title = Text(zh="已封存", en="It is sealed")
    article = "示例条例 第一条"


class Unnamed(Conflict):
    """Has no code of its own: a base of others."""


def test_a_class_is_an_entry_with_both_titles_its_article_and_what_it_carries() -> None:
    (entry,) = [
        each for each in problems_of(__package__ or __name__.rpartition(".")[0]) if each["code"] == "sealed"
    ]
    assert entry == {
        "code": "sealed",
        "status": 409,
        "title_zh": "已封存",
        "title_en": "It is sealed",
        "article": "示例条例 第一条",
        "description": "`sealed_by` says who sealed it.",
    }


def test_a_class_without_a_code_of_its_own_is_no_entry() -> None:
    named = [each["code"] for each in problems_of(__name__.rpartition(".")[0])]
    assert named.count("conflict") == 0


def test_the_kits_own_are_listed_once_by_status_and_code_and_no_others() -> None:
    entries = problems_of(KIT)
    keys = [(each["status"], each["code"]) for each in entries]
    assert keys == sorted(set(keys))
    assert {"internal_error", "invalid_document", "busy", "invalid_parameter"} <= {code for _, code in keys}
    assert "sealed" not in {code for _, code in keys}


def test_no_two_classes_of_the_kit_share_a_code() -> None:
    def below(kind: type[Problem]) -> list[type[Problem]]:
        return [kind, *(each for child in kind.__subclasses__() for each in below(child))]

    codes = [each.code for each in below(Problem) if each.__module__.startswith(KIT) and "code" in vars(each)]
    assert len(codes) == len(set(codes))
