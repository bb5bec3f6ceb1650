"""A digest as a PDF: the same bytes for the same digest, nothing of the clock inside."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any

from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from alerts.digests import chart
from alerts.digests.document import Cell, Document, Section
from alerts.digests.fonts import TEXT, known_characters, marked_up, missing
from alerts.digests.text import left_line
from alerts.digests.values import Counted, HoursOfDay
from alerts.language import _, ngettext
from alerts.words import figure

_MARGIN = 16 * mm
_FRAME = 6  # points that the frame of a page keeps on each side
_WIDTH = A4[0] - 2 * _MARGIN
_INK, _SOFT, _RULE, _LINK = "#1b1f24", "#57606a", "#d0d7de", "#0b57d0"
_BADGES = {"critical": "#a40e26", "high": "#b54708", "medium": "#8a6d00", "low": "#0a3f80"}
_CELL_AT_MOST = 1500  # signs of a line: a cell must fit a page


def digest_pdf(document: Document, about: str) -> bytes:
    """The PDF's bytes. about: whose digest it is, for the foot. Characters that no font has are counted at the end."""
    known_characters()
    out = BytesIO()
    made = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=_MARGIN - _FRAME, rightMargin=_MARGIN - _FRAME,
        topMargin=_MARGIN, bottomMargin=_MARGIN + 6 * mm,
        title=f"Tocsin: {document.label}", author="Tocsin", subject=document.span, creator="Tocsin", invariant=1,
    )  # fmt: skip
    foot = _foot(f"{document.label} · {about}")
    made.build(_story(document), onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _story(document: Document) -> list[Flowable]:
    story: list[Flowable] = [
        _paragraph(document.label, "quiet"),
        _paragraph(document.first_line, "title"),
        _paragraph(document.span, "quiet"),
        Spacer(0, 3 * mm),
        _facts(document.facts),
    ]
    for section in document.sections:
        story += _section(section)
    story.append(_paragraph(_("How this was made"), "heading"))
    story += [_paragraph(line, "note") for line in (*document.method, *_lacking(document))]
    return story


def _section(section: Section) -> list[Flowable]:
    parts: list[Flowable] = [_paragraph(section.title, "heading")]
    parts += [_paragraph(line, "quiet") for line in section.intro]
    if section.trend:
        return [*parts, _trend(section.trend)]
    if not section.rows:
        return [*parts, _paragraph(section.empty, "text")]
    parts.append(_table(section))
    return [*parts, _paragraph(left_line(section), "quiet")] if section.left else parts


def _table(section: Section) -> Table:
    widths = [_WIDTH * share / 100 for share in section.widths]
    rows = [[_paragraph(name, "quiet") for name in section.head]]
    rows += [[_cell(cell, first=number == 0) for number, cell in enumerate(row)] for row in section.rows]
    return Table(rows, widths, style=_ruled(), repeatRows=1, splitInRow=1, hAlign="LEFT")


def _cell(cell: Cell, *, first: bool) -> list[Flowable]:
    found: list[Flowable] = []
    if cell.badge:
        found.append(_badge(*cell.badge))
    if cell.text:
        found.append(_paragraph(cell.text, "text", link=cell.link))
    if cell.days:
        found += [Spacer(0, 2), _strip(cell.days)]
    return [*found, *(_paragraph(line, "quiet") for line in cell.lines)]


def _facts(facts: Sequence[tuple[str, str]]) -> Table:
    rows = [[_paragraph(label, "quiet"), _paragraph(value, "text")] for label, value in facts]
    style = TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *_padding(1)])
    return Table(rows, [_WIDTH * 0.2, _WIDTH * 0.8], style=style, hAlign="LEFT")


def _badge(kind: str, word: str) -> Paragraph:
    colour = _BADGES.get(kind, _SOFT)
    return Paragraph(f'<font color="{colour}">{marked_up(word.upper())}</font>', _styles()["badge"])


def _strip(days: Sequence[HoursOfDay]) -> Drawing:
    scale = 0.7
    width, height = len(days) * (chart.CELL + chart.GAP) * scale, chart.CELL * scale
    drawing = Drawing(width, height)
    for box in chart.day_boxes(days):
        drawing.add(_rect(box, chart.CELL, scale))
    return drawing


