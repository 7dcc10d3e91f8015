"""A rule that rests on an article, or on a standard, names it in each of its findings, not in its description alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import services.permits

_CITES = re.compile(r"\bart\. ?\d|\b(HJ|GB/T) \d|第.+条")

OF_THE_FORM = {
    # said although nothing asks for it
    "nothing_corrected",
    "permit_number_of_first",
    "permit_superfluous",
    "reason_superfluous",
    "sewerage_of_no_plant",
    "sulphur_superfluous",
    # said twice
    "fact_repeated",
    "measure_repeated",
    "offset_source_repeated",
    "place_repeated",
    # a number that is none, the end before the beginning, and what points at nothing
    "corrects_itself",
    "negative_value",
    "not_a_text",
    "place_unknown",
    "validity_reversed",
}
"""What a document gets wrong in itself, whatever the law says about it."""


def _paths() -> list[Path]:
    return sorted(Path(services.permits.__path__[0]).rglob("*.py"))


def _without_article() -> Iterator[tuple[str, str]]:
    """Function and code of each finding that names none, of the functions whose description cites one."""
    for path in _paths():
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if _CITES.search(ast.get_docstring(function) or ""):
                yield from ((f"{path.name}:{function.name}", code) for code in _codes(function))


def _codes(function: ast.AST) -> Iterator[str]:
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and all(each.arg != "article" for each in call.keywords):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if (
                name in ("add", "FieldError")
                and len(call.args) == 3
                and isinstance(call.args[1], ast.Constant)
            ):
                yield str(call.args[1].value)


def test_a_rule_that_cites_an_article_names_it_in_its_findings() -> None:
    left = [each for each in _without_article() if each[1] not in OF_THE_FORM]
    assert left == []
    assert {code for _, code in _without_article()} == OF_THE_FORM


MADE_BY_AN_ARTICLE = {
    "application_open",
    "before_permit",
    "comment_needed",
    "comment_required",
    "day_too_early",
    "decided_in_future",
    "disclosure_notice_used",
    "document_number_required",
    "ground_unknown",
    "only_of_a_grant",
    "outlet_missing",
    "unit_missing",
    "year_before_decision",
}


def test_a_finding_that_an_article_makes_names_it_wherever_it_is_made() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in _paths())
    assert {code for code in MADE_BY_AN_ARTICLE if f'"{code}"' in sources} == MADE_BY_AN_ARTICLE
    left = [
        f"{path.name}: {code}" for path in _paths() for code in _codes(ast.parse(path.read_text("utf-8")))
    ]
    assert [each for each in left if each.split(": ")[1] in MADE_BY_AN_ARTICLE] == []
