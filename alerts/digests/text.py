"""A digest in plain text, which reads well alone."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.digests.document import Document, Row, Section
from alerts.language import _, ngettext
from alerts.plain import in_columns
from alerts.words import figure


def text_of(document: Document) -> str:
    """Sections with one paragraph a row. Ends with a line break."""
    lines = [f"{document.label}, {document.span}", document.first_line, ""]
    lines += in_columns(document.facts)
    for section in document.sections:
        lines += ["", section.title, *_rows(section)]
    lines += ["", _("How this was made"), *(f"- {paragraph}" for paragraph in document.method)]
    return "\n".join(lines) + "\n"


def short_lines(document: Document, most: int) -> tuple[str, ...]:
    """A digest in list lines, for channels without room: the first rows of what matters, gravest section first."""
    by_key = {section.key: section for section in document.sections}
    changed = by_key["changes"].rows
    named = {row[1].text for row in changed}
    waiting = [row for row in by_key["decisions"].rows if row[1].text not in named]
    told = [_one_line(row) for row in (*waiting, *changed)]
    cut = told[:most]
    if len(told) > most:
        more = len(told) - most
        cut.append(ngettext("and {n} more", "and {n} more", more).format(n=figure(more)))
    return tuple(cut)


def left_line(section: Section) -> str:
    """ "and 12 more rows" where a section was cut, else empty."""
    if not section.left:
        return ""
    return ngettext("and {n} more row", "and {n} more rows", section.left).format(n=figure(section.left))


def _rows(section: Section) -> Iterator[str]:
    yield from section.intro
    for row in section.rows:
        yield f"- {_one_line(row)}"
        yield from (f"  {line}" for cell in row for line in cell.lines)
    if not section.rows:
        yield f"- {section.empty}"
    if section.left:
        yield f"- {left_line(section)}"


def _one_line(row: Row) -> str:
    marks = "".join(f"[{cell.badge[1]}] " for cell in row if cell.badge)
    return marks + _("; ").join(cell.text for cell in row if cell.text)