def _trend(counts: Sequence[Counted]) -> Drawing:
    height = chart.TOP + chart.HEIGHT + chart.BOTTOM
    drawing = Drawing(chart.trend_width(counts), height, hAlign="LEFT")
    for box in chart.trend_boxes(counts):
        drawing.add(_rect(box, height, 1))
    for one in chart.trend_labels(counts):
        shown = {"fontName": TEXT, "fontSize": 8, "textAnchor": "middle", "fillColor": HexColor(_SOFT)}
        drawing.add(String(one.x, height - one.y, one.text, **shown))
    return drawing


def _rect(box: chart.Box, height: float, scale: float) -> Rect:
    """A box of the drawing, which counts from the top, in a PDF, which counts from the foot."""
    place = (box.x * scale, (height - box.y - box.height) * scale, box.width * scale, box.height * scale)
    faint = 0.18 if box.faint else 1
    return Rect(*place, fillColor=HexColor(box.colour), fillOpacity=faint, strokeColor=None, strokeWidth=0)


def _paragraph(text: str, style: str, link: str | None = None) -> Paragraph:
    shown = marked_up(text[:_CELL_AT_MOST])
    if link and link.isascii() and not set(link) & set("<>\"'&\\"):
        shown = f'<a href="{link}" color="{_LINK}">{shown}</a>'
    return Paragraph(shown, _styles()[style])


def _lacking(document: Document) -> list[str]:
    texts = [cell.text + "".join(cell.lines) for one in document.sections for row in one.rows for cell in row]
    lacking = sum(map(missing, texts))
    if not lacking:
        return []
    said = ngettext(
        "{n} character that no font of this PDF has is shown as a question mark; the page and the JSON have it.",
        "{n} characters that no font of this PDF has are shown as question marks; the page and the JSON have them.",
        lacking,
    )
    return [said.format(n=figure(lacking))]


def _foot(text: str) -> Any:
    def drawn(canvas: Canvas, made: SimpleDocTemplate) -> None:
        canvas.saveState()
        line = Paragraph(marked_up(text[:200]), _styles()["foot"])
        line.wrap(_WIDTH * 0.85, 20)
        line.drawOn(canvas, _MARGIN, _MARGIN - 2 * mm)
        canvas.setFont(TEXT, 7.5)
        canvas.setFillColor(HexColor(_SOFT))
        canvas.drawRightString(A4[0] - _MARGIN, _MARGIN - 2 * mm + 2, str(made.page))
        canvas.restoreState()

    return drawn


def _ruled() -> TableStyle:
    return TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, HexColor(_RULE)),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            *_padding(3),
        ]
    )


def _padding(size: float) -> list[tuple[Any, ...]]:
    everywhere = ((0, 0), (-1, -1))
    return [
        ("TOPPADDING", *everywhere, size),
        ("BOTTOMPADDING", *everywhere, size),
        ("LEFTPADDING", *everywhere, 0),
        ("RIGHTPADDING", *everywhere, 8),
    ]


@lru_cache(maxsize=1)
def _styles() -> dict[str, ParagraphStyle]:
    """The paragraph styles. wordWrap CJK is not used: it would break Latin words; names of Han wrap by their spaces."""
    text = ParagraphStyle("text", fontName=TEXT, fontSize=9, leading=12, textColor=HexColor(_INK), splitLongWords=1)
    return {
        "text": text,
        "quiet": ParagraphStyle("quiet", text, fontSize=7.5, leading=10, textColor=HexColor(_SOFT)),
        "note": ParagraphStyle("note", text, fontSize=7.5, leading=10.5, textColor=HexColor(_SOFT), spaceAfter=4),
        "foot": ParagraphStyle("foot", text, fontSize=7.5, leading=9, textColor=HexColor(_SOFT)),
        "badge": ParagraphStyle("badge", text, fontSize=7.5, leading=12),
        "title": ParagraphStyle("title", text, fontSize=16, leading=21, spaceAfter=2),
        "heading": ParagraphStyle(
            "heading", text, fontSize=12, leading=16, spaceBefore=12, spaceAfter=4, keepWithNext=1
        ),
    }
