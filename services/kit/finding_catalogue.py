"""The codes of single fields (`errors[].code`) that the rules of a package can answer with, read from their sources.

A rule states its finding where it judges: `found.add(place, "negative_value", _NEGATIVE, article=ARTICLE_TRUTH)`. So
the catalogue is read there, too (`x-steppe-findings` of the OpenAPI document), and types where they say what they
refuse (`Saying`). A code that is put together when the rule runs cannot be read; `unread_in` names such places.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from services.kit.pydantic_texts import PYDANTIC_TEXTS
from services.kit.texts import Text

_HINTS = (".add(", "field_error(", "FieldError(", "Saying(")
_AT = {"add": 1, "field_error": 0, "FieldError": 1, "Saying": 0}
"""Which argument is the code; the text follows it."""


def findings_of(*packages: str) -> list[dict[str, Any]]:
    """The entries of the loaded modules of these packages, by code: `code`, `title_zh`, `title_en`, `article`."""
    entries = {
        (code, text.zh, article): _entry(code, text, article)
        for module in _modules(packages)
        for codes, texts, article, _ in _calls(module)
        for code, text in _pairs(codes, texts)
    }
    return [entries[key] for key in sorted(entries, key=lambda key: (key[0], key[1], key[2] or ""))]


def shape_findings() -> list[dict[str, Any]]:
    """The codes of pydantic itself, for documents of the wrong shape."""
    return [_entry(code, text, None) for code, text in sorted(PYDANTIC_TEXTS.items())]


def unread_in(*packages: str) -> list[str]:
    """`module:line` of the findings whose code or text could not be read."""
    return [
        f"{module.__name__}:{line}"
        for module in _modules(packages)
        for codes, texts, _, line in _calls(module)
        if not codes or not texts
    ]


def _entry(code: str, text: Text, article: str | None) -> dict[str, Any]:
    entry = {"code": code, "title_zh": text.zh, "title_en": text.en, "article": article}
    return {name: value for name, value in entry.items() if value is not None}


def _pairs(codes: list[str], texts: list[Text]) -> Iterator[tuple[str, Text]]:
    if len(codes) == len(texts):
        yield from zip(codes, texts, strict=True)
    elif texts:
        yield from ((code, texts[0]) for code in codes)


def _modules(packages: tuple[str, ...]) -> list[ModuleType]:
    prefixes = tuple(f"{package}." for package in packages)
    return [module for name, module in sorted(sys.modules.items()) if name.startswith(prefixes)]


def _calls(module: ModuleType) -> Iterator[tuple[list[str], list[Text], str | None, int]]:
    source = Path(module.__file__).read_text(encoding="utf-8") if module.__file__ else ""
    if not any(hint in source for hint in _HINTS):
        return
    body = ast.parse(source).body
    for function in (*_functions(body), ast.Module(list(_statements(body)), type_ignores=[])):
        calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
        stated = [(call, at) for call in calls if (at := _code_at(call)) is not None]
        if not stated:  # as in most
            continue
        reader = _Reader(module, function)
        for call, at in stated:
            codes = [each for each in reader.values(call.args[at]) if isinstance(each, str)]
            if not codes and _passed_on(call.args[at]):
                continue
            texts = [each for each in reader.values(call.args[at + 1]) if isinstance(each, Text)]
            article = next((word.value for word in call.keywords if word.arg == "article"), None)
            named = [each for each in reader.values(article) if isinstance(each, str)] if article else []
            yield codes, texts, named[0] if named else None, call.lineno


def _functions(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Of a module or class; what is inside a function is read with it."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _functions(node.body)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Of a module and its classes, without its functions."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _statements(node.body)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _code_at(call: ast.Call) -> int | None:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    at = _AT.get(called)
    # A set's or a session's `add` takes one argument.
    return at if at is not None and len(call.args) > at + 1 else None


def _passed_on(code: ast.expr) -> bool:
    """`problem.code`: what is found there has its code in a catalogue already."""
    return isinstance(code, ast.Attribute) and code.attr == "code"


class _Reader:
    """What an expression inside a function may be: constants, the module's names, and what the function assigns."""

    def __init__(self, module: ModuleType, function: ast.AST) -> None:
        self._names = vars(module)
        self._assigned: dict[str, list[ast.expr]] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign):
                self._note(node.targets[0], node.value)
            elif isinstance(node, ast.For) and isinstance(node.iter, ast.Tuple):
                for each in node.iter.elts:
                    self._note(node.target, each)

    def _note(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._assigned.setdefault(target.id, []).append(value)
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for each, its in zip(target.elts, value.elts, strict=False):
                self._note(each, its)

    def _of_assigned(self, name: str) -> list[Any]:
        given = self._assigned.pop(name)  # `text = text.format(…)` must not go round
        found = [value for each in given for value in self.values(each)]
        self._assigned[name] = given
        return found

    def values(self, node: ast.expr) -> list[Any]:
        match node:
            case ast.Constant(value=value):
                return [value]
            case ast.IfExp(body=one, orelse=other):
                return [*self.values(one), *self.values(other)]
            case ast.Name(id=name) if name in self._assigned:
                return self._of_assigned(name)
            case ast.Name(id=name):
                return [self._names[name]] if name in self._names else []
            case ast.Attribute(value=holder, attr=name):
                return [getattr(each, name) for each in self.values(holder) if hasattr(each, name)]
            case ast.Call(func=ast.Attribute(value=holder, attr="format")):
                return self.values(holder)
            case ast.Call(func=ast.Name(id="Text"), keywords=words):
                texts = {word.arg: self.values(word.value) for word in words}
                if texts.get("zh") and texts.get("en"):
                    return [Text(zh=texts["zh"][0], en=texts["en"][0])]
        return []
