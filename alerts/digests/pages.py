"""A digest in HTML: as a document of its own, as a mail without drawings, and as the inside of a page of the site."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from alerts.digests.chart import day_strip, trend_svg
from alerts.digests.document import Document
from alerts.digests.text import left_line
from alerts.language import _
from alerts.page import fragment, rendered

MAIL_ROWS = 25  # of a section; mail programs cut a long message off (Gmail at 102 KB)


def mail_html(document: Document, subject: str, why: str, unsubscribe: str | None, link: str | None) -> str:
    """The HTML part of a mail: tables only, since many mail programs drop SVG."""
    parts = {"subject": subject, "why": why, "unsubscribe": unsubscribe}
    return rendered("digest.html", _parts(bounded(document, MAIL_ROWS), drawn=False, link=link) | parts)


def alone_html(document: Document, subject: str, why: str) -> str:
    """A whole HTML document with its drawings, to be kept or sent on."""
    return rendered(
        "digest.html",
        _parts(document, drawn=True, link=None) | {"subject": subject, "why": why, "unsubscribe": None},
    )


def inside_html(document: Document) -> Markup:
    """The sections without a frame and without styles, for a page that has both."""
    return Markup(fragment("_digest.html", _parts(document, drawn=True, link=None) | {"plain": True}))


def bounded(document: Document, most: int) -> Document:
    """At most so many rows a section; the rest is counted."""
    cut = (
        replace(one, rows=one.rows[:most], left=len(one.rows) - most) if len(one.rows) > most else one
        for one in document.sections
    )
    return replace(document, sections=tuple(cut))


def _parts(document: Document, *, drawn: bool, link: str | None) -> dict[str, object]:
    return {
        "document": document,
        "drawn": drawn,
        "link": link,
        "plain": False,
        "widths": sorted({width for section in document.sections for width in section.widths}),
        "none_word": _("none"),
        "day_strip": day_strip,
        "trend_svg": trend_svg,
        "left_line": left_line,
    }
