"""The guides and the changelog that ship with the package."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from gateway.portal.markdown import Article, article

CONTENT = Path(__file__).with_name("content")
ORDER = ("account", "enterprise", "delegation", "mobile", "system", "bureau", "auditor", "bank", "public")
"""By kind of caller, the most frequent first."""
_ROOT = Path(__file__).resolve().parents[2]


@lru_cache(maxsize=4)
def guides(language: str) -> Mapping[str, Article]:
    """By name, in the portal's order; `language` is `zh` or `en`."""
    named = {name: CONTENT / "guides" / f"{name}.{language}.md" for name in ORDER}
    return {name: article(path.read_text(encoding="utf-8")) for name, path in named.items() if path.is_file()}


@lru_cache(maxsize=4)
def changelog(language: str) -> Article:
    """The project's own; a wheel carries it in `content`, a checkout has it at its root."""
    name = "CHANGELOG.zh-CN.md" if language == "zh" else "CHANGELOG.md"
    packed = CONTENT / name
    return article((packed if packed.is_file() else _ROOT / name).read_text(encoding="utf-8"))
