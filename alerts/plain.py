"""The text part of a message, which says everything and reads well alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alerts.language import _, ngettext
from alerts.sides import Piece
from alerts.told import Message, Row, ToldChange
from alerts.words import columns, figure


def changes_text(message: Message, left: int = 0) -> str:
    """The text of one change, or of several: first a sentence each, then each in full.

    left: changes that stand in the list but are not told in full.
    """
    if len(message.told) == 1:
        return _whole([*_one(message.told[0]), *_footer_of(message)])
    lines = [message.first_line, "", *in_columns(message.facts), ""]
    lines += [f"{number}. {line}" for number, line in enumerate(message.findings, 1)]
    for number, told in enumerate(message.told, 1):
        lines += ["", "=" * 20, _("{number} of {total}").format(number=number, total=len(message.changes)), *_one(told)]
    if left:
        lines += ["", "=" * 20, more_changes(left)]
    return _whole([*lines, *_footer_of(message)])


def more_changes(left: int) -> str:
    """Of changes that the list names but that are not told in full."""
    said = ngettext(
        "{n} further change is not told in full here.", "{n} further changes are not told in full here.", left
    )
    return said.format(n=figure(left))


def more_places(left: int) -> str:
    """Of places in the text that are not shown."""
    return ngettext("and {n} further place", "and {n} further places", left).format(n=figure(left))


def affected_line(codes: Sequence[str]) -> str:
    """ "You are affected: HK, MO"; empty when none of the reader's own territories is touched."""
    return _("You are affected: {codes}").format(codes=", ".join(codes)) if codes else ""


def also_line(titles: Sequence[str]) -> str:
    """ "The same change is on 2 other sources: A; B"; empty when it is on no other."""
    said = ngettext(
        "The same change is on {n} other source: {titles}",
        "The same change is on {n} other sources: {titles}",
        len(titles),
    )
    return said.format(n=len(titles), titles=_("; ").join(titles[:5])) if titles else ""


def footer(why_sent: str, unsubscribe: str | None) -> list[str]:
    """The last lines of a text part, behind the signature mark that mail programs know."""
    ending = [_("End it: {address}").format(address=unsubscribe)] if unsubscribe else []
    return ["", "-- ", why_sent, *ending]


def _footer_of(message: Message) -> list[str]:
    return footer(message.why, message.unsubscribe)


def _whole(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


def _one(told: ToldChange) -> list[str]:
    lines = [told.first_line, *(line for line in (affected_line(told.affected), also_line(told.also)) if line), ""]
    lines += in_columns(told.facts)
    lines += ["", _("What changed"), *(f"- {line}" for line in told.findings)]
    if told.sides:
        lines += ["", _("Old and new text ([[ ]] marks what changed)")]
        for number, row in enumerate(told.sides, 1):
            old, new = _marked(row.old), _marked(row.new)
            lines.append(f"{number}. {row.where}".rstrip())
            lines += [_("   old: {text}").format(text=old), _("   new: {text}").format(text=new)]
    if told.more_sides:
        lines.append(f"   {more_places(told.more_sides)}")
    lines += ["", _("Evidence"), *in_columns(told.evidence)]
    if told.reasons:
        lines += ["", _("Why it was judged so"), *(f"- {reason}" for reason in told.reasons)]
    pages = ((_("Page:"), told.url), (_("This change:"), told.link), (_("Acknowledge or dismiss:"), told.review))
    return [*lines, "", *(f"{label} {link}" for label, link in pages if link)]


def in_columns(rows: Sequence[Row]) -> list[str]:
    """Labels and values in two columns."""
    named = [(_("{label}:").format(label=label), value) for label, value in rows]
    widest = max((columns(label) for label, _value in named), default=0) + 1
    return [f"{label}{' ' * (widest - columns(label))}{value}" for label, value in named]


def _marked(pieces: tuple[Piece, ...]) -> str:
    """One side in plain text."""
    return "".join(f"[[{one.text}]]" if one.marked else one.text for one in pieces).strip() or _("(nothing)")
