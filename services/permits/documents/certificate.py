"""The front certificate (正本): one landscape page, to be hung on a wall and read from two steps away."""

from __future__ import annotations

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from services.permits.documents.sheets import Sheet
from services.permits.documents.typesetting import draw, draw_centred, paragraph, style, width

_GREEN, _INK = HexColor("#1f5c45"), HexColor("#1a1a1a")
_LEFT, _RIGHT = 34 * mm, 70 * mm  # the right is the QR's
_LABEL = 46 * mm


def draw_certificate(canvas: Canvas, sheet: Sheet, size: tuple[float, float]) -> None:
    across, up = size
    _border(canvas, size)
    canvas.setFillColor(_GREEN)
    draw_centred(canvas, across / 2, up - 38 * mm, sheet.title, 38)
    draw_centred(canvas, across / 2, up - 50 * mm, f"（{sheet.subtitle}）", 15)
    canvas.setFillColor(_INK)
    draw_centred(canvas, across / 2, up - 60 * mm, f"证书编号：{sheet.number}", 13)
    bottom = _lines(canvas, sheet, up - 72 * mm, across - _LEFT - _RIGHT - _LABEL)
    _authority(canvas, sheet, across, min(bottom, 52 * mm))
    _notes(canvas, sheet, across)


def _border(canvas: Canvas, size: tuple[float, float]) -> None:
    canvas.setStrokeColor(_GREEN)
    for inset, thick in ((11 * mm, 2.4), (13.5 * mm, 0.6)):
        canvas.setLineWidth(thick)
        canvas.rect(inset, inset, size[0] - 2 * inset, size[1] - 2 * inset)


def _lines(canvas: Canvas, sheet: Sheet, top: float, across: float) -> float:
    """The facts, each on as many lines as it needs; smaller where they would run into the seal."""
    for large in (14, 12.5, 11, 9.5, 8, 7, 6):
        styled = style(large)
        made = [(name, paragraph(text, styled)) for name, text in sheet.facts]
        heights = [text.wrap(across, 1000)[1] for _, text in made]
        gap = large * 0.45
        if sum(heights) + gap * len(heights) <= top - 52 * mm:
            break
    for (name, text), high in zip(made, heights, strict=True):
        draw(canvas, _LEFT, top - large, f"{name}：", large)
        text.drawOn(canvas, _LEFT + _LABEL, top - high)
        top -= high + gap
    return top


def _authority(canvas: Canvas, sheet: Sheet, across: float, below: float) -> None:
    by, room = f"发证机关：{sheet.authority}", across - _LEFT - _RIGHT
    size, rise = (12.5, 4 * mm) if width(by, 12.5) <= room else (7, 8 * mm)
    made = paragraph(by, style(size))
    _, high = made.wrap(room, 100)
    made.drawOn(canvas, _LEFT, max(below - 12 * mm, 38 * mm) + rise - high)
    draw(canvas, _LEFT, max(below - 20 * mm, 30 * mm), f"发证日期：{sheet.issued_on}", 12.5)
    draw_centred(canvas, across - 37 * mm, 19 * mm, "扫码核验", 8)


def _notes(canvas: Canvas, sheet: Sheet, across: float) -> None:
    top = 26 * mm
    for text in sheet.notes:
        made = paragraph(text, style(7))
        _, high = made.wrap(across - _LEFT - _RIGHT, 100)
        made.drawOn(canvas, _LEFT, top - high)
        top -= high + 0.5 * mm
