"""A sheet as PDF. The same sheet gives the same bytes: no clock, no random identity, nothing of this machine."""

from __future__ import annotations

import io
from functools import partial
from threading import Lock
from typing import Any

import segno
from reportlab.lib.colors import Color, HexColor, black
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    LongTable,
    PageTemplate,
    Spacer,
    TableStyle,
)

from services.permits.documents.certificate import draw_certificate
from services.permits.documents.sheets import Facts, Part, Row, Sheet, Stamp, Table
from services.permits.documents.typesetting import (
    HAN,
    characters,
    draw,
    draw_centred,
    fitted,
    paragraph,
    style,
    width,
)

MARGIN = 18 * mm
INK, FAINT, TINT = HexColor("#1a1a1a"), HexColor("#8a8f98"), HexColor("#eef2f0")
_HEADING = HexColor("#f7f8f7")
_ONE_AT_A_TIME = Lock()
"""The library keeps what a font is used for in the font, which all documents share."""
_FIRST_FONT: dict[str, Any] = {"initialFontName": HAN}
"""Else the library names Helvetica on every page, which it does not embed."""
_PIECE, _PIECE_AT_MOST = 60, 120  # rows; a new outlet begins a new piece where it can
_STAMP = Color(0.75, 0.1, 0.1, alpha=0.16)
_CELL = 8.0


def render(sheet: Sheet, *, document_id: str) -> bytes:
    """The PDF of a sheet: one landscape page for a certificate, as many as it takes for a duplicate."""
    with _ONE_AT_A_TIME:
        characters()
        return _duplicate(sheet, document_id) if sheet.parts else _certificate(sheet, document_id)


def _certificate(sheet: Sheet, document_id: str) -> bytes:
    out = io.BytesIO()
    size = landscape(A4)
    canvas = Canvas(out, pagesize=size, invariant=1, pageCompression=1, **_FIRST_FONT)
    _describe(canvas, sheet)
    draw_certificate(canvas, sheet, size)
    _qr(canvas, sheet.verify_at, x=size[0] - 52 * mm, y=24 * mm, edge=30 * mm)
    _strike(canvas, sheet.stamp, size)
    _identify(canvas, f"{sheet.identity_is} {document_id}", size, page="", x=34 * mm, y=15.5 * mm)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _duplicate(sheet: Sheet, document_id: str) -> bytes:
    out = io.BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=24 * mm,
        bottomMargin=20 * mm,
        invariant=1,
        pageCompression=1,
        **_described(sheet),  # it describes the canvas once more when it begins
    )
    frame = Frame(document.leftMargin, document.bottomMargin, document.width, document.height, id="text")
    document.addPageTemplates(PageTemplate(id="all", frames=[frame], onPage=partial(_dress, sheet)))
    document.build(
        _story(sheet, document.width), canvasmaker=partial(_Numbered, sheet=sheet, document_id=document_id)
    )
    return out.getvalue()


class _Numbered(Canvas):
    """Knows how many pages there are before it writes the first: 第1页 共7页."""

    def __init__(self, *given: Any, sheet: Sheet, document_id: str, **named: Any) -> None:
        super().__init__(*given, **{**named, **_FIRST_FONT})
        self._pages: list[dict[str, Any]] = []
        self._identity = f"{sheet.identity_is} {document_id}"
        _describe(self, sheet)

    def showPage(self) -> None:  # noqa: N802 - the library's name
        self._pages.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]

    def save(self) -> None:
        for number, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            page_is = f"第{number}页 共{len(self._pages)}页"
            _identify(self, self._identity, A4, page=page_is)
            Canvas.showPage(self)
        Canvas.save(self)


def _described(sheet: Sheet) -> dict[str, Any]:
    return {
        "title": f"{sheet.title}（{sheet.subtitle}）{sheet.number}",
        "author": sheet.authority,
        "subject": sheet.verify_at,
    }


def _describe(canvas: Canvas, sheet: Sheet) -> None:
    said = _described(sheet)
    canvas.setTitle(said["title"])
    canvas.setAuthor(said["author"])
    canvas.setSubject(said["subject"])


def _dress(sheet: Sheet, canvas: Canvas, _: BaseDocTemplate) -> None:
    """What every page of a duplicate has behind its text."""
    right, top = A4[0] - MARGIN, A4[1] - 15 * mm
    canvas.saveState()
    canvas.setFillColor(FAINT)
    draw(canvas, MARGIN, top, f"{sheet.title}（{sheet.subtitle}）", 8)
    draw(canvas, right - width(sheet.number, 8), top, sheet.number, 8)
    canvas.setStrokeColor(FAINT)
    canvas.setLineWidth(0.4)
    canvas.line(MARGIN, top - 2 * mm, right, top - 2 * mm)
    canvas.restoreState()
    _strike(canvas, sheet.stamp, A4)


def _strike(canvas: Canvas, stamp: Stamp | None, size: tuple[float, float]) -> None:
    """Across the page: it cannot be cut off, and the text stays readable."""
    if stamp is None:
        return
    canvas.saveState()
    canvas.translate(size[0] / 2, size[1] / 2)
    canvas.rotate(30)
    canvas.setFillColor(_STAMP)
    draw_centred(canvas, 0, 8 * mm, stamp.word, 84)
    draw_centred(canvas, 0, -12 * mm, stamp.detail, 20)
    canvas.restoreState()


def _identify(
    canvas: Canvas,
    identity: str,
    size: tuple[float, float],
    *,
    page: str,
    x: float = MARGIN,
    y: float = 10 * mm,
) -> None:
    canvas.saveState()
    canvas.setFillColor(FAINT)
    draw(canvas, x, y, identity, 7)
    draw(canvas, size[0] - MARGIN - width(page, 7), y, page, 7)
    canvas.restoreState()


