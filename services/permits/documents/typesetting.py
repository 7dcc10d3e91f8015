"""Fonts, and texts as they are set: whatever a name is written with is printed, or its absence is."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

FOLDER = Path(__file__).with_name("fonts")
HAN, RARE = "SteppeHan", "SteppeRareHan"


class _Font(TTFont):
    """Says which characters a file's glyphs are: the library writes five digits where UTF-16 has two units.

    Without it 𠮷 is found, copied and read aloud as ₻.
    """

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - the library's name
        super().addObjects(doc)
        for name, stream in doc.idToObject.items():
            if name.startswith("toUnicodeCMap:"):
                stream.content = _BEYOND.sub(_in_utf16, stream.content)


_BEYOND = re.compile(r"> <([0-9A-F]{5,6})>")


def _in_utf16(found: re.Match[str]) -> str:
    return f"> <{chr(int(found[1], 16)).encode('utf-16-be').hex().upper()}>"


@lru_cache(maxsize=1)
def characters() -> tuple[frozenset[int], frozenset[int]]:
    """The characters of both fonts, which are read once a process."""
    known = []
    for name, file in ((HAN, "han.ttf"), (RARE, "rare-han.ttf")):
        font = _Font(name, str(FOLDER / file))
        pdfmetrics.registerFont(font)
        known.append(frozenset(cast(dict[int, int], font.face.charToGlyph)))
    return known[0], known[1]


def runs(text: str) -> list[tuple[str, str]]:
    """The text in pieces of one font each. A character in none is said by its code point: 〔U+2A6A5〕."""
    han, rare = characters()
    pieces: list[tuple[str, str]] = []
    for character in text:
        code = ord(character)
        if character == "\n" or code in han:
            font, shown = HAN, character
        elif code in rare:
            font, shown = RARE, character
        else:
            font, shown = HAN, f"〔U+{code:04X}〕"
        if pieces and pieces[-1][0] == font:
            pieces[-1] = (font, pieces[-1][1] + shown)
        else:
            pieces.append((font, shown))
    return pieces


def width(text: str, size: float) -> float:
    return sum(pdfmetrics.stringWidth(shown, font, size) for font, shown in runs(text))


def markup(text: str) -> str:
    """The text as a paragraph's source: nothing in it is read as a tag."""
    set_: list[str] = []
    for font, shown in runs(text):
        safe = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br/>")
        set_.append(safe if font == HAN else f'<font name="{RARE}">{safe}</font>')
    return "".join(set_)


def style(size: float, **more: Any) -> ParagraphStyle:
    characters()
    return ParagraphStyle(
        f"s{size}", fontName=HAN, fontSize=size, leading=size * 1.35, wordWrap="CJK", **more
    )


def paragraph(text: str, styled: ParagraphStyle) -> Paragraph:
    return Paragraph(markup(text), styled)


def fitted(text: str, styled: ParagraphStyle, available: float) -> str | Paragraph:
    """As a plain string where it fits on one line of the main font: a table of thousands of cells is then quick."""
    pieces = runs(text)
    plain = len(pieces) <= 1 and "\n" not in text and all(font == HAN for font, _ in pieces)
    if plain and width(text, styled.fontSize) <= available:
        return pieces[0][1] if pieces else ""
    return paragraph(text, styled)


def draw(canvas: object, x: float, y: float, text: str, size: float) -> float:
    """Draws one line from x on; where it ended."""
    for font, shown in runs(text):
        canvas.setFont(font, size)  # type: ignore[attr-defined]
        canvas.drawString(x, y, shown)  # type: ignore[attr-defined]
        x += pdfmetrics.stringWidth(shown, font, size)
    return x


def draw_centred(canvas: object, x: float, y: float, text: str, size: float) -> None:
    draw(canvas, x - width(text, size) / 2, y, text, size)
