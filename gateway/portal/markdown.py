"""Guides and the changelog, from Markdown to HTML. Raw HTML in them is shown, not obeyed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

_GUIDE = re.compile(r"^(?:\./)?([a-z-]+)\.(zh|en)\.md(#.*)?$")
_CHANGELOGS = {"CHANGELOG.md": "/docs/en/changelog", "CHANGELOG.zh-CN.md": "/docs/zh/changelog"}
_NOT_IN_ID = re.compile(r"[^\w\u4e00-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Heading:
    """A second-level heading, for the list of contents."""

    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """A rendered page: its first-level heading, the rest, and what is in it."""

    title: str
    lead: str
    html: Markup
    headings: list[Heading]


def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")


def article(source: str) -> Article:
    """The page of a Markdown text."""
    markdown = _markdown()
    tokens = markdown.parse(source)
    title, headings = "", []
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            text = inline.content
            if token.tag == "h1":
                title = text
            anchor = _NOT_IN_ID.sub("-", text.lower()).strip("-") or "section"
            token.attrSet("id", anchor)
            if token.tag == "h2":
                headings.append(Heading(anchor, text))
    _link(tokens)
    body = _without_title(tokens)
    lead = next((token.content for token in body if token.type == "inline"), "")
    return Article(title, lead, Markup(_render(markdown, body)), headings)  # noqa: S704 - html is off


def inline(source: str) -> Markup:
    """A short text, such as a description in the OpenAPI document."""
    return Markup(_markdown().renderInline(source))  # noqa: S704 - html is off


def _without_title(tokens: Sequence[Token]) -> list[Token]:
    if len(tokens) > 2 and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        return list(tokens[3:])
    return list(tokens)


def _link(tokens: Sequence[Token]) -> None:
    """`system.en.md` beside a guide is that guide's page, `CHANGELOG.md` the changelog's."""
    for token in tokens:
        for child in token.children or ():
            if child.type != "link_open":
                continue
            given = str(child.attrGet("href") or "")
            match = _GUIDE.match(given)
            if given in _CHANGELOGS:
                child.attrSet("href", _CHANGELOGS[given])
            elif match:
                child.attrSet("href", f"/docs/{match[2]}/guides/{match[1]}{match[3] or ''}")


def _render(markdown: MarkdownIt, tokens: Sequence[Token]) -> str:
    environment: dict[str, Any] = {}
    pieces = []
    for token in tokens:
        if token.type == "fence":
            pieces.append(
                f'<figure class="code"><pre tabindex="0"><code>{escape(token.content)}</code></pre></figure>\n'
            )
        elif token.type == "table_open":
            pieces.append('<div class="scroll" tabindex="0"><table>\n')
        elif token.type == "table_close":
            pieces.append("</table></div>\n")
        else:
            pieces.append(markdown.renderer.render([token], markdown.options, environment))
    return "".join(pieces)