def _qr(canvas: Canvas, text: str, *, x: float, y: float, edge: float) -> None:
    """Drawn as squares: it stays sharp in print, and needs no picture."""
    modules = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
    side = edge / len(modules)
    canvas.saveState()
    canvas.setFillColor(black)
    path = canvas.beginPath()
    for row, line in enumerate(modules):
        for column, dark in enumerate(line):
            if dark:
                path.rect(x + column * side, y + edge - (row + 1) * side, side, side)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()


class _Code(Flowable):
    """The QR beside the words that say what it is for."""

    edge = 26 * mm

    def __init__(self, sheet: Sheet, across: float) -> None:
        super().__init__()
        self.width, self.height = across, self.edge + 2 * mm
        self._sheet = sheet

    def draw(self) -> None:
        _qr(self.canv, self._sheet.verify_at, x=0, y=0, edge=self.edge)
        noted = [*self._sheet.notes, self._sheet.verify_at]
        styled = style(7.5)
        top = self.edge
        for text in noted:
            made = paragraph(text, styled)
            _, high = made.wrap(self.width - self.edge - 6 * mm, self.edge)
            made.drawOn(self.canv, self.edge + 6 * mm, top - high)
            top -= high + 1.5 * mm


def _story(sheet: Sheet, across: float) -> list[Flowable]:
    heading = style(18, alignment=1, textColor=INK)
    story: list[Flowable] = [
        paragraph(f"{sheet.title}（{sheet.subtitle}）", heading),
        Spacer(1, 2 * mm),
        paragraph(f"{sheet.number_is}：{sheet.number}", style(10, alignment=1, textColor=INK)),
        Spacer(1, 4 * mm),
    ]
    if sheet.stamp is not None:
        story += [
            paragraph(
                f"{sheet.stamp.word}：{sheet.stamp.detail}",
                style(11, alignment=1, textColor=HexColor("#b3261e")),
            ),
            Spacer(1, 3 * mm),
        ]
    issued = (("发证机关", sheet.authority), ("发证日期", sheet.issued_on)) if sheet.authority else ()
    story += [_facts((*sheet.facts, *issued), across), Spacer(1, 4 * mm)]
    title = style(11, spaceBefore=8, spaceAfter=4, textColor=INK)
    for part in sheet.parts:
        story += [CondPageBreak(30 * mm), paragraph(part.title, title), *_part(part, across)]
    if sheet.verify_at:
        story += [Spacer(1, 8 * mm), _Code(sheet, across)]
    else:
        story += [Spacer(1, 4 * mm), *(paragraph(text, style(7.5)) for text in sheet.notes)]
    return story


def _part(part: Part, across: float) -> list[Flowable]:
    if isinstance(part, Table):
        return _tables(part, across)
    if isinstance(part, Facts):
        return [_facts(part.pairs, across)]
    return [paragraph(text, style(9, spaceAfter=3, textColor=INK)) for text in part.paragraphs]


_GRID: list[Any] = [
    ("FONT", (0, 0), (-1, -1), HAN, _CELL),
    ("TEXTCOLOR", (0, 0), (-1, -1), INK),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("GRID", (0, 0), (-1, -1), 0.4, FAINT),
    ("TOPPADDING", (0, 0), (-1, -1), 3),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ("LEFTPADDING", (0, 0), (-1, -1), 4),
    ("RIGHTPADDING", (0, 0), (-1, -1), 4),
]
_PADDING = 8.5  # of a cell, both sides and its line


def _facts(pairs: tuple[tuple[str, str], ...], across: float) -> Flowable:
    cell = style(_CELL)
    left = across * 0.24
    rows = [
        [fitted(name, cell, left - _PADDING), fitted(text, cell, across - left - _PADDING)]
        for name, text in pairs
    ]
    return LongTable(
        rows,
        colWidths=[left, across - left],
        splitInRow=1,
        style=TableStyle([*_GRID, ("BACKGROUND", (0, 0), (0, -1), TINT)]),
    )


def _tables(table: Table, across: float) -> list[Flowable]:
    """In pieces, each with its head: laying out one table of thousands of rows takes time in their square."""
    pieces: list[list[Row]] = [[]]
    for row in table.rows:
        if len(pieces[-1]) >= _PIECE_AT_MOST or (len(pieces[-1]) >= _PIECE and row.heading):
            pieces.append([])
        pieces[-1].append(row)
    return [_piece(table, rows, across) for rows in pieces]


def _piece(table: Table, listed: list[Row], across: float) -> Flowable:
    whole = sum(table.shares)
    widths = [across * share / whole for share in table.shares]
    cell = style(_CELL)
    rows: list[list[Any]] = [
        [fitted(name, cell, widths[at] - _PADDING) for at, name in enumerate(table.columns)]
    ]
    dressed = [*_GRID, ("BACKGROUND", (0, 0), (-1, 0), TINT)]
    empty = [""] * (len(widths) - 1)
    for row in listed:
        if row.heading:
            here = ((0, len(rows)), (-1, len(rows)))
            dressed += [("SPAN", *here), ("BACKGROUND", *here, _HEADING)]
            rows.append([fitted(row.cells[0], cell, across - _PADDING), *empty])
        else:
            rows.append([fitted(text, cell, widths[at] - _PADDING) for at, text in enumerate(row.cells)])
    return LongTable(rows, colWidths=widths, repeatRows=1, splitInRow=1, style=TableStyle(dressed))
